import assert from "node:assert/strict";
import { join } from "node:path";
import { repositoryRoot, runCommand } from "../helpers/run_command.ts";
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

Deno.test("predict reads its list in UTF-16, as PowerShell writes it", async () => {
  const files = ["no/caf\u00e9 1.png", "no/2.png"];
  const units = Uint16Array.from(`\ufeff${files.join("\r\n")}\r\n`, (unit) => unit.charCodeAt(0));
  const argv = ["predict", "puppet-cnn-cifar10", "-", "--json", "--quiet"];
  const { code, stdout } = await runCommand(argv, { input: new Uint8Array(units.buffer) });
  assert.equal(code, 3);
  assert.deepEqual(JSON.parse(stdout).map(({ file }: { file: string }) => file), files);
});

Deno.test("predict refuses a second list, and says what else is wrong with stdin", async () => {
  const twice = await runCommand(["predict", "puppet-cnn-cifar10", "-", "-"], { input: "" });
  assert.equal(twice.code, 2);
  assert.match(twice.stderr, /^error: Cannot read two lists from stdin; give "-" once$/m);
  const long = await runCommand(["predict", "puppet-cnn-cifar10", "-"], {
    input: new Uint8Array(256e6 + 1),
  });
  assert.equal(long.code, 3);
  assert.match(long.stderr, /Cannot read stdin: it must have at most 256000000 bytes/);
});

Deno.test({
  name: "predict and --config say that stdin is a folder",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const cases: [string[], number, string][] = [
      [["predict", "puppet-cnn-cifar10", "-"], 3, "the list of images"],
      [["train", "--config", "-"], 2, "the configuration"],
    ];
    for (const [argv, expected, what] of cases) {
      const start = ["run", "--no-prompt", "--allow-read", "--allow-env", "main.ts", ...argv];
      const { code, stderr } = await new Deno.Command("sh", {
        args: ["-c", 'exec "$0" "$@" < tests', Deno.execPath(), ...start],
        cwd: repositoryRoot,
      }).output();
      assert.equal(code, expected);
      assert.equal(
        new TextDecoder().decode(stderr),
        `error: Cannot read ${what} on stdin: it is a folder, not a file; give a file or a pipe\n`,
      );
    }
  },
});

Deno.test("predict names the first files that cannot be read, and counts the others", async () => {
  const files = Array.from({ length: 12 }, (_, at) => `none-${at}.png`);
  const { code, stderr } = await runCommand([
    ...["predict", "puppet-cnn-cifar10", ...files, "--backend", "cpu"],
  ]);
  assert.equal(code, 3);
  assert.match(
    stderr,
    /Cannot read 12 of 12 images:\n(?: {2}.*none-\d\.png.*\n){10} {2}and 2 more\n/,
  );
});
