import assert from "node:assert/strict";
import { join } from "node:path";
import { runCommand } from "../helpers/run_command.ts";
import { TINY_COMMAND, withCommandFolders } from "../helpers/tiny_command.ts";

/** All files of a folder as text, by name. */
async function readTexts(folder: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isFile) texts.push(await Deno.readTextFile(path));
    else texts.push(...await readTexts(path));
  }
  return texts;
}

Deno.test("export writes a model that evaluates like its run, is smaller, and names no place", () =>
  withCommandFolders(async (data, run) => {
    const trained = await runCommand(["train", "--run", run, "--data", data, ...TINY_COMMAND]
      .concat(["--epochs", "2"]));
    assert.equal(trained.code, 0, trained.stderr);
    const model = `${run}-model`;
    const exported = await runCommand(["export", run, model, "--json"]);
    assert.equal(exported.code, 0, exported.stderr);
    const { bytes } = JSON.parse(exported.stdout) as { bytes: number };

    const figuresOf = async (folder: string) => {
      const argv = ["eval", folder, "--data", data, "--backend", "cpu", "--json"];
      const { code, stdout, stderr } = await runCommand(argv);
      assert.equal(code, 0, stderr);
      const { figures } = JSON.parse(stdout);
      return [figures.loss, figures.top1, figures.confusion];
    };
    assert.deepEqual(await figuresOf(model), await figuresOf(run));
    const predicted = await runCommand(
      ["predict", model, join(data, "dark", "1.png"), "--backend", "cpu", "--json"],
    );
    assert.equal(predicted.code, 0, predicted.stderr);

    const texts = await readTexts(model);
    assert.ok(texts.every((text) => !text.includes(data)), "the place of the images is in it");
    const size = texts.reduce((sum, text) => sum + text.length, 0);
    assert.ok(bytes > 0 && bytes < size);
    const names = [...Deno.readDirSync(join(model, "checkpoints"))].map(({ name }) => name);
    assert.ok(names.includes("last") && !names.includes("best"));

    // Before images are asked for and a backend is started, and without a trace.
    const resumed = await runCommand(["train", "--resume", model, "--data", "nowhere"]);
    assert.equal(resumed.code, 4, resumed.stderr);
    assert.match(resumed.stderr, /^error: Cannot continue .* the model was exported/);
    assert.deepEqual([...Deno.readDirSync(model)].map(({ name }) => name).sort(), [
      ...["checkpoints", "config.yaml", "log.jsonl"],
    ]);
    const again = await runCommand(["export", run, model]);
    assert.equal(again.code, 4);
    assert.match(again.stderr, /Cannot export to .*not empty.*does not exist yet/);
  }));

Deno.test("export refuses what is no run", async () => {
  const { code, stderr } = await runCommand(["export", "tests", "nowhere"]);
  assert.equal(code, 4);
  assert.match(stderr, /config\.yaml does not exist/);
});
