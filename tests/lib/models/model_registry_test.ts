import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { convolutionsOf } from "../../../lib/architectures/layer.ts";
import { decodeSafetensors } from "../../../lib/checkpoints/decode_safetensors.ts";
import { encodeSafetensors } from "../../../lib/checkpoints/encode_safetensors.ts";
import { layersOfModel } from "../../../lib/models/model_layers.ts";
import { countModel } from "../../../lib/models/count_model.ts";
import { createClassifier } from "../../../lib/models/create_classifier.ts";
import { computeLevelStatistics } from "../../../lib/classifiers/compute_level_statistics.ts";
import { modelNames } from "../../../lib/models/model_names.ts";
import { modelEntry } from "../../../lib/models/model_registry.ts";
import { lossAndGradients } from "../../../lib/training/training_step.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { trainingLogits } from "../../helpers/forward.ts";
import { largestDifference, normalTensor, take } from "../../helpers/tensors.ts";
import { TINY_MODEL } from "../../helpers/tiny_training.ts";
import type { Classifier } from "../../../lib/classifiers/classifier.ts";
import type { ModelConfig } from "../../../lib/models/model_config.ts";
import type { ModelName } from "../../../lib/models/model_names.ts";
import type { ModelEntry } from "../../../lib/models/model_registry.ts";
import type { TensorValues } from "../../../lib/tensors/parameter_set.ts";

const SIDE = 32;
const CLASSES = 10;

/** Models above this many parameters, and those with a class of their own, run on one backend only. */
const BIG = 3_000_000;

/** Parameters that a model with a class of its own must have for ten classes (docs/systems.md). */
const CUSTOM_PARAMETERS: Partial<Record<ModelName, number>> = {
  "dfn": 18_971_402,
  "weightnet": 11_468_154,
  "ddfn-sw": 75_206_410,
  "branchynet": 6_923_614,
  "skipnet": 17_483_866,
  "drnn": 11_446_226,
};

function configOf(name: ModelName): ModelConfig {
  return {
    ...TINY_MODEL,
    name,
    maxChannels: 16,
    initialState: "learned",
    minSteps: 4,
    maxSteps: 6,
  };
}

async function isBig(entry: ModelEntry): Promise<boolean> {
  if (entry.kind === "custom") return true;
  const image = { height: SIDE, width: SIDE };
  const { parameters } = await countModel(configOf(entry.name), { classes: CLASSES, image });
  return parameters.total > BIG;
}

function makeImages(): tf.Tensor4D {
  return normalTensor<tf.Tensor4D>([2, SIDE, SIDE, 3], "registry");
}

async function logitsOf(classifier: Classifier): Promise<Float32Array> {
  const images = makeImages();
  const logits = tf.tidy(() => trainingLogits(classifier, images, classifier.levels.list[0]!));
  images.dispose();
  assert.deepEqual(logits.shape, [2, CLASSES]);
  const values = await take(logits);
  assert.ok(values.every(Number.isFinite));
  return values;
}

/** Biases that a batch norm behind them cancels: their true gradient is zero. */
function cancelledBiases(name: ModelName): Set<string> {
  const model = layersOfModel(configOf(name), CLASSES);
  const layers = model === null ? [] : model.levels.list.flatMap((level) => model.layersOf(level));
  const biases = convolutionsOf(layers).filter(({ bias, norm }) => bias && norm);
  return new Set([
    "puppeteer.depthwise.bias",
    "puppeteer.pointwise.bias",
    ...biases.map((layer) => `biases.${layer.name}`),
    // A model with a class of its own that is made from ResNet keeps the names of its stem.
    ...model === null ? ["biases.stem1", "biases.stem2"] : [],
  ]);
}

/** Checks that the training loss moves every parameter, by the levels together. */
async function checkGradientsOf(classifier: Classifier, name: ModelName): Promise<void> {
  const missing = new Set(classifier.parameters.names);
  for (const cancelled of cancelledBiases(name)) missing.delete(cancelled);
  const images = makeImages();
  const labels = tf.tensor1d([3, 7], "int32");
  for (const levels of classifier.levels.list) {
    if (missing.size === 0) break;
    const batch = { images, labels, levels };
    const { loss, correct, gradients } = lossAndGradients(classifier, batch, { recompute: false });
    for (const [parameter, gradient] of gradients) {
      const [largest] = await take(tf.tidy(() => tf.max(tf.abs(gradient))));
      assert.ok(Number.isFinite(largest), parameter);
      if (largest! > 0) missing.delete(parameter);
    }
    tf.dispose([loss, correct, ...gradients.values()]);
  }
  tf.dispose([images, labels]);
  assert.deepEqual([...missing], [], "no gradient reaches these");
}

