import assert from "node:assert/strict";
import { join } from "node:path";
import { repositoryRoot } from "../helpers/run_command.ts";
import { runModule } from "../helpers/run_module.ts";
import { withFolder } from "../helpers/with_folder.ts";

const SHIPPED = join(repositoryRoot, "models", "puppet-cnn-cifar10");

/** What words stand for in a folder. */
async function foundIn(folder: string, words: readonly string[]): Promise<unknown> {
  const source = `import { findRun } from "./cli/find_run.ts";
    console.log(JSON.stringify(await Promise.all(${JSON.stringify(words)}.map(findRun))));`;
  return JSON.parse(await runModule(source, folder));
}

Deno.test("findRun() finds the shipped model by name from any folder", async () => {
  await withFolder(async (folder) => {
    const found = await foundIn(folder, ["puppet-cnn-cifar10", "models/puppet-cnn-cifar10/"]);
    assert.deepEqual(found, [SHIPPED, SHIPPED]);
  });
});

Deno.test("findRun() prefers a folder of the user's own, and leaves other words alone", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "puppet-cnn-cifar10"));
    const words = ["puppet-cnn-cifar10", "runs/none", "../puppet-cnn-cifar10"];
    assert.deepEqual(await foundIn(folder, words), words);
  });
});
