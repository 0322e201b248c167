import assert from "node:assert/strict";
import { join } from "node:path";
import { runCommand, spawnCommand } from "../helpers/run_command.ts";
import { smallBatch } from "../lib/datasets/helpers/small_sources.ts";
import { startFileServer } from "../lib/datasets/helpers/file_server.ts";
import { withFolder } from "../helpers/with_folder.ts";

/** A folder with one training batch and a test batch of three records each. */
async function writeBatches(folder: string): Promise<void> {
  await Deno.mkdir(folder);
  await Deno.writeFile(join(folder, "data_batch_1.bin"), smallBatch(0));
  await Deno.writeFile(join(folder, "test_batch.bin"), smallBatch(2));
}

Deno.test("fetch-data installs from a folder, says what it is, and verifies it", async () => {
  await withFolder(async (folder) => {
    await writeBatches(join(folder, "mine"));
    const argv = ["fetch-data", "cifar10", "--directory", "sets"];
    const first = await runCommand([...argv, "--from", "mine"], { cwd: folder });
    assert.equal(first.code, 0, first.stderr);
    assert.equal(
      first.stdout,
      `cifar10 installed in ${join("sets", "cifar-10-batches-bin")} (2 files, 0.0 MB)\n`,
    );
    assert.match(first.stderr, /no official digest vouches for this copy/);
    const again = await runCommand([...argv, "--json", "--quiet"], { cwd: folder });
    assert.equal(again.stderr, "");
    const { name, status, official, source, files, bytes } = JSON.parse(again.stdout);
    assert.deepEqual({ name, status, official, source, files, bytes }, {
      name: "cifar10",
      status: "present",
      official: false,
      source: { kind: "folder", location: "mine" },
      files: 2,
      bytes: 6 * 3073,
    });
    const verified = await runCommand([...argv, "--verify"], { cwd: folder });
    assert.deepEqual([verified.code, verified.stdout], [
      0,
      `cifar10 complete in ${join("sets", "cifar-10-batches-bin")} (2 files, 0.0 MB)\n`,
    ]);
    await Deno.writeFile(join(folder, "sets/cifar-10-batches-bin/test_batch.bin"), smallBatch(3));
    const damaged = await runCommand([...argv, "--verify", "--json"], { cwd: folder });
    assert.equal(damaged.code, 3);
    assert.equal(JSON.parse(damaged.stdout).status, "damaged");
    assert.match(damaged.stderr, /test_batch\.bin has changed \(SHA-256\).*--force/);
  });
});

Deno.test("fetch-data --list shows every known dataset and its state", async () => {
  await withFolder(async (folder) => {
    const drawn = await runCommand(["fetch-data", "synthetic"], { cwd: folder });
    assert.equal(drawn.code, 0, drawn.stderr);
    const { stdout, code } = await runCommand(["fetch-data", "--list", "--json"], { cwd: folder });
    assert.equal(code, 0);
    const states = JSON.parse(stdout).map((
      { name, status, files, bytes }: Record<string, unknown>,
    ) => [name, status, files, bytes]);
    assert.deepEqual(states, [
      ["cifar10", "missing", null, null],
      ["cifar100", "missing", null, null],
      ["synthetic", "complete", 3, 5_000 * 3073 + 108],
      ["mini-imagenet", "missing", null, null],
    ]);
  });
});

Deno.test("fetch-data --list tells a part of a set from the whole", async () => {
  await withFolder(async (folder) => {
    await writeBatches(join(folder, "mine"));
    await runCommand(["fetch-data", "cifar10", "--from", "mine"], { cwd: folder });
    const { stdout } = await runCommand(["fetch-data", "--list"], { cwd: folder });
    assert.match(stdout, /^name +status +installed +the whole set$/m);
    assert.match(stdout, /^cifar10 +complete +2 files, 0\.0 MB +60,000 photographs .* 170 MB$/m);
    assert.match(stdout, /^cifar100 +missing +\u2013 +60,000 photographs/m);
  });
});

Deno.test("fetch-data refuses wrong use before it does anything", async () => {
  await withFolder(async (folder) => {
    const faults: [string[], RegExp][] = [
      [[], /No dataset given; name one of cifar10/],
      [["cifar11"], /cifar11/],
      [["cifar10", "--verify", "--force"], /--verify changes nothing/],
      [["--list", "--verify"], /--list changes nothing/],
      [["--list", "--mirror", "http://a.test/x"], /--list changes nothing/],
      [["cifar10", "--list"], /--list shows all datasets; leave out cifar10/],
      [["cifar10", "--from", "x", "--mirror", "http://a.test/x"], /--from uses no network/],
      [["synthetic", "--only", "x"], /--only keeps images of cifar10 or cifar100/],
      [["synthetic", "--from", "x"], /synthetic is drawn on this machine/],
      [["cifar10", "--mirror", "ftp://a.test/x"], /--mirror must be an http or https address/],
    ];
    for (const [argv, message] of faults) {
      const { code, stdout, stderr } = await runCommand(["fetch-data", ...argv], { cwd: folder });
      assert.deepEqual([code, stdout], [2, ""], stderr);
      assert.match(stderr, message);
    }
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  });
});

Deno.test("fetch-data leaves with 130 on Ctrl-C and keeps the part", async () => {
  await withFolder(async (folder) => {
    const content = new Uint8Array(100_000).fill(7);
    await using server = startFileServer(() => ({ content, stallAfter: 50_000 }));
    const child = spawnCommand(
      ["fetch-data", "mini-imagenet", "--mirror", `${server.origin}/mini.tar`],
      { cwd: folder },
    );
    const part = join(folder, "data", ".mini-imagenet.download", "mini-imagenet.tar.part");
    for (let tries = 0; tries < 100; tries++) {
      const size = await Deno.stat(part).then(({ size }) => size, () => 0);
      if (size >= 40_000) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    child.kill("SIGINT");
    const { code, stderr } = await child.output();
    assert.equal(code, 130);
    assert.match(new TextDecoder().decode(stderr), /a download goes on where it stopped/);
    assert.ok((await Deno.stat(part)).size >= 40_000);
    const left = await Array.fromAsync(Deno.readDir(join(folder, "data")), ({ name }) => name);
    assert.deepEqual(left, [".mini-imagenet.download"]);
  });
});
