import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { withTemporaryFolder } from "../../../lib/files/with_temporary_folder.ts";
import { pathExists } from "../../../lib/files/path_exists.ts";

Deno.test("withTemporaryFolder() leaves nothing, whether the work succeeds or fails", async () => {
  let left = "";
  const answer = await withTemporaryFolder(async (folder) => {
    left = folder;
    await Deno.writeTextFile(join(folder, "file"), "");
    return 7;
  }, { prefix: "puppet-" });
  assert.equal(answer, 7);
  assert.match(basename(left), /^puppet-/);
  assert.equal(await pathExists(left), false);
  const failing = withTemporaryFolder((folder) => {
    left = folder;
    return Promise.reject(new Error("no"));
  });
  await assert.rejects(failing, /^Error: no$/);
  assert.equal(await pathExists(left), false);
});
