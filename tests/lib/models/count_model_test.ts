import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import { countByRunning } from "../../helpers/count_by_running.ts";
import { countModel } from "../../../lib/models/count_model.ts";
import { workOfResizing } from "../../../lib/puppet/count_puppeteer.ts";
import { createClassifier } from "../../../lib/models/create_classifier.ts";
import { modelNames } from "../../../lib/models/model_names.ts";
import { modelEntry } from "../../../lib/models/model_registry.ts";
import { adaptivePoolingMatrix } from "../../../lib/puppet/kernel_resizing.ts";
import { withBackend } from "../../helpers/backends.ts";
import { TINY_MODEL } from "../../helpers/tiny_training.ts";
import type { ModelConfig } from "../../../lib/models/model_config.ts";
import type { ModelName } from "../../../lib/models/model_names.ts";

const CIFAR = { classes: 10, image: { height: 32, width: 32 } };

/** The default configuration, at full size, with another name. */
function fullSize(name: ModelName, changes: Partial<ModelConfig> = {}): ModelConfig {
  return { ...defaultConfig().model, name, ...changes };
}

/** Parameters for 10 and 100 classes, and the sizes that the paper prints (docs/systems.md). */
const PUBLISHED = [
  ["alexnet", 2_913_610, 2_959_780, "11.65", "11.84"],
  ["vgg", 9_753_674, 9_799_844, "39.01", "39.20"],
  ["resnet", 11_209_290, 11_255_460, "44.84", "45.02"],
  ["mobilenet-v1", 1_880_906, 1_927_076, "7.52", null],
  ["mobilenet-v2", 2_244_362, 2_290_532, "8.98", null],
  ["squeezenet", 990_282, 1_036_452, "3.96", null],
] as const;

for (const [name, ten, hundred, megabytes, megabytesOfHundred] of PUBLISHED) {
  Deno.test(`countModel() counts ${name} exactly for 10 and 100 classes`, async () => {
    const small = await countModel(fullSize(name), CIFAR);
    const large = await countModel(fullSize(name), { ...CIFAR, classes: 100 });
    assert.equal(small.parameters.total, ten);
    assert.equal(large.parameters.total, hundred);
    assert.equal(small.megabytes.total.toFixed(2), megabytes);
    if (megabytesOfHundred !== null) {
      assert.equal(large.megabytes.total.toFixed(2), megabytesOfHundred);
    }
    assert.equal(small.parameters.puppeteer, 0);
  });
}

Deno.test("countModel() gives the three figures of Table 5 by the tool's rule", async () => {
  const expected = [["puppet-cnn", "12.34", 10], ["puppet-resnet", "23.44", 19], [
    "resnet",
    "11.40",
    0,
  ]] as const;
  for (const [name, billions, evaluations] of expected) {
    const { multiplyAddsOfTool, reference, batch } = await countModel(fullSize(name), CIFAR);
    assert.equal((multiplyAddsOfTool! / 1e9).toFixed(2), billions);
    assert.equal(reference.evaluations, evaluations);
    assert.equal(batch, 64);
  }
});

Deno.test("countModel() holds generation apart from the image, and shares it among a batch", async () => {
  const { reference } = await countModel(fullSize("puppet-cnn"), CIFAR);
  const fixed = await countModel(fullSize("fixed-cnn"), CIFAR);
  assert.equal(
    reference.forward,
    fixed.reference.forward,
    "a banked puppet costs what a CNN costs",
  );
  const positions = 512 * 9;
  assert.equal(reference.dynamics, 10 * (9 * 512 + 512 ** 2) * positions);
  assert.ok(reference.resizing > 0 && reference.resizing < 0.01 * reference.dynamics);
  for (const batch of [1, 64, 10_000]) {
    const { reference: shared } = await countModel(fullSize("puppet-cnn"), { ...CIFAR, batch });
    const generation = (reference.dynamics + reference.resizing) / batch;
    assert.equal(shared.amortized, reference.forward + generation);
  }
  assert.equal(fixed.reference.amortized, fixed.reference.forward);
});

Deno.test("countModel() counts every level, and every stage of the solver", async () => {
  const { levels, reference } = await countModel(fullSize("puppet-cnn"), CIFAR);
  assert.deepEqual(levels.map(({ evaluations }) => evaluations), [6, 7, 8, 9, 10, 11, 12]);
  assert.ok(
    levels.every(({ forward }, index) => index === 0 || forward > levels[index - 1]!.forward),
  );
  assert.equal(reference, levels[4]);
  const midpoint = await countModel(fullSize("puppet-cnn", { solver: "midpoint" }), CIFAR);
  const rk4 = await countModel(fullSize("puppet-cnn", { solver: "rk4" }), CIFAR);
  assert.equal(midpoint.reference.dynamics, 2 * reference.dynamics);
  assert.equal(rk4.reference.dynamics, 4 * reference.dynamics);
});