/** Checks that inference works on the statistics of the images, and agrees where there is one way. */
async function checkInference(
  classifier: Classifier,
  expected: Float32Array,
  name: ModelName,
): Promise<void> {
  const level = classifier.levels.list[0]!;
  const statistics = await computeLevelStatistics(
    classifier,
    (async function* () {
      yield await Promise.resolve({ images: makeImages(), levels: level });
    })(),
  );
  const entry = modelEntry(name);
  if (name === "drnn") {
    // Every convolution has a norm, with statistics of each loop; the gates' are beside the way.
    const convolutions = [...statistics.keys()].filter((norm) => !norm.includes("gate"));
    assert.equal(convolutions.length, entry.kind === "custom" && entry.depth);
  }
  const network = await classifier.prepare(new Map([[level.index, statistics]]), {
    image: { height: SIDE, width: SIDE },
    exact: false,
  });
  const images = makeImages();
  const complexities = [level.complexity, level.complexity];
  const result = await network.infer({ images, level: level.index, complexities });
  assert.deepEqual(result.logits.shape, [2, CLASSES]);
  assert.ok(result.multiplyAdds > 0);
  const logits = await take(result.logits);
  assert.ok(logits.every(Number.isFinite));
  assert.equal(result.routes !== null, entry.kind === "custom" && entry.decides);
  if (result.routes === null) {
    const scale = Math.max(...expected.map(Math.abs));
    const difference = largestDifference(logits, expected);
    assert.ok(difference < 1e-3 * scale, `logits differ by ${difference} of ${scale}`);
  } else {
    assert.equal(result.routes.length, 2);
  }
  images.dispose();
  network.dispose();
}

/** Through the bytes of a checkpoint and back. */
function throughCheckpoint(
  parameters: ReadonlyMap<string, TensorValues>,
): Map<string, TensorValues> {
  const bytes = encodeSafetensors(
    new Map([...parameters].map((
      [name, { shape, values }],
    ) => [name, { dtype: "F32", shape, data: values }])),
  );
  return new Map([...decodeSafetensors(bytes).tensors].map((
    [name, { shape, data }],
  ) => [name, { shape, values: data as Float32Array }]));
}

async function checkModel(name: ModelName): Promise<void> {
  const live = tf.memory().numTensors;
  const create = () => createClassifier(configOf(name), { classes: CLASSES, seed: 1 });
  const first = create();
  const expectedParameters = CUSTOM_PARAMETERS[name];
  if (expectedParameters !== undefined) {
    assert.equal(first.parameters.count(), expectedParameters);
  }
  const logits = await logitsOf(first);
  await checkGradientsOf(first, name);
  await checkInference(first, logits, name);
  const stored = await first.parameters.read();
  first.dispose();
  const second = create();
  assert.deepEqual(await logitsOf(second), logits, "the same seed gives the same output");
  for (const [, variable] of second.parameters.entries) {
    const halved = tf.tidy(() => tf.mul(variable, 0.5));
    variable.assign(halved);
    halved.dispose();
  }
  assert.notDeepEqual(await logitsOf(second), logits);
  second.parameters.write(throughCheckpoint(stored));
  assert.deepEqual(await logitsOf(second), logits, "a checkpoint gives the same output");
  second.dispose();
  assert.equal(tf.memory().numTensors, live, "no tensor is left");
}

const backends = (await testBackends()).filter((name) => name !== "cpu");
/** The faster one. */
const bigBackend = backends.at(-1)!;

for (const name of modelNames) {
  const big = await isBig(modelEntry(name));
  for (const backend of big ? [bigBackend] : backends) {
    const where = big ? `${backend} only, a big model` : backend;
    Deno.test(`${name} has shape, gradients, a seed, inference, checkpoints and no leak (${where})`, () =>
      withBackend(backend, () => checkModel(name)));
  }
}

Deno.test("modelEntry() says what is known of every model, and names them all for an unknown one", () => {
  assert.equal(new Set(modelNames).size, modelNames.length);
  for (const name of modelNames) {
    const entry = modelEntry(name);
    assert.equal(entry.name, name);
    for (const text of [entry.description, entry.source, entry.ground]) assert.ok(text.length > 5);
  }
  assert.throws(() => modelEntry("lenet"), /"lenet": name must be one of puppet-cnn, fixed-cnn/);
});
