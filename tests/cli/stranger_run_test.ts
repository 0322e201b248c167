import assert from "node:assert/strict";
import { join } from "node:path";
import { describeFile, encodeManifest } from "../../lib/checkpoints/checkpoint_manifest.ts";
import { decodeSafetensors } from "../../lib/checkpoints/decode_safetensors.ts";
import { encodeSafetensors } from "../../lib/checkpoints/encode_safetensors.ts";
import type { SafeTensor } from "../../lib/checkpoints/safetensors_dtypes.ts";
import { type CommandResult, runCommand } from "../helpers/run_command.ts";
import { mountProblem, runOnSmallDisk } from "../helpers/small_disk.ts";
import { TINY_COMMAND, withCommandFolders } from "../helpers/tiny_command.ts";

interface Places {
  /** A run that is in order; every case gets a copy. */
  readonly run: string;
  readonly image: string;
  readonly data: string;
}

/** Trains once, for all cases of a test. */
async function withRun(body: (places: Places) => Promise<void>): Promise<void> {
  await withCommandFolders(async (data, run) => {
    const argv = ["train", "--run", run, "--data", data, ...TINY_COMMAND, "--epochs", "1"];
    const { code, stderr } = await runCommand(argv);
    assert.equal(code, 0, stderr);
    await body({ run, data, image: join(data, "dark", "1.png") });
  });
}

async function copyOf(run: string, name: string): Promise<string> {
  const copy = `${run}-${name}`;
  await new Deno.Command("cp", { args: ["-r", run, copy] }).output();
  return copy;
}

function checkpointOf(run: string): string {
  return join(run, "checkpoints", Deno.readTextFileSync(join(run, "checkpoints", "last")).trim());
}

/** Writes the manifest anew, as who means harm would do. */
async function seal(folder: string): Promise<void> {
  const files = new Map();
  for (const { name } of Deno.readDirSync(folder)) {
    if (name === "manifest.json") continue;
    files.set(name, describeFile(await Deno.readFile(join(folder, name))));
  }
  const step = Number(/step-(\d+)/.exec(folder)![1]);
  await Deno.writeTextFile(
    join(folder, "manifest.json"),
    encodeManifest({ formatVersion: 1, step, files }),
  );
}

async function changeTensors(
  path: string,
  change: (tensors: Map<string, SafeTensor>) => void,
): Promise<void> {
  const { tensors } = decodeSafetensors(await Deno.readFile(path));
  change(tensors);
  await Deno.writeFile(path, encodeSafetensors(tensors));
}

function refused({ code, stderr }: CommandResult, expected: number, message: RegExp): void {
  assert.equal(code, expected, stderr);
  assert.match(stderr, message);
  assert.doesNotMatch(stderr, /Unexpected failure|\n\s+at /);
}

const BACKEND = ["--backend", "cpu"];

Deno.test({
  name: "predict and report wait for no pipe and read no endless or huge file of a stranger's run",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withRun(async ({ run, image }) => {
      const pipe = async (path: string) => {
        await Deno.remove(path).catch(() => {});
        await new Deno.Command("mkfifo", { args: [path] }).output();
      };
      const zeros = async (path: string) => {
        await Deno.remove(path).catch(() => {});
        await Deno.symlink("/dev/zero", path);
      };
      const huge = (path: string) => Deno.truncate(path, 2 ** 40);
      const notAFile = /it must be a file, it is a pipe or a device/;
      const tooLong = /it must have at most \d+ bytes, it has more/;
      const cases: [string, (path: string) => Promise<void>, number, RegExp][] = [
        ["config.yaml", pipe, 4, notAFile],
        ["config.yaml", zeros, 4, notAFile],
        ["config.yaml", huge, 4, tooLong],
        // These are passed over, and named.
        ["checkpoints/last", pipe, 0, notAFile],
        ["checkpoints/last", zeros, 0, notAFile],
        ["checkpoints/last", huge, 0, tooLong],
      ];
      for (const [index, [file, make, code, message]] of cases.entries()) {
        const copy = await copyOf(run, `a${index}`);
        await make(join(copy, file));
        refused(
          await runCommand(["predict", copy, image, "--checkpoint", "last", ...BACKEND]),
          code,
          message,
        );
      }
      for (const [index, make] of [pipe, zeros, huge].entries()) {
        const copy = await copyOf(run, `b${index}`);
        await make(join(copy, "log.jsonl"));
        const argv = ["report", copy, "--no-eval", ...BACKEND];
        refused(await runCommand(argv), 4, index < 2 ? notAFile : tooLong);
      }
      const copy = await copyOf(run, "c");
      await zeros(join(copy, "provenance.json"));
      const { code, stdout } = await runCommand(["report", copy, "--no-eval", ...BACKEND]);
      assert.equal(code, 0);
      assert.match(stdout, /Where the run came from is not known/);
    }),
});