Deno.test("countModel() counts one trajectory for all depths by its own steps", async () => {
  const options = { solver: "midpoint", trajectorySteps: 12 } as const;
  const { levels } = await countModel(fullSize("puppet-cnn", options), CIFAR);
  assert.deepEqual(levels.map(({ evaluations }) => evaluations), levels.map(() => 24));
  const fixed = await countModel(fullSize("fixed-cnn", options), CIFAR);
  assert.equal(fixed.reference.evaluations, 0);
});

Deno.test("workOfResizing() is the number of entries that pooling adds up", () => {
  const entries = (length: number, bins: number) =>
    length === bins ? 0 : adaptivePoolingMatrix(length, bins).filter((value) => value !== 0).length;
  const config = { maxChannels: 16, kernelSize: 3 } as const;
  for (const [inputs, outputs, kernelSize] of [[3, 8, 3], [16, 16, 3], [24, 5, 1], [7, 16, 5]]) {
    const layer = { inputChannels: inputs!, outputChannels: outputs!, kernelSize: kernelSize! };
    const isInputFirst = 16 % inputs! === 0;
    const expected = entries(16, inputs!) * 9 * (isInputFirst ? 16 : outputs!) +
      entries(16, outputs!) * 9 * (isInputFirst ? inputs! : 16) +
      entries(9, kernelSize! ** 2) * inputs! * outputs!;
    assert.equal(workOfResizing(layer, config), expected);
  }
  const same = { inputChannels: 16, outputChannels: 16, kernelSize: 3 };
  assert.equal(workOfResizing(same, config), 0);
});

Deno.test("countModel() counts what createClassifier() stores, without a tensor", () =>
  withBackend("cpu", async () => {
    const changes: Partial<ModelConfig>[] = [
      {},
      { initialState: "learned", levelsPerDepth: 2, identityShortcuts: true },
      { depthAdaptation: false, parameterAdaptation: false, kernelSize: 5, fixedDepth: 7 },
      { maxChannels: 16, mirrorSymmetry: true },
    ];
    const names = modelNames.filter((name) => /^(?:puppet|fixed)-|squeezenet/.test(name));
    for (const name of names) {
      for (const change of name === "squeezenet" ? [{}] : changes) {
        const config: ModelConfig = { ...TINY_MODEL, name, ...change };
        const live = tf.memory().numTensors;
        const { parameters } = await countModel(config, CIFAR);
        assert.equal(tf.memory().numTensors, live);
        const classifier = createClassifier(config, { classes: 10, seed: 1 });
        assert.equal(parameters.total, classifier.parameters.count(), name);
        assert.equal(parameters.puppeteer, classifier.parameters.count("puppeteer."), name);
        classifier.dispose();
      }
    }
  }));

/** Multiply-adds of a training pass that no image needs: SkipNet's last gate decides on nothing, on a map of 1 x 2. */
const TRAINING_ALONE: Readonly<Record<string, number>> = { skipnet: 9 * 512 * 512 * 2 + 512 * 2 };

const CUSTOM = modelNames.filter((name) => modelEntry(name).kind === "custom");
for (const name of ["fixed-cnn", ...CUSTOM] as const) {
  Deno.test(`countModel() counts of ${name} what running it does`, () =>
    withBackend("wasm", async () => {
      const config: ModelConfig = { ...TINY_MODEL, name, maxChannels: 16 };
      const options = { classes: 3, image: { height: 32, width: 40 } };
      const live = tf.memory().numTensors;
      const { parameters, reference, decides } = await countModel(config, options);
      assert.equal(tf.memory().numTensors, live);
      assert.deepEqual(await countByRunning(config, { ...options, decides }), {
        parameters: parameters.total,
        multiplyAdds: reference.forward + (TRAINING_ALONE[name] ?? 0),
      });
      assert.equal(tf.memory().numTensors, live);
    }));
}

Deno.test("countModel() refuses a batch that is none, and images that poolings swallow", async () => {
  await assert.rejects(
    countModel(fullSize("resnet"), { ...CIFAR, batch: 0 }),
    /batch must be an integer >= 1, current value is 0/,
  );
  const image = { height: 32, width: 16 };
  await assert.rejects(
    countModel(fullSize("vgg"), { ...CIFAR, image }),
    /Cannot count vgg: its poolings leave nothing of images of 32 x 16 pixels/,
  );
  await assert.rejects(
    countModel(fullSize("dfn"), { ...CIFAR, image }),
    /Cannot count dfn: its poolings leave nothing of images of 32 x 16 pixels/,
  );
});

Deno.test("every size that the registry prints is within 2 % of what is counted", async () => {
  for (const entry of modelNames.map(modelEntry)) {
    for (const [classes, print] of Object.entries(entry.paperMegabytes)) {
      if (entry.kind === "custom" || print === undefined) continue;
      const { megabytes } = await countModel(fullSize(entry.name), {
        ...CIFAR,
        classes: Number(classes),
      });
      const own = megabytes.puppeteer || megabytes.total;
      assert.ok(Math.abs(own / print - 1) < 0.02, `${entry.name}, ${classes} classes`);
    }
  }
});
