import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { readDigestList } from "../../../lib/datasets/keep_listed_images.ts";
import { fetchDataset } from "../../../lib/datasets/fetch_dataset.ts";
import { DataError } from "../../../lib/errors.ts";
import { makeSmallSource, smallBatch } from "./helpers/small_sources.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import { repositoryRoot } from "../../helpers/run_command.ts";

/** The line of a record of the small set. */
function lineOf(file: number, record: number): string {
  const pixels = smallBatch(file).subarray(record * 3073 + 1, (record + 1) * 3073);
  return createHash("sha256").update(pixels).digest("hex").slice(0, 16);
}

async function installSmall(folder: string, lines: readonly string[]) {
  const { source, archive } = await makeSmallSource();
  await Deno.writeFile(join(folder, "small.tar.gz"), archive);
  await Deno.writeTextFile(join(folder, "list.txt"), lines.join("\n"));
  const from = join(folder, "small.tar.gz");
  const only = join(folder, "list.txt");
  return fetchDataset("small", { directory: join(folder, "data"), source, from, only });
}

Deno.test("fetchDataset() keeps only listed training images, in the order of the list", () =>
  withFolder(async (folder) => {
    const lines = ["# two files, another order", lineOf(1, 2), "", lineOf(0, 1), lineOf(1, 0), ""];
    const { path, manifest } = await installSmall(folder, lines);
    assert.equal(manifest.official, false);
    const names = manifest.files.map(({ name }) => name).sort();
    assert.deepEqual(names, ["batches.meta.txt", "data_batch_1.bin", "test_batch.bin"]);
    const kept = await Deno.readFile(join(path, "data_batch_1.bin"));
    const record = (file: number, at: number) =>
      smallBatch(file).subarray(at * 3073, (at + 1) * 3073);
    assert.deepEqual([...kept], [record(1, 2), record(0, 1), record(1, 0)].flatMap((r) => [...r]));
    assert.deepEqual(await Deno.readFile(join(path, "test_batch.bin")), smallBatch(2));
  }));

Deno.test("fetchDataset() says which listed images are missing, and installs nothing", () =>
  withFolder(async (folder) => {
    const lines = [lineOf(0, 0), "0".repeat(16), "1".repeat(16)];
    await assert.rejects(installSmall(folder, lines), (error) => {
      assert.ok(error instanceof DataError);
      assert.match(error.message, /2 of 3 are not among the 6 training images .*\(0{16}, 1{16}\)/);
      return true;
    });
    assert.deepEqual(await Array.fromAsync(Deno.readDir(join(folder, "data"))), []);
  }));

Deno.test("fetchDataset() does not take a whole set that is there for the listed images", () =>
  withFolder(async (folder) => {
    await installSmall(folder, [lineOf(0, 0)]);
    await assert.rejects(installSmall(folder, [lineOf(0, 1)]), /is there already.*--force/);
  }));

Deno.test("fetchDataset() reads the list before it asks for a download", () =>
  withFolder(async (folder) => {
    const { source } = await makeSmallSource();
    let asked = 0;
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
      asked++;
      return new Response("", { status: 404 });
    });
    const { port } = server.addr;
    const fetching = fetchDataset("small", {
      directory: join(folder, "data"),
      source: { ...source, urls: [] },
      mirrors: [`http://127.0.0.1:${port}/small.tar.gz`],
      only: join(folder, "slip.txt"),
    });
    await assert.rejects(fetching, /slip\.txt cannot be opened, there is no such folder or file/);
    assert.equal(asked, 0);
  }));

Deno.test("readDigestList() takes capital letters, spaces around a line and what editors put before the first", () =>
  withFolder(async (folder) => {
    const path = join(folder, "list.txt");
    await Deno.writeTextFile(
      path,
      "\ufeff0123456789ABCDEF \r\n  # a remark\r\n\tfedcba9876543210\n",
    );
    assert.deepEqual(await readDigestList(path), ["0123456789abcdef", "fedcba9876543210"]);
  }));

Deno.test("readDigestList() refuses other lines, images listed twice, and empty lists", () =>
  withFolder(async (folder) => {
    const path = join(folder, "list.txt");
    const line = "0123456789abcdef";
    for (
      const [text, message] of [
        [`${line}\n${line}0\n`, /line 2 of .* must have 16 hexadecimal .*"0123456789abcdef0"$/],
        [`${line}\n${line.toUpperCase()}\n`, /line 2 of .* lists an image again/],
        [`# a\n${line}\n${line}\n`, /line 3 of .* lists an image again/],
        ["# nothing\n", /lists none/],
      ] as const
    ) {
      await Deno.writeTextFile(path, text);
      await assert.rejects(readDigestList(path), message);
    }
    await assert.rejects(readDigestList(folder), /cannot be opened, it is a folder, not a file/);
  }));

Deno.test("results/training-images.txt lists the 10,000 images of the published runs", async () => {
  const lines = await readDigestList(join(repositoryRoot, "results", "training-images.txt"));
  assert.equal(lines.length, 10_000);
});
