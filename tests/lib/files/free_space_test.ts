import assert from "node:assert/strict";
import { freeSpace } from "../../../lib/files/free_space.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("freeSpace() tells what df tells of the same disk", async () => {
  await withFolder(async (folder) => {
    const free = await freeSpace(folder);
    const { stdout } = await new Deno.Command("df", { args: ["-B1", "--output=avail", folder] })
      .output();
    const told = Number(new TextDecoder().decode(stdout).trim().split("\n").at(-1));
    // Others write meanwhile.
    assert.ok(free !== null && Math.abs(free - told) < 2 ** 30, `${free} against ${told}`);
  });
});

Deno.test("freeSpace() is null for a path that leads nowhere", async () => {
  assert.equal(await freeSpace("/no/such/folder"), null);
});
