import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { download } from "../../../lib/datasets/download.ts";
import { DataError } from "../../../lib/errors.ts";
import { repositoryRoot } from "../../helpers/run_command.ts";
import { mountProblem, runOnSmallDisk } from "../../helpers/small_disk.ts";
import { startFileServer } from "./helpers/file_server.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import { makeSmallSource } from "./helpers/small_sources.ts";

const PROGRAM = fileURLToPath(new URL("./fixtures/fetch_small.ts", import.meta.url));

async function fetchInProcess(directory: string, address: string): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", "--allow-write", "--allow-env"]
      .concat("--allow-net=127.0.0.1", PROGRAM, directory, address),
    cwd: repositoryRoot,
  }).output();
  return new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr);
}

Deno.test("fetchDataset() of four processes at once downloads once, and all succeed", () =>
  withFolder(async (folder) => {
    const { archive } = await makeSmallSource();
    await using server = startFileServer(() => ({ content: archive }));
    const address = `${server.origin}/small.tar.gz`;
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, () => fetchInProcess(folder, address)),
    );
    assert.deepEqual(outcomes.sort(), ["installed", "present", "present", "present"]);
    assert.equal(server.requests.length, 1);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["small-folder"]);
  }));

/** Length of the part file that lies in one of a folder's folders. */
async function downloadedBytes(folder: string): Promise<number> {
  for await (const entry of Deno.readDir(folder)) {
    if (!entry.isDirectory) continue;
    for await (const { name } of Deno.readDir(join(folder, entry.name))) {
      if (name.endsWith(".part")) return (await Deno.stat(join(folder, entry.name, name))).size;
    }
  }
  return 0;
}

Deno.test("fetchDataset() goes on after its process was killed in the middle of the download", () =>
  withFolder(async (folder) => {
    const { archive } = await makeSmallSource();
    let isHeld = true;
    await using server = startFileServer(() => ({
      content: archive,
      ...(isHeld ? { stallAfter: 100 } : {}),
    }));
    const address = `${server.origin}/small.tar.gz`;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "-A", PROGRAM, folder, address],
      stdout: "null",
      stderr: "null",
    }).spawn();

    for (let turn = 0; turn < 200 && await downloadedBytes(folder) < 100; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    child.kill("SIGKILL");
    await child.status;
    isHeld = false;
    assert.equal(await fetchInProcess(folder, address), "installed");
    assert.equal(server.requests.at(-1)?.range, "bytes=100-");
  }));

Deno.test({
  name: `fetchDataset() onto a disk that fills up says so and installs nothing${
    mountProblem === null ? "" : ` (left out: ${mountProblem})`
  }`,
  ignore: mountProblem !== null,
  fn: () =>
    withFolder(async (folder) => {
      const { archive } = await makeSmallSource();
      await using server = startFileServer(() => ({ content: archive }));
      const disk = {
        options: "size=16k",
        folder: join(folder, "disk"),
        copy: join(folder, "copy"),
      };
      await Deno.mkdir(disk.folder);
      const { code, stderr } = await runOnSmallDisk(
        [disk.folder, `${server.origin}/small.tar.gz`],
        { ...disk, program: PROGRAM },
      );
      assert.equal(code, 3, stderr);
      assert.match(
        stderr,
        /^DataError: Cannot (?:install|write download).*No space left.*make room/s,
      );
      const left = [...Deno.readDirSync(disk.copy)].map(({ name }) => name);
      assert.ok(!left.includes("small-folder"), left.join());
    }),
});

Deno.test("download() gives an address up whose connection cannot be made safe", () =>
  withFolder(async (folder) => {
    await using server = startFileServer(() => ({ content: new Uint8Array(10) }));
    const address = `${server.origin.replace("http:", "https:")}/a.bin`;
    await assert.rejects(
      download([address], join(folder, "a.bin"), { retries: 1, retryDelay: 1 }),
      (error) => error instanceof DataError && /2 attempts without progress/.test(error.message),
    );
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  }));

/** A certificate that nobody vouches for; `null` without the program that makes one. */
async function makeCertificate(folder: string): Promise<{ key: string; cert: string } | null> {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  try {
    const args = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
      .concat("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1")
      .concat("-keyout", key, "-out", cert);
    const { success } = await new Deno.Command("openssl", { args, stderr: "null" }).output();
    if (!success) return null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  return { key: await Deno.readTextFile(key), cert: await Deno.readTextFile(cert) };
}

Deno.test("download() takes nothing from a server that nobody vouches for", () =>
  withFolder(async (folder) => {
    const pair = await makeCertificate(folder);
    // Not everybody has openssl; the test before meets a server without any certificate.
    if (pair === null) return;
    let requests = 0;
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {}, ...pair },
      () => new Response(`${++requests}`),
    );
    const target = join(folder, "a.bin");
    await assert.rejects(
      download([`https://127.0.0.1:${server.addr.port}/a.bin`], target, {
        ...{ retries: 1, retryDelay: 1 },
      }),
      (error) => error instanceof DataError && /certificate|UnknownIssuer/.test(error.message),
    );
    await server.shutdown();
    assert.equal(requests, 0);
    assert.throws(() => Deno.statSync(target), Deno.errors.NotFound);
  }));

Deno.test({
  name: "fetch-data lets no body of unknown length fill the disk",
  ignore: mountProblem !== null,
  fn: () =>
    withFolder(async (folder) => {
      const piece = new Uint8Array(2 ** 16);
      await using server = startFileServer(() => ({
        response: () =>
          new Response(
            new ReadableStream<Uint8Array>({ pull: (stream) => stream.enqueue(piece) }),
          ),
      }));
      const data = join(folder, "data");
      await Deno.mkdir(data);
      for (const size of ["1m", "350m"]) {
        const copy = join(folder, `copy-${size}`);
        const { code, stderr } = await runOnSmallDisk(
          [
            "fetch-data",
            "mini-imagenet",
            "--directory",
            data,
            "--mirror",
            `${server.origin}/a.tar`,
          ],
          { options: `size=${size}`, folder: data, copy },
        );
        assert.equal(code, 3, stderr);
        assert.match(
          stderr,
          /has a length that nobody has told, and its disk has only \d+ bytes left/,
        );
        assert.deepEqual([...Deno.readDirSync(copy)], []);
      }
    }),
});
