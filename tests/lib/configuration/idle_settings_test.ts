import assert from "node:assert/strict";
import { CONFIG_KEYS } from "../../../lib/configuration/experiment_config.ts";
import { parseConfig } from "../../../lib/configuration/parse_config.ts";
import { idleSettings } from "../../../lib/configuration/idle_settings.ts";
import { layersOfModel, levelsOfModel } from "../../../lib/models/model_layers.ts";
import { createClassifier } from "../../../lib/models/create_classifier.ts";
import { modelNames } from "../../../lib/models/model_names.ts";
import { isPuppeteerParameter } from "../../../lib/puppeteer/puppeteer.ts";
import { planEpoch } from "../../../lib/training/epoch_plan.ts";
import { suitsMuon } from "../../../lib/training/muon.ts";
import { withBackend } from "../../helpers/backends.ts";
import type { ExperimentConfig } from "../../../lib/configuration/experiment_config.ts";

/** Another value than the default for keys that shape levels, layers and batches. */
const CHANGES: Readonly<Record<string, string>> = {
  "model.kernelSize": "5",
  "model.maxChannels": "64",
  "model.identityShortcuts": "true",
  "model.mirrorSymmetry": "true",
  "model.fixedDepth": "7",
  "model.depthAdaptation": "false",
  "model.parameterAdaptation": "false",
  "model.stepsPerBit": "0.5",
  "model.minSteps": "2",
  "model.maxSteps": "20",
  "model.levelsPerDepth": "3",
  "model.referenceComplexity": "9",
  "training.levelSharing": "0",
  "training.levelSmoothing": "1",
};

/** Everything about levels, layers and batches that a configuration leads to. */
function consequences(config: ExperimentConfig) {
  const levels = levelsOfModel(config.model);
  const model = layersOfModel(config.model, 10);
  const complexities = Array.from({ length: 300 }, (_, image) => 6 + image / 30);
  const levelOfImage = complexities.map((complexity) => levels.levelOf(complexity));
  return {
    levels: levels.list.map(({ depth, scale }) => ({ depth, scale })),
    layers: levels.list.map((level) => model?.layersOf(level)),
    plan: planEpoch({ ...config.training, levelOfImage, levels: levels.list.length, epoch: 5 }),
  };
}

const BASES = [
  ...["", "depthAdaptation: false", "parameterAdaptation: false", "both"],
  "minSteps: 8, maxSteps: 8",
] as const;

for (const name of modelNames) {
  Deno.test(`idleSettings() tells of ${name} what changes no level, layer or batch`, () => {
    for (const base of BASES) {
      const switches = base === "both"
        ? "depthAdaptation: false, parameterAdaptation: false"
        : base;
      const text = `model: {name: ${name}, ${switches}}`;
      const before = parseConfig(text);
      const idle = new Map(idleSettings(before).map(({ path, reason }) => [path, reason]));
      for (const [path, word] of Object.entries(CHANGES)) {
        if (!idle.has(path)) continue;
        const value = /^[0-9.]+$/.test(word) ? Number(word) : word;
        const after = parseConfig(text, {
          overrides: [{ path, value: word === "true" ? true : word === "false" ? false : value }],
        });
        const still = new Map(idleSettings(after).map((setting) => [setting.path, setting.reason]));
        assert.equal(still.get(path), idle.get(path), path);
        assert.deepEqual(consequences(after), consequences(before), `${path} of ${text}`);
      }
    }
  });
}

// Those whose kernels are generated, and one whose kernels are stored.
for (
  const name of [...modelNames.filter((name) => name.startsWith("puppet")), "dfn", "fixed-cnn"]
) {
  Deno.test(`idleSettings() tells where no parameter of ${name} is Muon's`, () =>
    withBackend("cpu", () => {
      const text = `model: {name: ${name}, maxChannels: 16}\ntraining: {optimizer: muon, freeze: `;
      const { model } = parseConfig(`${text}none}`);
      const { parameters } = createClassifier(model, { classes: 2, seed: 1 });
      const found = parameters.entries.filter(([name, { shape }]) => suitsMuon(name, shape));
      const kept = found.filter(([name]) => !isPuppeteerParameter(name));
      for (const [freeze, { length }] of [["none", found], ["puppeteer", kept]] as const) {
        const idle = idleSettings(parseConfig(`${text}${freeze}}`)).map(({ path }) => path);
        assert.equal(idle.includes("training.optimizer"), length === 0, freeze);
      }
      parameters.dispose();
    }));
}

Deno.test("idleSettings() finds nothing of the model idle where all of it is at work", () => {
  const paths = idleSettings(parseConfig("")).map(({ path }) => path);
  assert.deepEqual(paths, [
    ...["model.fixedDepth", "training.minDelta"],
    ...["data.classes", "data.imageSize", "data.resizeTo"],
  ]);
});

Deno.test("idleSettings() tells of data and training what the others leave without a use", () => {
  const reasonsOf = (text: string, hasOwnValidation = false) =>
    new Map(
      idleSettings(parseConfig(text), { hasOwnValidation }).map((
        { path, reason },
      ) => [path, reason]),
    );
  const cases = [
    ["data.splitSeed", "data: {selection: first}", "data: {selection: random}"],
    ["training.minDelta", "training: {patience: 0}", "training: {patience: 3}"],
    // The first validation is a gain; a stop takes two more, ahead of the last epoch.
    [
      "training.patience",
      "training: {epochs: 12, validateEvery: 4, patience: 2}",
      "training: {epochs: 13, validateEvery: 4, patience: 2}",
    ],
    ["training.minDelta", "training: {epochs: 3, patience: 3}", "training: {patience: 3}"],
    [
      "training.validateEvery",
      "data: {validationFraction: 0}",
      "data: {validationFraction: 0, dataset: folder}",
    ],
    ["training.statisticsImages", "model: {name: puppet-alexnet}", "model: {name: puppet-vgg}"],
    ["training.statisticsImages", "model: {name: squeezenet}", "model: {name: mobilenet-v2}"],
    ["training.statisticsImages", "model: {name: branchynet}", "model: {name: skipnet}"],
  ] as const;
  for (const [path, idle, used] of cases) {
    assert.ok(reasonsOf(idle).has(path), idle);
    assert.ok(!reasonsOf(used).has(path), used);
  }
  const folder = "data: {dataset: folder}";
  assert.ok(reasonsOf(folder, true).has("data.validationFraction"));
  assert.ok(!reasonsOf(folder).has("data.validationFraction"));
});

Deno.test("parseConfig() lets a folder stop early without a share for validation: it may have a part for it", () => {
  const text = (dataset: string) =>
    `{data: {dataset: ${dataset}, validationFraction: 0}, training: {patience: 2}}`;
  assert.equal(parseConfig(text("folder")).training.patience, 2);
  assert.throws(() => parseConfig(text("cifar10")), /patience must be 0 without validation/);
});

Deno.test("idleSettings() names keys that there are", () => {
  const known = new Set(CONFIG_KEYS.map(({ path }) => path));
  for (const name of modelNames) {
    for (const { path } of idleSettings(parseConfig(`model: {name: ${name}}`))) {
      assert.ok(known.has(path), path);
    }
  }
});
