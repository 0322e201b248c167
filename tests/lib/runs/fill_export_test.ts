import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointError } from "../../../lib/errors.ts";
import { fillExport } from "../../../lib/runs/fill_export.ts";
import { withFolder } from "../../helpers/with_folder.ts";

const ENTRY = "a.json";

/** Writes an export of two files that hold its name. */
async function writeExport(stage: string, name: string): Promise<string> {
  await Deno.writeTextFile(join(stage, ENTRY), name);
  await Deno.mkdir(join(stage, "level-0"));
  await Deno.writeTextFile(join(stage, "level-0", "b.bin"), name);
  return name;
}

function exportTo(directory: string, name = "one"): Promise<string> {
  return fillExport(directory, (stage) => writeExport(stage, name), { entry: ENTRY });
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("fillExport() makes a folder, and fills one that is there: what is beside it stays", () =>
  withFolder(async (folder) => {
    const [absent, empty] = [join(folder, "parent", "absent"), join(folder, "empty")];
    await Deno.mkdir(empty);
    const others = [".absent.old", ".absent.tmp-notes", ".empty.old", ".empty.tmp-notes"];
    for (const name of others) {
      const parent = name.startsWith(".absent") ? join(folder, "parent") : folder;
      await Deno.mkdir(join(parent, name), { recursive: true });
    }
    const { ino } = await Deno.stat(empty);
    for (const directory of [absent, empty]) {
      assert.equal(await exportTo(directory), "one");
      assert.deepEqual(namesIn(directory), [ENTRY, "level-0"]);
      assert.equal(await Deno.readTextFile(join(directory, "level-0", "b.bin")), "one");
    }
    // A shell may stand in it.
    assert.equal((await Deno.stat(empty)).ino, ino);
    assert.deepEqual(namesIn(join(folder, "parent")), [
      ".absent.old",
      ".absent.tmp-notes",
      "absent",
    ]);
    assert.deepEqual(namesIn(folder), [".empty.old", ".empty.tmp-notes", "empty", "parent"]);
  }));

Deno.test("fillExport() leaves a link as it is and fills the folder that it names", () =>
  withFolder(async (folder) => {
    const [link, real] = [join(folder, "link"), join(folder, "real")];
    await Deno.mkdir(real);
    await Deno.symlink(real, link, { type: "dir" });
    await exportTo(link);
    assert.equal(await Deno.readLink(link), real);
    assert.deepEqual(namesIn(real), [ENTRY, "level-0"]);
    assert.deepEqual(namesIn(folder), ["link", "real"]);
  }));

for (const state of ["absent", "empty"]) {
  Deno.test(`fillExport() refuses the second of two exports to one folder that is ${state}`, () =>
    withFolder(async (folder) => {
      const out = join(folder, "out");
      if (state === "empty") await Deno.mkdir(out);
      const results = await Promise.allSettled(["one", "two"].map((name) => exportTo(out, name)));
      const [done] = results.filter((result) => result.status === "fulfilled");
      const [refused] = results.filter((result) => result.status === "rejected");
      assert.ok(refused?.reason instanceof CheckpointError);
      assert.match(refused.reason.message, /out: the folder is not empty \(it holds /);
      // All files are of the one that says that it is done.
      assert.deepEqual(namesIn(out), [ENTRY, "level-0"]);
      for (const file of [ENTRY, "level-0/b.bin"]) {
        assert.equal(await Deno.readTextFile(join(out, file)), done!.value);
      }
      assert.deepEqual(namesIn(folder), ["out"]);
    }));
}

Deno.test("fillExport() refuses a folder into which somebody has put a file meanwhile", () =>
  withFolder(async (folder) => {
    const work = fillExport(folder, async (stage) => {
      await writeExport(stage, "one");
      await Deno.writeTextFile(join(folder, "notes.txt"), "mine");
    }, { entry: ENTRY });
    await assert.rejects(work, /the folder is not empty \(it holds notes\.txt\)/);
    assert.deepEqual(namesIn(folder), ["notes.txt"]);
  }));

Deno.test("fillExport() blames no other folder for what cannot be read of the run", () =>
  withFolder(async (folder) => {
    // One begins with the name of the folder to write.
    for (const run of ["run", "out-of-a-run"]) {
      const missing = join(folder, run, "log.jsonl");
      const reads = async (): Promise<string> => await Deno.readTextFile(missing);
      await assert.rejects(
        fillExport(join(folder, "out"), reads, { entry: ENTRY }),
        (error) => error instanceof Deno.errors.NotFound && error.message.includes(missing),
      );
    }
    const writes = (stage: string) => Deno.writeTextFile(join(stage, "a", "b"), "").then(() => "");
    await assert.rejects(
      fillExport(join(folder, "out"), writes, { entry: ENTRY }),
      (error) => error instanceof CheckpointError && /^Cannot export to .*out/.test(error.message),
    );
  }));

Deno.test("fillExport() leaves nothing of an export that fails or is stopped", () =>
  withFolder(async (folder) => {
    for (const out of [join(folder, "absent"), folder]) {
      const full = new Error("No space left on device (os error 28)");
      const failing = async (stage: string) => {
        await writeExport(stage, "one");
        throw Object.assign(full, { code: "ENOSPC" });
      };
      await assert.rejects(
        fillExport(out, failing, { entry: ENTRY }),
        (error) =>
          error instanceof CheckpointError &&
          error.message === `Cannot export to ${out}: its disk is full; name another folder`,
      );
      assert.deepEqual(namesIn(folder), []);
      const stop = new AbortController();
      const stopped = fillExport(out, async (stage) => {
        await writeExport(stage, "one");
        stop.abort("stopped");
        // The last file was on its way.
        await Deno.mkdir(stage);
      }, { entry: ENTRY, signal: stop.signal });
      await assert.rejects(stopped, (error) => error === "stopped");
      assert.deepEqual(namesIn(folder), []);
    }
  }));
