import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { DataError, UsageError } from "../../../lib/errors.ts";
import { fetchDataset } from "../../../lib/datasets/fetch_dataset.ts";
import type { FetchOptions } from "../../../lib/datasets/fetch_options.ts";
import { loadCifar10 } from "../../../lib/datasets/cifar10.ts";
import { verifyDataset } from "../../../lib/datasets/verify_dataset.ts";
import { startFileServer } from "./helpers/file_server.ts";
import { gzip, makeTar } from "./helpers/make_tar.ts";
import { makeSmallSource, smallBatch } from "./helpers/small_sources.ts";
import { withFolder } from "../../helpers/with_folder.ts";

const PATIENCE = { retryDelay: 1, retries: 2, stallTimeout: 5000 };

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

const INSTALLED = [
  "batches.meta.txt",
  "data_batch_1.bin",
  "data_batch_2.bin",
  "manifest.json",
  "test_batch.bin",
];

Deno.test("fetchDataset() downloads, unpacks, checks and installs", async () => {
  await withFolder(async (folder) => {
    const { archive } = await makeSmallSource();
    await using server = startFileServer((number) => ({
      content: archive,
      ...number === 0 ? { dropAfter: 150 } : {},
    }));
    const { source } = await makeSmallSource([`${server.origin}/small.tar.gz`]);
    const directory = join(folder, "data");
    const options: FetchOptions = { directory, source, patience: PATIENCE };
    const result = await fetchDataset("small", options);
    assert.equal(result.status, "installed");
    assert.equal(result.manifest.official, true);
    assert.equal(result.manifest.source.location, `${server.origin}/small.tar.gz`);
    assert.deepEqual(await namesIn(directory), ["small-folder"]);
    assert.deepEqual(await namesIn(result.path), INSTALLED);
    assert.deepEqual(await Deno.readFile(join(result.path, "test_batch.bin")), smallBatch(2));
    const { train, test } = await loadCifar10(result.path);
    assert.deepEqual([train.length, test.length], [6, 3]);
    const asked = server.requests.length;
    assert.equal((await fetchDataset("small", options)).status, "present");
    assert.equal(server.requests.length, asked);
  });
});

Deno.test("fetchDataset() asks the mirrors first and then the publisher", async () => {
  await withFolder(async (directory) => {
    const { archive } = await makeSmallSource();
    const wrong = archive.map((byte) => byte ^ 255);
    await using server = startFileServer((_, path) => ({
      content: path === "/mirror2" ? archive : wrong,
    }));
    const { source } = await makeSmallSource([`${server.origin}/publisher`]);
    const mirrors = ["/mirror1", "/mirror2"].map((path) => server.origin + path);
    const result = await fetchDataset("small", { directory, source, mirrors, patience: PATIENCE });
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      ["/mirror1", "/mirror2"],
    );
    assert.match(result.manifest.source.location, /mirror2$/);
    server.requests.length = 0;
    const bad = { mirrors: mirrors.slice(0, 1), patience: PATIENCE, force: true };
    const failure = fetchDataset("small", { directory, source, ...bad });
    await assert.rejects(failure, /mirror1: wrong content.*publisher: wrong content/);
    assert.deepEqual(server.requests.map(({ path }) => path), ["/mirror1", "/publisher"]);
  });
});

Deno.test("fetchDataset() called four times at once downloads once", async () => {
  await withFolder(async (directory) => {
    const { archive } = await makeSmallSource();
    await using server = startFileServer(() => ({ content: archive }));
    const { source } = await makeSmallSource([`${server.origin}/small.tar.gz`]);
    const results = await Promise.all(
      Array.from({ length: 4 }, () => fetchDataset("small", { directory, source })),
    );
    assert.deepEqual(results.map(({ status }) => status).sort(), [
      "installed",
      "present",
      "present",
      "present",
    ]);
    assert.equal(server.requests.length, 1);
    assert.deepEqual(await namesIn(directory), ["small-folder"]);
  });
});

