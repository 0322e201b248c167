import assert from "node:assert/strict";
import { join } from "node:path";
import { repositoryRoot, runCommand, spawnCommand } from "../helpers/run_command.ts";
import { runtimesFolder, testWithRuntimes } from "../helpers/runtimes.ts";
import { mountProblem, runOnSmallDisk } from "../helpers/small_disk.ts";
import { TINY_COMMAND, withCommandFolders } from "../helpers/tiny_command.ts";
import { withFolder } from "../helpers/with_folder.ts";

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
    const { bytes, format } = JSON.parse(exported.stdout) as { bytes: number; format: string };
    assert.equal(format, "model");

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

    // It names no place, so that somebody else's is none of its images.
    const elsewhere = await runCommand(["eval", model, "--backend", "cpu"], { cwd: run });
    assert.equal(elsewhere.code, 3);
    assert.match(
      elsewhere.stderr,
      /; data is where the configuration of .*-model has its images, evaluation and a training/,
    );

    await Deno.rename(data, `${data}-moved`);
    const moved = await runCommand(["train", "--resume", run, "--epochs", "3", "--dry-run"]);
    assert.equal(moved.code, 3);
    assert.match(moved.stderr, /images is where the configuration of .*run has its images/);
    await Deno.rename(`${data}-moved`, data);

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

testWithRuntimes(
  "export writes networks for other programs, runs them, and says so",
  () =>
    withCommandFolders(async (data, run) => {
      const trained = await runCommand(["train", "--run", run, "--data", data, ...TINY_COMMAND]
        .concat(["--epochs", "1"]));
      assert.equal(trained.code, 0, trained.stderr);
      const cwd = runtimesFolder;
      const exportTo = (format: string, ...more: string[]) =>
        runCommand([...["export", run, "--format", format, "--backend", "cpu"], ...more], { cwd });

      const levels = await exportTo("onnx", `${run}-onnx`, "--json");
      assert.equal(levels.code, 0, levels.stderr);
      const { networks, check, directory } = JSON.parse(levels.stdout);
      assert.equal(directory, `${run}-onnx`);
      assert.match(check.runtime, /^onnxruntime \d/);
      assert.equal(networks.at(-1).file, "adaptive.onnx");
      const files = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
      const written = networks.map(({ file }: { file: string }) => file);
      assert.deepEqual(files, [...written, "export.json"].sort());
      for (const { largestDifference } of networks) assert.ok(largestDifference < 1e-4);
      // Nothing of the machine is in it.
      const card = await Deno.readTextFile(join(directory, "export.json"));
      assert.ok(!card.includes(data) && !card.includes(run));

      const one = await exportTo("tfjs", "--output", `${run}-tfjs`, "--level", "2");
      assert.equal(one.code, 0, one.stderr);
      assert.match(one.stdout, /^level-2\/model\.json +2 .* MB +(?:0|\d\.\de-\d+)$/m);
      assert.match(one.stdout, /Every file was run \(TensorFlow\.js converter 4\.22\.0\)/);

      const twice = await exportTo("safetensors", `${run}-onnx`);
      assert.equal(twice.code, 4);
      assert.match(twice.stderr, /not empty/);
      const far = await exportTo("safetensors", `${run}-far`, "--level", "99");
      assert.equal(far.code, 2);
      assert.match(far.stderr, /Cannot export level 99: the model has levels 0 to \d+/);
      const bad = await exportTo("onnx", `${run}-bad`, "--level", "0", "--all-levels");
      assert.equal(bad.code, 2);
      assert.deepEqual(
        [...Deno.readDirSync(join(run, ".."))].map(({ name }) => name).sort(),
        ["images", "run", "run-onnx", "run-tfjs"],
      );
    }),
);

