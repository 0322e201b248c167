import assert from "node:assert/strict";
import { join } from "node:path";
import { findRun } from "../../cli/find_run.ts";
import { repositoryRoot } from "../helpers/run_command.ts";
import { withFolder } from "../helpers/with_folder.ts";

const SHIPPED = join(repositoryRoot, "models", "puppet-cnn-cifar10");

Deno.test("findRun() finds the shipped model by name from any folder", async () => {
  const before = Deno.cwd();
  await withFolder(async (folder) => {
    Deno.chdir(folder);
    try {
      assert.equal(await findRun("puppet-cnn-cifar10"), SHIPPED);
      assert.equal(await findRun("models/puppet-cnn-cifar10/"), SHIPPED);
    } finally {
      Deno.chdir(before);
    }
  });
});

Deno.test("findRun() prefers a folder of the user's own, and leaves other words alone", async () => {
  const before = Deno.cwd();
  await withFolder(async (folder) => {
    Deno.chdir(folder);
    try {
      await Deno.mkdir("puppet-cnn-cifar10");
      assert.equal(await findRun("puppet-cnn-cifar10"), "puppet-cnn-cifar10");
      assert.equal(await findRun("runs/none"), "runs/none");
      assert.equal(await findRun("../puppet-cnn-cifar10"), "../puppet-cnn-cifar10");
    } finally {
      Deno.chdir(before);
    }
  });
});