Deno.test("fetchDataset() takes a local archive with the right digest only", async () => {
  await withFolder(async (directory) => {
    const { source, archive } = await makeSmallSource(["http://127.0.0.1:9/unreachable"]);
    const from = join(directory, "mine.tar.gz");
    await Deno.writeFile(from, archive.slice(0, -1));
    await assert.rejects(fetchDataset("small", { directory, source, from }), (error) => {
      assert.ok(error instanceof DataError);
      assert.match(error.message, /must be the publisher's small\.tar\.gz \(MD5 [0-9a-f]{32}/);
      return true;
    });
    assert.deepEqual(await namesIn(directory), ["mine.tar.gz"]);
    await Deno.writeFile(from, archive);
    const { manifest, path } = await fetchDataset("small", { directory, source, from });
    assert.equal(manifest.official, true);
    assert.deepEqual(manifest.source, { kind: "archive", location: from });
    assert.deepEqual(await namesIn(path), INSTALLED);
  });
});

Deno.test("fetchDataset() takes URLs of files and folders, and refuses others before it does anything", async () => {
  await withFolder(async (folder) => {
    const { source, archive } = await makeSmallSource(["http://127.0.0.1:9/unreachable"]);
    const file = join(folder, "with space.tar.gz");
    await Deno.writeFile(file, archive);
    const directory = pathToFileURL(join(folder, "in here"));
    const { path } = await fetchDataset("small", { directory, source, from: pathToFileURL(file) });
    assert.equal(path, join(folder, "in here", "small-folder"));
    assert.deepEqual(await namesIn(path), INSTALLED);
    const elsewhere = new URL("http://127.0.0.1:9/small.tar.gz");
    for (const wrong of [{ directory: elsewhere }, { from: elsewhere }, { only: elsewhere }]) {
      const options = { directory: join(folder, "other"), source, ...wrong };
      await assert.rejects(fetchDataset("small", options), {
        name: "TypeError",
        message: /URL of a file on this machine/,
      });
    }
    for (const wrong of [{ directory: "" }, { from: "" }, { only: "" }]) {
      const options = { directory: join(folder, "other"), source, ...wrong };
      await assert.rejects(fetchDataset("small", options), RangeError);
    }
    assert.deepEqual(await namesIn(folder), ["in here", "with space.tar.gz"]);
  });
});

Deno.test("fetchDataset() takes a folder with some of the batches and does not call it official", async () => {
  await withFolder(async (directory) => {
    const { source } = await makeSmallSource();
    const from = join(directory, "copy");
    await Deno.mkdir(join(from, "small-folder"), { recursive: true });
    const inner = join(from, "small-folder");
    await Deno.writeFile(join(inner, "data_batch_2.bin"), smallBatch(1, 5));
    await assert.rejects(fetchDataset("small", { directory, source, from }), /no test_batch\.bin/);
    await Deno.writeFile(join(inner, "test_batch.bin"), smallBatch(2));
    await Deno.writeFile(join(inner, "stranger.bin"), smallBatch(2));
    const { manifest, path } = await fetchDataset("small", { directory, source, from });
    assert.equal(manifest.official, false);
    assert.equal(manifest.archive, null);
    assert.deepEqual(await namesIn(path), ["data_batch_2.bin", "manifest.json", "test_batch.bin"]);
    assert.equal((await verifyDataset("small", { directory, source })).status, "complete");
  });
});

Deno.test("fetchDataset() stops between the files of a folder, and installs nothing that was to be stopped", async () => {
  await withFolder(async (folder) => {
    const { source } = await makeSmallSource();
    const from = join(folder, "from");
    await Deno.mkdir(from);
    for (
      const [index, name] of ["data_batch_1.bin", "data_batch_2.bin", "test_batch.bin"].entries()
    ) {
      await Deno.writeFile(join(from, name), smallBatch(index));
    }
    const directory = join(folder, "data");
    const begun: number[] = [];
    const controller = new AbortController();
    const failure = fetchDataset("small", {
      ...{ directory, source, from, signal: controller.signal },
      onProgress: ({ text, done }) => {
        if (text === "copying") begun.push(done);
        if (begun.length === 2) controller.abort();
      },
    });
    await assert.rejects(failure, { name: "AbortError" });
    assert.deepEqual(begun, [0, smallBatch(0).length]);
    assert.deepEqual(await namesIn(directory), []);
    assert.equal((await fetchDataset("small", { directory, source, from })).status, "installed");
  });
});

Deno.test("fetchDataset() checks records, labels and class names of what it installs", async () => {
  const bad = smallBatch(1);
  bad[3073] = 44;
  const faults: [string, Uint8Array | string, RegExp][] = [
    ["data_batch_1.bin", bad, /label must be in 0\.\.9, record 1 of .* holds 44/],
    ["data_batch_1.bin", smallBatch(1).subarray(5), /length must be a positive multiple of 3073/],
    ["data_batch_1.bin", new Uint8Array(0), /length must be a positive multiple of 3073/],
    [
      "batches.meta.txt",
      "cat\ndog\n",
      /label 0 must be "airplane", batches\.meta\.txt says something else/,
    ],
  ];
  for (const [name, content, message] of faults) {
    await withFolder(async (directory) => {
      const { source } = await makeSmallSource();
      const from = join(directory, "copy");
      await Deno.mkdir(from);
      await Deno.writeFile(join(from, "data_batch_1.bin"), smallBatch(0));
      await Deno.writeFile(join(from, "test_batch.bin"), smallBatch(2));
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(join(from, name), bytes);
      await assert.rejects(fetchDataset("small", { directory, source, from }), message);
      assert.deepEqual(await namesIn(directory), ["copy"]);
    });
  }
});

Deno.test("fetchDataset() refuses an archive that lacks a batch", async () => {
  await withFolder(async (directory) => {
    const content = smallBatch(0);
    const archive = await gzip(makeTar([{ name: "small/data_batch_1.bin", content }]));
    const from = join(directory, "small.tar.gz");
    await Deno.writeFile(from, archive);
    const { source } = await makeSmallSource();
    const { createHash } = await import("node:crypto");
    const md5 = createHash("md5").update(archive).digest("hex");
    const other = { ...source, archive: { ...source.archive, md5 } };
    await assert.rejects(
      fetchDataset("small", { directory, source: other, from }),
      /has no member small\/data_batch_2\.bin/,
    );
    assert.deepEqual(await namesIn(directory), ["small.tar.gz"]);
  });
});

Deno.test("fetchDataset() destroys nothing that is there, and replaces it only by a whole set", async () => {
  await withFolder(async (directory) => {
    const { source, archive } = await makeSmallSource();
    const from = join(directory, "mine.tar.gz");
    await Deno.writeFile(from, archive);
    const path = join(directory, "small-folder");
    await Deno.mkdir(path);
    await Deno.writeTextFile(join(path, "precious.txt"), "mine");
    await assert.rejects(
      fetchDataset("small", { directory, source, from }),
      /is there but it has no manifest\.json.*--force/,
    );
    await Deno.writeFile(from, archive.slice(9));
    await assert.rejects(
      fetchDataset("small", { directory, source, from, force: true }),
      DataError,
    );
    assert.deepEqual(await namesIn(path), ["precious.txt"]);
    await Deno.writeFile(from, archive);
    const result = await fetchDataset("small", { directory, source, from, force: true });
    assert.equal(result.status, "replaced");
    assert.deepEqual(await namesIn(path), INSTALLED);
    assert.deepEqual(await namesIn(directory), ["mine.tar.gz", "small-folder"]);
  });
});

Deno.test("fetchDataset() clears up after a run that was killed in the middle of a replacement", async () => {
  await withFolder(async (directory) => {
    const { source, archive } = await makeSmallSource();
    const from = join(directory, "mine.tar.gz");
    await Deno.writeFile(from, archive);
    await fetchDataset("small", { directory, source, from });
    // Killed between the two renames: the old set is aside, the new one not yet in place.
    await Deno.rename(join(directory, "small-folder"), join(directory, ".small-folder.old"));
    await Deno.mkdir(join(directory, ".small-folder.tmp-1"));
    assert.equal((await fetchDataset("small", { directory, source, from })).status, "present");
    await Deno.mkdir(join(directory, ".small-folder.tmp-2"));
    await Deno.mkdir(join(directory, ".small-folder.old"));
    await fetchDataset("small", { directory, source, from, force: true });
    assert.deepEqual(await namesIn(directory), ["mine.tar.gz", "small-folder"]);
  });
});

Deno.test("fetchDataset() says which path does not exist", async () => {
  await withFolder(async (directory) => {
    const { source } = await makeSmallSource();
    await assert.rejects(
      fetchDataset("small", { directory, source, from: join(directory, "nowhere") }),
      /Cannot take data from .*nowhere: it cannot be opened/,
    );
  });
});

Deno.test("verifyDataset() tells missing, foreign, damaged and complete apart", async () => {
  await withFolder(async (directory) => {
    const { source, archive } = await makeSmallSource();
    const from = join(directory, "mine.tar.gz");
    await Deno.writeFile(from, archive);
    const verify = async () => {
      const { status, problems } = await verifyDataset("small", { directory, source });
      return [status, ...problems];
    };
    assert.equal((await verify())[0], "missing");
    const { path } = await fetchDataset("small", { directory, source, from });
    const done: number[] = [];
    await verifyDataset("small", {
      ...{ directory, source },
      onProgress: (progress) => done.push(progress.done / progress.total!),
    });
    assert.deepEqual(done, done.toSorted((one, other) => one - other));
    assert.equal(done.at(-1), 1);
    assert.deepEqual(await verify(), ["complete"]);
    const batch = join(path, "data_batch_1.bin");
    const changed = smallBatch(0);
    changed[100] = 1 + changed[100]!;
    await Deno.writeFile(batch, changed);
    assert.deepEqual(await verify(), ["damaged", "data_batch_1.bin has changed (SHA-256)"]);
    const shallow = await verifyDataset("small", { directory, source, deep: false });
    assert.equal(shallow.status, "complete");
    await Deno.writeFile(batch, changed.subarray(1));
    assert.match((await verify())[1]!, /data_batch_1\.bin has 9218 bytes, 9219 are expected/);
    await Deno.remove(batch);
    await Deno.writeFile(join(path, "data_batch_3.bin"), changed);
    assert.deepEqual((await verify()).slice(1), [
      "data_batch_1.bin is missing",
      "data_batch_3.bin was not installed",
    ]);
    await Deno.writeTextFile(join(path, "manifest.json"), "{");
    assert.match((await verify())[1]!, /manifest\.json is damaged/);
    await Deno.remove(join(path, "manifest.json"));
    assert.equal((await verify())[0], "foreign");
  });
});

Deno.test("fetchDataset() refuses a name that it does not know, and lists those it does", async () => {
  await assert.rejects(
    fetchDataset("cifar", { directory: "data" }),
    (error) =>
      error instanceof UsageError && /cifar10, .*current value is cifar$/.test(error.message),
  );
});

Deno.test("fetchDataset() refuses options of another type before it makes anything", async () => {
  const fetch = fetchDataset as (name: string, options: unknown) => Promise<unknown>;
  await assert.rejects(fetch("synthetic", 5), TypeError);
  await assert.rejects(fetch("synthetic", { directory: new URL("http://a.b/") }), TypeError);
  await assert.rejects(fetch("synthetic", {}), /directory must be a path .*current value is undef/);
  await assert.rejects(fetch("synthetic", { directory: "a", forse: true }), UsageError);
});