Deno.test({
  name: "train --resume writes to nothing that a link in a stranger's run leads to",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withRun(async ({ run }) => {
      const other = await copyOf(run, "other");
      const before = await snapshot(other);
      const cases: [string, string, RegExp][] = [
        [".lock", "log.csv", /\.lock must be a file with the number of a process/],
        ["checkpoints", "checkpoints", /checkpoints must be a folder, it is a link/],
        ["tensorboard", "checkpoints", /tensorboard must be a folder, it is a link/],
      ];
      for (const [name, target, message] of cases) {
        const copy = await copyOf(run, `link-${name}`);
        await Deno.remove(join(copy, name), { recursive: true }).catch(() => {});
        await Deno.symlink(join(other, target), join(copy, name));
        refused(await runCommand(["train", "--resume", copy, "--epochs", "2"]), 4, message);
      }
      const copy = await copyOf(run, "link-files");
      for (const name of ["log.jsonl", "log.csv", "provenance.json", "config.yaml"]) {
        await Deno.remove(join(copy, name));
        await Deno.symlink(join(other, name), join(copy, name));
      }
      const { code, stderr } = await runCommand(["train", "--resume", copy, "--epochs", "2"]);
      assert.equal(code, 0, stderr);
      assert.ok(Deno.lstatSync(join(copy, "log.jsonl")).isFile);
      assert.deepEqual(await snapshot(other), before);
    }),
});

/** Content of all files below a folder. */
async function snapshot(folder: string): Promise<Map<string, Uint8Array>> {
  const content = new Map<string, Uint8Array>();
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (!isDirectory) content.set(path, await Deno.readFile(path));
    else for (const [inner, bytes] of await snapshot(path)) content.set(inner, bytes);
  }
  return new Map([...content].sort());
}

