import assert from "node:assert/strict";
import { join } from "node:path";
import { load } from "js-yaml";
import { defaultConfig, type ExperimentConfig } from "../../lib/configuration/experiment_config.ts";
import { formatConfig } from "../../lib/configuration/format_config.ts";
import { runCommand } from "../helpers/run_command.ts";
import { TINY_COMMAND, withCommandFolders } from "../helpers/tiny_command.ts";
import { withFolder } from "../helpers/with_folder.ts";

async function printConfig(argv: readonly string[]): Promise<ExperimentConfig> {
  const { code, stdout, stderr } = await runCommand(["train", "--print-config", ...argv]);
  assert.equal(stderr, "");
  assert.equal(code, 0);
  return load(stdout) as ExperimentConfig;
}

Deno.test("train --print-config prints the defaults, with --json too", async () => {
  assert.deepEqual(await printConfig([]), defaultConfig());
  assert.deepEqual(await printConfig(["--json"]), defaultConfig());
});

Deno.test("train: over a preset or weights, another measure has its own constants", async () => {
  const jpeg = ["--complexity", "jpeg-like"];
  const { stepsPerBit, referenceComplexity } = (await printConfig(jpeg)).model;
  assert.ok(stepsPerBit > 1);
  for (const start of [["--preset", "puppet-cnn"], ["--weights", "models/puppet-cnn-cifar10"]]) {
    const { model } = await printConfig([...start, ...jpeg]);
    assert.deepEqual([model.stepsPerBit, model.referenceComplexity], [
      stepsPerBit,
      referenceComplexity,
    ]);
    assert.equal(
      (await printConfig([...start, ...jpeg, "--steps-per-bit", "3"])).model.stepsPerBit,
      3,
    );
    assert.equal((await printConfig(start)).model.stepsPerBit, 0.8);
  }
});

Deno.test("train: a file wins over the model of the weights key by key", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "my.yaml");
    const weights = ["--weights", "models/puppet-cnn-cifar10", "--config", file];
    const own = (await printConfig(weights.slice(0, 2))).model;
    assert.ok(own.mirrorSymmetry, "it is not the default model");
    await Deno.writeTextFile(file, "training: {epochs: 3}\n");
    const only = await printConfig(weights);
    assert.deepEqual(only.model, own);
    assert.equal(only.training.epochs, 3);
    await Deno.writeTextFile(file, "model: {maxSteps: 14}\n");
    assert.deepEqual((await printConfig(weights)).model, { ...own, maxSteps: 14 });
    await Deno.writeTextFile(file, "model: {complexity: jpeg-like}\n");
    const jpeg = await printConfig(["--complexity", "jpeg-like"]);
    assert.equal((await printConfig(weights)).model.stepsPerBit, jpeg.model.stepsPerBit);
  });
});

Deno.test("train: options win over the file, the file over the defaults", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "my.yaml");
    await Deno.writeTextFile(file, "model: {maxChannels: 128, minSteps: 4}\ntraining: {seed: 5}\n");
    const config = await printConfig(["--config", file, "--channels", "64", "--epochs", "3"]);
    assert.equal(config.model.maxChannels, 64);
    assert.equal(config.model.minSteps, 4);
    assert.equal(config.training.seed, 5);
    assert.equal(config.training.epochs, 3);
    assert.equal(config.training.batchSize, defaultConfig().training.batchSize);
  });
});

Deno.test("train --print-config writes a file that --config reads back unchanged", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "my.yaml");
    const argv = ["--depth", "8", "--images", "all", "--flip", "--learning-rate", "2e-3"];
    const { stdout } = await runCommand(["train", "--print-config", ...argv]);
    await Deno.writeTextFile(file, stdout);
    const config = await printConfig(["--config", file]);
    assert.deepEqual(config, load(stdout));
    assert.equal(config.model.fixedDepth, 8);
    assert.equal(config.model.depthAdaptation, false);
    assert.equal(config.data.images, null);
    assert.equal(config.training.learningRate, 2e-3);
  });
});

