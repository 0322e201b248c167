import assert from "node:assert/strict";
import { join } from "node:path";
import { repositoryRoot, runCommand } from "../helpers/run_command.ts";
import { withFolder } from "../helpers/with_folder.ts";

const ENTRY = join(repositoryRoot, "cli", "puppet-cnn.ts");

/** Runs the command as it is installed. */
async function runInstalled(words: readonly string[], cwd: string = repositoryRoot) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", ENTRY, ...words],
    cwd,
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const [out, talk] = [stdout, stderr].map((part) => new TextDecoder().decode(part));
  return { code, stdout: out!, stderr: talk! };
}

/** Words that are suggested for a line whose last word is at the cursor, and the directive. */
async function suggested(words: readonly string[], cwd?: string): Promise<[string[], number]> {
  const { code, stdout, stderr } = await runInstalled(["complete", "--", ...words], cwd);
  assert.equal(code, 0, stderr);
  const lines = stdout.trimEnd().split("\n");
  const directive = Number(/^:(\d+)$/.exec(lines.pop()!)![1]);
  return [lines.map((line) => line.split("\t")[0]!), directive];
}

/** No names of files beside what was suggested. */
const NO_FILES = 4;
/** No space behind it. */
const NO_SPACE = 2;

Deno.test("complete -- suggests commands, options and their values", async () => {
  assert.deepEqual(await suggested(["ev"]), [["eval"], NO_FILES]);
  assert.deepEqual(await suggested(["help", "ex"]), [["export"], NO_FILES]);
  assert.deepEqual(await suggested(["export", "x", "--fo"]), [["--format"], NO_FILES]);
  assert.deepEqual(await suggested(["export", "x", "--format", "o"]), [["onnx"], NO_FILES]);
  assert.deepEqual(await suggested(["export", "--format=web"]), [["--format=web"], NO_FILES]);
  assert.deepEqual(await suggested(["train", "--backend", "we"]), [["webgpu"], NO_FILES]);
  assert.deepEqual(await suggested(["train", "--model", "squ"]), [["squeezenet"], NO_FILES]);
  assert.deepEqual(await suggested(["no-command", ""]), [[], NO_FILES]);
  const [presets] = await suggested(["train", "--preset", ""]);
  assert.ok(presets.includes("puppet-cnn"));
});

Deno.test("complete -- suggests the words of every option that lists some, and files where they belong", async () => {
  const cases: [string[], string[], number][] = [
    [["train", "--dataset", "s"], ["synthetic"], NO_FILES],
    [["train", "--solver=e"], ["--solver=euler"], NO_FILES],
    [["train", "--level-sharing", ""], ["all"], NO_FILES],
    [["train", "--epochs", ""], [], NO_FILES],
    [["train", "--config", ""], [], 0],
    [["train", "--run", ""], [], 0],
    [["train", "--weights", "pup"], ["puppet-cnn-cifar10"], 0],
    [["train", "--set", "model.sol"], ["model.solver="], NO_FILES | NO_SPACE],
    [["train", "--set", "model.solver=r"], ["model.solver=rk4"], NO_FILES],
    [["analyze-depth", "--measure", "j"], ["jpeg-like"], NO_FILES],
    [
      ["compare", "--table", "1,"],
      ["2", "3", "4", "5", "6"].map((table) => `1,${table}`),
      NO_FILES,
    ],
    [["compare", "--only", "vgg,squ"], ["vgg,squeezenet"], NO_FILES],
    [["compare", "--runs", "r"], [], 0],
    [["fetch-data", "--only", ""], [], 0],
    [["param-scaling", "--families", "vgg,"], ["vgg,resnet"], NO_FILES],
    [["models", "squ"], ["squeezenet"], NO_FILES],
    [["report", "pup"], ["puppet-cnn-cifar10"], 0],
    [["sweep", "st"], ["status"], 0],
  ];
  for (const [words, expected, directive] of cases) {
    assert.deepEqual(await suggested(words), [expected, directive], words.join(" "));
  }
});

Deno.test("complete -- suggests the folders of sweeps", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "sweeps", "width"), { recursive: true });
    await Deno.writeTextFile(join(folder, "sweeps", "width", "plan.json"), "{}");
    const found = await suggested(["sweep", "status", ""], folder);
    assert.deepEqual(found, [[join("sweeps", "width")], 0]);
  }));