Deno.test("export says that nothing was run where the program is missing", () =>
  withCommandFolders(async (data, run) => {
    const trained = await runCommand(["train", "--run", run, "--data", data, ...TINY_COMMAND]
      .concat(["--epochs", "1"]));
    assert.equal(trained.code, 0, trained.stderr);
    const { code, stdout } = await runCommand(
      ["export", run, `${run}-onnx`, "--format", "onnx", "--level", "0", "--backend", "cpu"],
      { cwd: data },
    );
    assert.equal(code, 0);
    assert.match(stdout, /not run$/m);
    assert.match(stdout, /No file was run here: onnxruntime-web is not installed \(npm install/);
  }));

Deno.test("export wants one folder, and levels only for other programs", async () => {
  const cases: [string[], RegExp][] = [
    [[], /No folder to write/],
    [["a", "--output", "b"], /both a and --output b/],
    [["a", "--level", "1"], /Cannot export one level with --format model/],
    [["a", "--level", "-1"], /whole number of at least 0/],
    [["a", "--format", "keras"], /Allowed choices are model, safetensors, onnx, tfjs, web/],
  ];
  for (const [argv, message] of cases) {
    const { code, stderr } = await runCommand(["export", "puppet-cnn-cifar10", ...argv]);
    assert.equal(code, 2, argv.join(" "));
    assert.match(stderr, message);
  }
});

Deno.test("export fills the folder in which it is started, and stays in it", () =>
  withFolder(async (folder) => {
    for (const format of ["model", "safetensors"]) {
      const cwd = join(folder, format);
      await Deno.mkdir(cwd);
      const { ino } = await Deno.stat(cwd);
      const level = format === "model" ? [] : ["--level", "0"];
      const argv = ["export", "puppet-cnn-cifar10", ".", "--format", format, ...level];
      const { code, stderr } = await runCommand(argv, { cwd });
      assert.equal(code, 0, stderr);
      assert.equal((await Deno.stat(cwd)).ino, ino);
      assert.ok((await readTexts(cwd)).length > 1);
      const again = await runCommand(argv, { cwd });
      assert.equal(again.code, 4);
      assert.match(again.stderr, /Cannot export to \.: the folder is not empty/);
    }
    assert.deepEqual([...Deno.readDirSync(folder)].length, 2);
  }));

Deno.test("export refuses what is no run", async () => {
  const { code, stderr } = await runCommand(["export", "tests", "nowhere"]);
  assert.equal(code, 4);
  assert.match(stderr, /config\.yaml does not exist/);
});

Deno.test("docs/exports.md has a row for every format of export", async () => {
  const { stdout } = await runCommand(["export", "--help"]);
  const help = stdout.replace(/\s+/g, " ");
  const formats = /--format <format>.*?\(choices: (.*?), default/.exec(help)![1]!;
  const page = await Deno.readTextFile(join(repositoryRoot, "docs", "exports.md"));
  for (const format of JSON.parse(`[${formats}]`) as string[]) {
    assert.match(page, new RegExp(`^\\| \`${format}\`[^|]*\\|.+\\|.+\\|$`, "m"), format);
  }
});

Deno.test({
  name: "export that is stopped leaves nothing behind, and says so",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      for (const format of ["onnx", "safetensors"]) {
        const child = spawnCommand(
          ["export", "puppet-cnn-cifar10", join(folder, "out"), "--format", format],
        );
        let stderr = "";
        for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
          const before = stderr;
          stderr += text;
          if (!before.includes("network 1 of") && stderr.includes("network 1 of")) {
            assert.equal([...Deno.readDirSync(folder)].length, 1, "it is being written");
            child.kill("SIGINT");
          }
        }
        assert.match(stderr, /^stopped: Export was interrupted; nothing is left of it$/m);
        assert.equal((await child.status).code, 130);
        await child.stdout.cancel();
        assert.deepEqual([...Deno.readDirSync(folder)], []);
      }
    }),
});

Deno.test({
  name: `export leaves nothing on a disk that is too small${
    mountProblem === null ? "" : ` (left out: ${mountProblem})`
  }`,
  ignore: mountProblem !== null,
  fn: () =>
    withFolder(async (folder) => {
      const disk = {
        options: "size=300k",
        folder: join(folder, "disk"),
        copy: join(folder, "copy"),
      };
      await Deno.mkdir(disk.folder);
      for (const format of ["model", "safetensors"]) {
        const { code, stderr } = await runOnSmallDisk(
          ["export", "puppet-cnn-cifar10", join(disk.folder, "out"), "--format", format],
          disk,
        );
        assert.equal(code, 4, stderr);
        assert.match(
          stderr,
          /^error: Cannot export to .*: its disk is full; name another folder$/m,
        );
        assert.deepEqual([...Deno.readDirSync(disk.copy)], [], format);
        await Deno.remove(disk.copy, { recursive: true });
      }
    }),
});

Deno.test("export and --weights say that the newest checkpoint is damaged and which they take", () =>
  withCommandFolders(async (data, run) => {
    const train = ["train", "--data", data, ...TINY_COMMAND, "--epochs", "2"];
    const trained = await runCommand([...train, "--run", run, "--validation-fraction", "0"]);
    assert.equal(trained.code, 0, trained.stderr);
    const root = join(run, "checkpoints");
    const newest = (await Deno.readTextFile(join(root, "last"))).trim();
    await Deno.truncate(join(root, newest, "model.safetensors"), 10);
    const begin = ["--run", `${run}-tuned`, "--weights", run, "--dry-run"];
    for (const argv of [["export", run, `${run}-model`], [...train, ...begin]]) {
      const { code, stderr } = await runCommand(argv);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /model\.safetensors .*; taking step-\d+ instead$/m);
      assert.ok(!stderr.includes(`taking ${newest} instead`));
    }
  }));
