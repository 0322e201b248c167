import assert from "node:assert/strict";
import { join } from "node:path";
import { repositoryRoot, runCommand } from "../helpers/run_command.ts";
import { withFolder } from "../helpers/with_folder.ts";

const DATA = ["fetch-data", "synthetic", "--directory"];

Deno.test("paths are those of the folder in which deno task was typed", async () => {
  await withFolder(async (folder) => {
    const env = { INIT_CWD: folder };
    const { code, stderr } = await runCommand([...DATA, "images"], { env });
    assert.equal(code, 0, stderr);
    assert.ok((await Deno.stat(join(folder, "images"))).isDirectory);
  });
});

Deno.test("the variable of another program's start is not followed", async () => {
  await withFolder(async (folder) => {
    const env = { INIT_CWD: repositoryRoot };
    const { code, stderr } = await runCommand([...DATA, "images"], { env, cwd: folder });
    assert.equal(code, 0, stderr);
    assert.ok((await Deno.stat(join(folder, "images"))).isDirectory);
  });
});
