import assert from "node:assert/strict";
import { join } from "node:path";
import { runCommand } from "../helpers/run_command.ts";
import { TINY_COMMAND, withCommandFolders } from "../helpers/tiny_command.ts";

Deno.test("predict answers in order past bad files, in every format and to a file, and ends with 3", () =>
  withCommandFolders(async (data, run) => {
    const trained = await runCommand(["train", "--run", run, "--data", data, ...TINY_COMMAND]);
    assert.equal(trained.code, 0, trained.stderr);
    const good = join(data, "dark", "1.png");
    const files = [join(data, "none.png"), good, good];
    const predict = (...options: string[]) =>
      runCommand(["predict", run, ...files, "--backend", "cpu", "--quiet", ...options]);
    const whole = new Map<string, string>();
    for (const format of ["text", "csv", "json", "jsonl", "md"]) {
      const { code, stdout, stderr } = await predict("--format", format);
      assert.equal(code, 3, stderr);
      assert.match(stderr, /Cannot read 1 of 3 images:\n {2}.*none\.png/);
      whole.set(format, stdout);
    }
    const answers = JSON.parse(whole.get("json")!);
    assert.deepEqual(answers.map(({ file }: { file: string }) => file), files);
    const lines = whole.get("jsonl")!.trimEnd().split("\n");
    assert.deepEqual(lines.map((line) => JSON.parse(line)), answers);
    assert.equal(whole.get("csv")!.trimEnd().split("\n").length, 4);
    assert.ok(whole.get("text")!.split("\n").some((line) => line.endsWith(`  ${good}`)));
    for (const ending of ["csv", "json", "jsonl"]) {
      const output = join(data, `answers.${ending}`);
      assert.equal((await predict("--output", output)).code, 3);
      assert.equal(await Deno.readTextFile(output), whole.get(ending));
    }
    const left = [...Deno.readDirSync(data)].filter(({ name }) => name.includes(".tmp-"));
    assert.deepEqual(left, []);
  }));
