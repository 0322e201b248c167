import assert from "node:assert/strict";
import { join } from "node:path";
import { lockRunFolder } from "../../../lib/checkpoints/run_lock.ts";
import { CheckpointError } from "../../../lib/errors.ts";
import {
  EXPORT_FOLDER,
  makeNewFolder,
  requireNewFolder,
} from "../../../lib/runs/require_new_folder.ts";
import { readRunProgress } from "../../../lib/runs/run_progress.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("requireNewFolder() takes an empty folder, and what a run leaves that was killed at its beginning", () =>
  withFolder(async (folder) => {
    await requireNewFolder(join(folder, "absent"));
    await Deno.writeTextFile(join(folder, ".lock"), "1\n");
    await requireNewFolder(folder);
    await Deno.writeTextFile(join(folder, "provenance.json"), "[]\n");
    await Deno.writeTextFile(join(folder, "config.yaml.tmp-1-12345678901"), "");
    await requireNewFolder(folder);
    assert.equal(await readRunProgress(folder), null);
    for (const name of ["provenance.json", "config.yaml.tmp-1-12345678901", ".lock"]) {
      const message =
        /Cannot export to .*: the folder is not empty \(it holds .*name a folder that/;
      await assert.rejects(requireNewFolder(folder, EXPORT_FOLDER), message);
      await Deno.remove(join(folder, name));
    }
    await requireNewFolder(folder, EXPORT_FOLDER);
  }));

Deno.test("requireNewFolder() says that a link leads nowhere", () =>
  withFolder(async (folder) => {
    const link = join(folder, "link");
    await Deno.symlink(join(folder, "gone"), link, { type: "dir" });
    for (const path of [link, `${link}/`]) {
      await assert.rejects(
        requireNewFolder(path, EXPORT_FOLDER),
        (error) =>
          error instanceof CheckpointError &&
          error.message ===
            `Cannot export to ${path}: it is a link that leads nowhere; name another folder`,
      );
    }
    await assert.rejects(
      makeNewFolder(link),
      /start a run in .*: it is a link that leads nowhere;/,
    );
  }));

Deno.test("requireNewFolder() says that a folder is not empty, and first that another process works in it", () =>
  withFolder(async (folder) => {
    const lock = await lockRunFolder(folder);
    await Deno.writeTextFile(join(folder, "config.yaml"), "");
    await assert.rejects(
      requireNewFolder(folder),
      (error) =>
        error instanceof CheckpointError &&
        error.message.includes(`${folder} is in use by process ${Deno.pid};`),
    );
    lock.release();
    await assert.rejects(requireNewFolder(folder), /not empty \(it holds .*config\.yaml/);
    assert.equal(await Deno.readTextFile(join(folder, ".lock")), "", "looking changes nothing");
  }));

Deno.test("requireNewFolder() speaks of continuing only where a run can be", () =>
  withFolder(async (folder) => {
    const file = join(folder, "file");
    await Deno.writeTextFile(file, "");
    await assert.rejects(requireNewFolder(folder), /or continue that run \(--resume /);
    // What is advised can be pasted into a shell.
    const spaced = join(folder, "my run");
    await Deno.mkdir(spaced);
    await Deno.writeTextFile(join(spaced, "config.yaml"), "");
    await assert.rejects(requireNewFolder(spaced), /\(--resume '[^']*my run'\)$/);
    await assert.rejects(requireNewFolder(file), /it is a file; name another folder$/);
    // Commands that make runs have different options for their folders.
    await assert.rejects(makeNewFolder(join(file, "run")), /it is a file; name another folder$/);
  }));
