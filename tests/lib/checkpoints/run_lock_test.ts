import assert from "node:assert/strict";
import { lockRunFolder } from "../../../lib/checkpoints/run_lock.ts";
import { CheckpointError } from "../../../lib/errors.ts";
import { withFolder } from "../../helpers/with_folder.ts";

/** Another process that locks the folder, says so, and waits. */
function lockInChild(folder: string): Deno.ChildProcess {
  const lib = new URL("../../../lib/checkpoints/run_lock.ts", import.meta.url);
  const program = `import { lockRunFolder } from ${JSON.stringify(lib.href)};
    try { await lockRunFolder(${
    JSON.stringify(folder)
  }); console.log("locked"); setInterval(() => {}, 1000); }
    catch (error) { console.log(error.name + ": " + error.message); }`;
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", "--no-config", "--ext=ts", program],
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

async function firstLine(child: Deno.ChildProcess): Promise<string> {
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return (value ?? "").trim();
}

Deno.test("lockRunFolder() names the process that holds the folder", () =>
  withFolder(async (folder) => {
    using _lock = await lockRunFolder(folder);
    const child = lockInChild(folder);
    assert.equal(
      await firstLine(child),
      `CheckpointError: Cannot lock run folder: ${folder} is in use by process ${Deno.pid}; ` +
        `wait for it to end, or choose another folder`,
    );
    await child.status;
  }));

Deno.test("lockRunFolder() finds the folder free after its holder was killed", () =>
  withFolder(async (folder) => {
    const child = lockInChild(folder);
    assert.equal(await firstLine(child), "locked");
    await assert.rejects(lockRunFolder(folder), (error: unknown) => {
      assert.ok(error instanceof CheckpointError);
      assert.match(error.message, new RegExp(`in use by process ${child.pid};`));
      return true;
    });
    child.kill("SIGKILL");
    await child.status;
    const lock = await lockRunFolder(folder);
    assert.equal(Deno.readTextFileSync(`${folder}/.lock`), `${Deno.pid}\n`);
    lock.release();
  }));

Deno.test("lockRunFolder() refuses a second lock within one process, and release() gives it back once", () =>
  withFolder(async (folder) => {
    const first = await lockRunFolder(folder);
    await assert.rejects(lockRunFolder(folder), CheckpointError);
    first.release();
    first.release();
    const second = await lockRunFolder(folder);
    // A late release of the first lock must not free the second.
    first.release();
    await assert.rejects(lockRunFolder(folder), CheckpointError);
    second[Symbol.dispose]();
    assert.equal(Deno.readTextFileSync(`${folder}/.lock`), "");
  }));

Deno.test("lockRunFolder() says when the folder does not exist", async () => {
  await assert.rejects(
    lockRunFolder("/nonexistent/run"),
    /Cannot lock run folder: .*\.lock cannot be written \(.*check that the folder exists/,
  );
});

Deno.test("lockRunFolder() neither empties nor writes what is no lock file", () =>
  withFolder(async (folder) => {
    const precious = `${folder}/precious`;
    await Deno.writeTextFile(precious, "precious data\n");
    const ways: (() => Promise<void>)[] = [
      () => Deno.symlink(precious, `${folder}/.lock`),
      () => Deno.link(precious, `${folder}/.lock`),
      () => Deno.symlink(`${folder}/nowhere`, `${folder}/.lock`),
      () => Deno.mkdir(`${folder}/.lock`),
    ];
    for (const make of ways) {
      await make();
      await assert.rejects(
        lockRunFolder(folder),
        (error) => error instanceof CheckpointError && /it is something else/.test(error.message),
      );
      await Deno.remove(`${folder}/.lock`);
    }
    assert.equal(await Deno.readTextFile(precious), "precious data\n");
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["precious"]);
  }));