Deno.test("a stranger's checkpoint is refused by what is wrong with it, though its checksums fit", () =>
  withRun(async ({ run, image }) => {
    const eachOf = (file: string, change: (tensors: Map<string, SafeTensor>) => void) =>
    (
      folder: string,
    ) => changeTensors(join(folder, file), change);
    const negative = (tensors: Map<string, SafeTensor>) => {
      for (const { data } of tensors.values()) (data as Float32Array).fill(-1);
    };
    const card = (pattern: RegExp, text: string) => async (folder: string) => {
      const path = join(folder, "checkpoint.json");
      const before = await Deno.readTextFile(path);
      assert.match(before, pattern);
      await Deno.writeTextFile(path, before.replace(pattern, text));
    };
    const predict = (copy: string) => ["predict", copy, image, "--checkpoint", "last", ...BACKEND];
    const exact = (copy: string) => [...predict(copy), "--exact"];
    const resume = (copy: string) => ["train", "--resume", copy, "--epochs", "2"];
    const lacking = eachOf("statistics.safetensors", (tensors) => {
      for (const name of [...tensors.keys()]) {
        if (name.includes("stage1.conv1")) tensors.delete(name);
      }
    });
    const short = eachOf("statistics.safetensors", (tensors) => {
      for (const name of tensors.keys()) {
        if (!name.includes("stage4.conv1")) continue;
        tensors.set(name, { dtype: "F32", shape: [1], data: Float32Array.of(1) });
      }
    });
    const cases: [(folder: string) => Promise<void>, (copy: string) => string[], RegExp][] = [
      [lacking, predict, /statistics do not fit it \(.*"stage1\.conv1" has no statistics/],
      [lacking, exact, /statistics do not fit it \(.*"stage1\.conv1" has no statistics/],
      [short, predict, /statistics do not fit it \(.*"stage4\.conv1" must have 8 channels/],
      [short, exact, /statistics do not fit it \(.*"stage4\.conv1" must have 8 channels/],
      [eachOf("statistics.safetensors", negative), predict, /does not fit .*is negative/],
      [eachOf("optimizer.safetensors", negative), resume, /does not fit .*no negative second/],
      [card(/"updates": \{[^}]*\}/, '"updates": {}'), resume, /must have a number of updates/],
      [card(/"step": \d+/, '"step": 900000000000000'), resume, /"progress\.step" has not/],
      [
        card(/"height": 8/, '"height": 4096'),
        predict,
        /of images of 4096 x 8 pixels, .*asks for 8 x 8/,
      ],
      [card(/"width": 8/, '"width": 1'), resume, /of images of 8 x 1 pixels, .*asks for 8 x 8/],
    ];
    for (const [index, [change, argv, message]] of cases.entries()) {
      const copy = await copyOf(run, `bad${index}`);
      await change(checkpointOf(copy));
      await seal(checkpointOf(copy));
      refused(await runCommand(argv(copy)), 4, message);
    }
  }));

Deno.test("names in a stranger's run reach neither the terminal nor a page as anything but text", () =>
  withRun(async ({ run, data, image }) => {
    const copy = await copyOf(run, "names");
    const evil = "\u001b[2J\u009b31m<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    const path = join(checkpointOf(copy), "checkpoint.json");
    const content = JSON.parse(await Deno.readTextFile(path));
    content.card.classNames = [evil, "light"];
    content.card.backend = evil;
    await Deno.writeTextFile(path, JSON.stringify(content));
    await seal(checkpointOf(copy));
    const entry = { argv: [evil], versions: { [evil]: evil }, machine: evil, startedAt: evil };
    await Deno.writeTextFile(join(copy, "provenance.json"), JSON.stringify([entry]));
    const common = ["--checkpoint", "last", ...BACKEND];
    const results = [
      await runCommand(["predict", copy, image, "--top", "2", ...common]),
      // The classes of the images are others: the message names both.
      await runCommand(["eval", copy, "--data", data, ...common]),
    ];
    for (const { stdout, stderr } of results) {
      assert.match(stdout + stderr, /<script>/);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(stdout + stderr, /[\u001b\u0080-\u009f]/);
    }
    const page = `${run}.html`;
    const { code, stderr } = await runCommand(
      ["report", copy, "--no-eval", "--output", page, ...common],
    );
    assert.equal(code, 0, stderr);
    const html = await Deno.readTextFile(page);
    assert.match(html, /&lt;script&gt;/);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(html, /<script|<img src=x|\u001b/);
  }));

Deno.test("compare makes a kept result anew that a stranger has spoilt", () =>
  withRun(async ({ run, data }) => {
    const argv = ["compare", run, "--data", data, "--no-speed", "--json", ...BACKEND];
    const figuresOf = ({ code, stdout, stderr }: CommandResult) => {
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout).rows[0].runs[0].figures;
    };
    const { top1, loss } = figuresOf(await runCommand(argv));
    const path = join(run, "test_result.json");
    const kept = JSON.parse(await Deno.readTextFile(path));
    const { evaluation, speed, ...rest } = kept;
    const spoilt = [
      { ...rest, speed, evaluation: { ...evaluation, figures: { top1: 0.99 } } },
      { ...rest, speed: { figures: "x" }, evaluation },
      { ...rest, speed, evaluation, measuredOn: { machine: [], versions: null } },
    ];
    for (const content of spoilt) {
      await Deno.writeTextFile(path, JSON.stringify(content));
      await Deno.writeTextFile(join(run, "provenance.json"), '[{"versions":{"backend":7}}]');
      const again = figuresOf(await runCommand(argv));
      assert.deepEqual([again.top1, again.loss], [top1, loss]);
    }
  }));

Deno.test("a stranger's run with millions of levels is refused before anything is made of them", () =>
  withRun(async ({ run, data, image }) => {
    const path = join(run, "config.yaml");
    const text = await Deno.readTextFile(path);
    const levels = text.replace(/minSteps: \d+/, "minSteps: 1").replace(
      /maxSteps: \d+/,
      "maxSteps: 1000",
    )
      .replace(/levelsPerDepth: \d+/, "levelsPerDepth: 1000");
    await Deno.writeTextFile(path, levels);
    const message = /at most 20000 layers in all, .* in 1000000 levels; lower one of them/;
    refused(await runCommand(["train", "--resume", run, "--epochs", "2"]), 4, message);
    refused(await runCommand(["predict", run, image, ...BACKEND]), 4, message);
    const file = join(data, "..", "config.yaml");
    await Deno.writeTextFile(file, levels);
    refused(await runCommand(["train", "--config", file, "--dry-run"]), 2, message);
  }));

Deno.test("report names the bad among several, shows the others, and says so by its exit code", () =>
  withRun(async ({ run, data }) => {
    const huge = await copyOf(run, "huge");
    await changeTensors(join(checkpointOf(huge), "model.safetensors"), (tensors) => {
      for (const { data } of tensors.values()) (data as Float32Array).fill(3e38);
    });
    await seal(checkpointOf(huge));
    const broken = await copyOf(run, "broken");
    await Deno.writeTextFile(join(broken, "config.yaml"), "nonsense: 1");
    const common = ["--data", data, "--checkpoint", "last", "--format", "json", ...BACKEND];
    const { code, stdout, stderr } = await runCommand(["report", huge, broken, run, ...common]);
    assert.equal(code, 4, stderr);
    assert.match(stderr, /Left out, while the others are shown:\n {2}\S+broken: Cannot use/);
    assert.match(stderr, /huge: Figures on the test images: .*not finite/);
    const { sources } = JSON.parse(stdout);
    assert.deepEqual(
      sources.map(({ origin }: { origin: string }) => origin),
      [huge, run],
    );
    assert.equal(sources[0].content.evaluation, null);
    assert.equal(sources[1].content.evaluation.figures.images, 2);
    // Alone, what is wrong with it is the answer.
    refused(await runCommand(["report", broken, ...common]), 4, /^error: Cannot use .*nonsense/m);
    // Its weights are finite, its answers are not.
    refused(
      await runCommand(["eval", huge, "--data", data, ...common.slice(2, 4), ...BACKEND]),
      6,
      /not finite/,
    );
  }));

Deno.test({
  name: "export and fetch-data say of a read-only disk that it is one",
  ignore: mountProblem !== null,
  fn: () =>
    withRun(async ({ run, data }) => {
      const folder = `${run}-disk`;
      await Deno.mkdir(folder);
      const disk = { options: "ro", folder, copy: `${run}-copy` };
      const cases: [string[], number][] = [
        [["export", run, join(folder, "model")], 4],
        [["export", run, join(folder, "model"), "--format", "safetensors", ...BACKEND], 4],
        [["fetch-data", "synthetic", "--directory", folder], 3],
        [["fetch-data", "synthetic", "--directory", join(folder, "data")], 3],
        [["train", "--run", join(folder, "run"), "--data", data, ...TINY_COMMAND], 4],
      ];
      for (const [argv, code] of cases) {
        const result = await runOnSmallDisk(argv, disk);
        refused({ ...result, stdout: "" }, code, /its disk is read-only/);
        assert.deepEqual([...Deno.readDirSync(disk.copy)], []);
        await Deno.remove(disk.copy);
      }
    }),
});

Deno.test({
  name: "no command repeats a line of a file that a link in a stranger's run or data leads to",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withRun(async ({ run, data, image }) => {
      const secret = join(data, "..", "secret");
      await Deno.writeTextFile(secret, "TOPSECRET:x:0:0\nTOPSECRET\n{TOPSECRET\nTOPSECRET: [\n");
      const link = async (path: string) => {
        await Deno.remove(path).catch(() => {});
        await Deno.symlink(secret, path);
      };
      const files = ["config.yaml", "log.jsonl", "provenance.json", "checkpoints/last"];
      const inCheckpoint = ["checkpoint.json", "manifest.json", "model.safetensors"];
      for (const [index, file] of [...files, ...inCheckpoint].entries()) {
        const copy = await copyOf(run, `secret${index}`);
        await link(files.includes(file) ? join(copy, file) : join(checkpointOf(copy), file));
        const argv = /log|provenance/.test(file)
          ? ["report", copy, "--no-eval", ...BACKEND]
          : ["predict", copy, image, "--checkpoint", "last", ...BACKEND];
        const { stdout, stderr } = await runCommand([...argv, "--debug"]);
        assert.doesNotMatch(stdout + stderr, /TOPSECRET/, file);
      }
      const folder = join(data, "..", "cifar-10-batches-bin");
      await Deno.mkdir(folder);
      for (const name of ["batches.meta.txt", "test_batch.bin", "data_batch_1.bin"]) {
        await link(join(folder, name));
      }
      const argv = ["train", "--data", folder, "--dry-run", "--run", `${run}-new`, ...BACKEND];
      const { code, stderr } = await runCommand([...argv, "--debug"]);
      assert.equal(code, 3);
      assert.doesNotMatch(stderr, /TOPSECRET/);
    }),
});