Deno.test("train --config - reads the configuration from stdin", async () => {
  const argv = ["train", "--print-config", "--config", "-", "--epochs", "3"];
  const { stdout } = await runCommand(argv, { input: "training: {seed: 5, epochs: 7}\n" });
  const { seed, epochs } = (load(stdout) as ExperimentConfig).training;
  assert.deepEqual([seed, epochs], [5, 3]);
  const wrong = await runCommand(argv, { input: "training: {sed: 5}\n" });
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /^error: Cannot use stdin: unknown key training\.sed; did you mean/);
});

Deno.test("train names the file and the key that was meant", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "typo.yaml");
    await Deno.writeTextFile(file, "model: {maxChanels: 64}\n");
    const { code, stderr } = await runCommand(["train", "--config", file]);
    assert.equal(code, 2);
    assert.equal(
      stderr,
      `error: Cannot use ${file}: unknown key model.maxChanels; did you mean model.maxChannels?\n`,
    );
  });
});

Deno.test("train --resume refuses another model or other data and lists the differences", async () => {
  await withFolder(async (folder) => {
    const text = formatConfig(defaultConfig());
    await Deno.writeTextFile(join(folder, "config.yaml"), text);
    const { code, stderr } = await runCommand(
      ["train", "--resume", folder, "--channels", "64", "--seed", "2", "--epochs", "200"],
    );
    assert.equal(code, 2);
    assert.match(stderr, /\n {2}model\.maxChannels: 512 in the run, 64 asked for\n/);
    assert.match(stderr, /\n {2}training\.seed: 1 in the run, 2 asked for\n/);
    assert.doesNotMatch(stderr, /training\.epochs: /);
  });
});

Deno.test("train --resume takes the run's configuration and lets it go on for longer", async () => {
  await withFolder(async (folder) => {
    const saved = formatConfig({ ...defaultConfig(), backend: "wasm" });
    await Deno.writeTextFile(join(folder, "config.yaml"), saved);
    const config = await printConfig(["--resume", folder, "--epochs", "200"]);
    assert.equal(config.training.epochs, 200);
    assert.equal(config.backend, "wasm");
  });
});

Deno.test("train --dry-run shows parameters, steps and folder, and writes nothing", async () => {
  await withFolder(async (folder) => {
    const run = join(folder, "run");
    const { code, stdout, stderr } = await runCommand([
      ...["train", "--dry-run", "--json", "--quiet", "--run", run, "--dataset", "synthetic"],
      ...["--data", join(folder, "absent"), "--images", "200", "--channels", "64", "--epochs", "3"],
      ...["--backend", "cpu"],
    ]);
    assert.equal(stderr, "");
    assert.equal(code, 0);
    const { plan, runDirectory } = JSON.parse(stdout);
    assert.equal(runDirectory, run);
    assert.equal(plan.trainImages, 160);
    assert.equal(plan.validationImages, 40);
    assert.equal(plan.totalSteps, 3 * Math.floor(160 / 64));
    assert.equal(plan.parameters.puppeteer, 64 * 64 + 15 * 64);
    assert.deepEqual(plan.depth, { min: 6, max: 12 });
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("train --dry-run says what fits of --weights, and what is done of a run that goes on", () =>
  withCommandFolders(async (data, run) => {
    const argv = ["train", "--dry-run", "--data", data, "--weights", "puppet-cnn-cifar10"]
      .concat(["--dataset", "folder", "--backend", "cpu"]);
    const { stdout, stderr } = await runCommand(argv);
    assert.match(stderr, /^backend: /);
    assert.match(stdout, /^begins with +32 of 34 parameters from\s+\S*puppet-cnn-cifar10/m);
    const trained = await runCommand(
      ["train", "--run", run, "--data", data, ...TINY_COMMAND, "--epochs", "1"],
    );
    assert.equal(trained.code, 0, trained.stderr);
    const more = await runCommand(["train", "--resume", run, "--epochs", "3", "--dry-run"]);
    assert.match(more.stdout, /^done before +1 of 3 epochs$/m);
  }));
