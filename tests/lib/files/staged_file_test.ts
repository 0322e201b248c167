import assert from "node:assert/strict";
import { CheckpointError } from "../../../lib/errors.ts";
import { StagedFile } from "../../../lib/files/staged_file.ts";
import { withFolder } from "../../helpers/with_folder.ts";

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("StagedFile appears whole with complete(), and not before", () =>
  withFolder(async (folder) => {
    const path = `${folder}/answers`;
    Deno.writeTextFileSync(path, "old");
    const file = await StagedFile.open(path);
    await file.write("first \u00e9\n");
    await file.write("second\n");
    assert.equal(Deno.readTextFileSync(path), "old");
    assert.equal(await file.complete(), 16);
    assert.equal(Deno.readTextFileSync(path), "first \u00e9\nsecond\n");
    // What is complete is not discarded any more.
    file.discard();
    assert.deepEqual(names(folder), ["answers"]);
  }));

Deno.test("StagedFile.discard() leaves nothing", () =>
  withFolder(async (folder) => {
    const file = await StagedFile.open(`${folder}/answers`);
    await file.write("half");
    file.discard();
    assert.deepEqual(names(folder), []);
  }));

Deno.test("StagedFile says what could not be written, and removes what was staged", () =>
  withFolder(async (folder) => {
    await assert.rejects(
      StagedFile.open(`${folder}/none/answers`),
      (error) => error instanceof CheckpointError && /0 bytes to .*none/.test(error.message),
    );
    // A folder that is not empty cannot be replaced by a file.
    Deno.mkdirSync(`${folder}/target/kept`, { recursive: true });
    const file = await StagedFile.open(`${folder}/target`);
    await file.write("new");
    await assert.rejects(
      file.complete(),
      (error) => error instanceof CheckpointError && /3 bytes to .*target/.test(error.message),
    );
    assert.deepEqual(names(folder), ["target"]);
  }));
