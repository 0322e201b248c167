import assert from "node:assert/strict";
import { wasSaidBefore } from "../../cli/said_before.ts";
import { withFolder } from "../helpers/with_folder.ts";

Deno.test("wasSaidBefore() is true from the second time on, for each text by itself", async () => {
  await withFolder(async (folder) => {
    assert.equal(await wasSaidBefore("one", folder), false);
    assert.equal(await wasSaidBefore("one", folder), true);
    assert.equal(await wasSaidBefore("two", folder), false);
  });
});

Deno.test("wasSaidBefore() is false where nothing can be remembered", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/file`;
    await Deno.writeTextFile(file, "");
    assert.equal(await wasSaidBefore("one", file), false);
    assert.equal(await wasSaidBefore("one", file), false);
  });
});
