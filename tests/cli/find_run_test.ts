import assert from "node:assert/strict";
import { join } from "node:path";
import { requireRun } from "../../cli/find_run.ts";
import { repositoryRoot, runCommand } from "../helpers/run_command.ts";
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

Deno.test("findRun() gives the path of . and .., whose last part is what a run is called", async () => {
  await withFolder(async (folder) => {
    const run = join(await Deno.realPath(folder), "run");
    await Deno.mkdir(join(run, "checkpoints"), { recursive: true });
    assert.deepEqual(await foundIn(run, [".", "./", "checkpoints/.."]), [run, run, run]);
    assert.deepEqual(await foundIn(join(run, "checkpoints"), ["..", "../.", "../"]), [
      run,
      run,
      run,
    ]);
    assert.deepEqual(await foundIn(run, ["a..", "b."]), ["a..", "b."]);
  });
});

Deno.test("a mistyped run or model is told its name", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "runs", "first"), { recursive: true });
    await Deno.writeTextFile(join(folder, "runs", "first", "config.yaml"), "");
    for (
      const [typed, meant] of [["runs/frist", "runs/first"], [
        "puppet-cifar10",
        "puppet-cnn-cifar10",
      ]]
    ) {
      const { code, stderr } = await runCommand(["eval", typed!], { cwd: folder });
      assert.equal(
        stderr,
        `error: Cannot open run ${typed}: there is no such folder; did you mean ${meant}?\n`,
      );
      assert.equal(code, 4);
    }
  });
});

Deno.test("commands notice that there is no run before they start a backend", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "x.png"), "");
    const commands = ["eval none", "predict none x.png", "export none out --format onnx"];
    for (const words of [...commands, "analyze-depth none", "compare none"]) {
      const { code, stderr } = await runCommand(words.split(" "), { cwd: folder });
      assert.equal(
        stderr,
        'error: Cannot open run none: none/config.yaml does not exist; give a folder that "train" has made\n',
        words,
      );
      assert.equal(code, 4, words);
    }
  });
});

Deno.test("compare names the first of several runs that are not there", async () => {
  const { code, stderr } = await runCommand(["compare", "none-a", "none-b", "none-c", "none-d"]);
  assert.equal(code, 4);
  assert.match(stderr, /^error: Cannot open run none-a: /);
});

Deno.test("requireRun() tells who names the folder of a sweep what shows it", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "plan.json"), "{}");
    await assert.rejects(
      requireRun(folder),
      (error: Error) =>
        error.name === "CheckpointError" &&
        error.message.includes(`${folder}: it is the folder of a sweep; `) &&
        error.message.includes(`sweep results ${folder}"`),
    );
  }));