Deno.test("complete -- suggests run folders and shipped models, and leaves files to the shell", () =>
  withFolder(async (folder) => {
    for (const name of ["first", "second", "no-run"]) {
      await Deno.mkdir(join(folder, "runs", name), { recursive: true });
      if (name !== "no-run") {
        await Deno.writeTextFile(join(folder, "runs", name, "config.yaml"), "");
      }
    }
    const runs = [join("runs", "first"), join("runs", "second")];
    assert.deepEqual(await suggested(["eval", "ru"], folder), [runs, 0]);
    assert.deepEqual(await suggested(["predict", ""], folder), [
      [...runs, "puppet-cnn-cifar10"],
      0,
    ]);
    assert.deepEqual(await suggested(["train", "--resume", "runs/s"], folder), [[runs[1]], 0]);
    // The second argument of predict is a picture.
    assert.deepEqual(await suggested(["predict", "--top", "3", "x", ""], folder), [[], 0]);
  }));

Deno.test("complete prints a script for each shell that calls the command by its name", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, stdout, stderr } = await runInstalled(["complete", shell]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /puppet-cnn complete --/);
  }
  const { code, stderr } = await runInstalled(["complete", "tcsh"]);
  assert.equal(code, 2);
  assert.match(stderr, /Allowed choices are bash, zsh, fish/);
  // A task has no single word that a shell could complete.
  const task = await runCommand(["complete", "bash"]);
  assert.equal(task.code, 2);
  assert.match(task.stderr, /install the command puppet-cnn/);
});

Deno.test("the script for bash does not repeat what stands before an equals sign", () =>
  withFolder(async (folder) => {
    const { stdout } = await runInstalled(["complete", "bash"]);
    await Deno.writeTextFile(join(folder, "complete.bash"), stdout);
    // Stand in for the program, and for what only a shell with a person before it has.
    const test = `
      compopt() { :; }
      puppet-cnn() { printf '%s\\t\\n:4\\n' "$answer"; }
      _get_comp_words_by_ref() { words=(puppet-cnn x "$word"); cword=2; cur=$word; prev=x; }
      . ./complete.bash
      for pair in --format=w,--format=web model.solver=rk,model.solver=rk4 ve,vegetable; do
        word=\${pair%,*} answer=\${pair#*,}
        $(complete -p puppet-cnn | grep -o '__[a-z_]*')
        echo "\${COMPREPLY[@]}"
      done`;
    const bash = await new Deno.Command("bash", { args: ["-c", test], cwd: folder }).output();
    const text = new TextDecoder();
    assert.equal(text.decode(bash.stdout), "web\nrk4\nvegetable\n", text.decode(bash.stderr));
  }));

Deno.test("the script for bash can be read twice", () =>
  withFolder(async (folder) => {
    const { stdout } = await runInstalled(["complete", "bash"]);
    await Deno.writeTextFile(join(folder, "complete.bash"), stdout);
    const args = ["-c", ". ./complete.bash; . ./complete.bash"];
    const bash = await new Deno.Command("bash", { args, cwd: folder }).output();
    assert.deepEqual([bash.code, new TextDecoder().decode(bash.stderr)], [0, ""]);
  }));

Deno.test("help and errors name the program as it was called", async () => {
  const installed = await runInstalled(["train", "--help"]);
  assert.match(installed.stdout, /^Usage: puppet-cnn train/);
  assert.doesNotMatch(installed.stdout, /deno task/);
  assert.match((await runInstalled(["trian"])).stderr, /See "puppet-cnn --help"/);
  assert.match((await runCommand(["trian"])).stderr, /See "deno task puppet --help"/);
});

Deno.test("help --all shows the help of every command", async () => {
  const { code, stdout } = await runInstalled(["help", "--all"]);
  assert.equal(code, 0);
  const usages = [...stdout.matchAll(/^Usage: puppet-cnn ([\w-]+) /gm)].map(([, name]) => name);
  assert.ok(usages.length >= 13, String(usages));
  for (const name of ["train", "export", "complete"]) assert.ok(usages.includes(name));
});
