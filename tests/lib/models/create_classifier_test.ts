import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { countModel } from "../../../lib/models/count_model.ts";
import { createClassifier } from "../../../lib/models/create_classifier.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { trainingLogits } from "../../helpers/forward.ts";
import { checkGradients, largestDifference, normalTensor, take } from "../../helpers/tensors.ts";
import { TINY_MODEL } from "../../helpers/tiny_training.ts";
import type { ModelConfig } from "../../../lib/models/model_config.ts";

const FIXED_CNN: ModelConfig = { ...TINY_MODEL, name: "fixed-cnn" };

Deno.test("createClassifier() counts puppeteer, norms and head of a puppet", () =>
  withBackend("cpu", () => {
    const { parameters, ...classifier } = createClassifier(
      { ...TINY_MODEL, maxChannels: 128, minSteps: 6, maxSteps: 12, fixedDepth: 10 },
      { classes: 10, seed: 1 },
    );
    assert.ok(classifier);
    // Twelve slots, three in each stage of 16, 32, 64 and 128 channels.
    const norms = 2 * 3 * (16 + 32 + 64 + 128);
    assert.equal(parameters.count("puppeteer."), 128 ** 2 + 15 * 128);
    assert.equal(parameters.count("norms."), norms);
    assert.equal(parameters.count("head."), 129 * 10);
    assert.equal(parameters.count(), 18_304 + norms + 1290);
    parameters.dispose();
    return Promise.resolve();
  }));

Deno.test("createClassifier() counts the plain CNN's stored kernels", () =>
  withBackend("cpu", () => {
    const model = { ...FIXED_CNN, maxChannels: 128, fixedDepth: 10 };
    const classifier = createClassifier(model, { classes: 10, seed: 1 });
    // 3>16>16, 16>32>32>32, 32>64>64, 64>128>128>128
    const kernels = 9 * (3 * 16 + 16 * 16 + 16 * 32 + 2 * 32 * 32 + 32 * 64 + 64 * 64 + 64 * 128 +
      2 * 128 * 128);
    assert.equal(classifier.parameters.count("kernels."), kernels);
    assert.equal(classifier.levels.list.length, 1);
    classifier.dispose();
    return Promise.resolve();
  }));

/** Values that a configuration may not have; those of the card of an earlier version are missing. */
const WRONG = {
  ...{ maxChannels: [0, 12, 16.5], kernelSize: [0, 4], initialStateSize: [0, NaN, undefined] },
  ...{ initialState: ["zero"], solver: ["rk5"], trajectorySteps: [0, 1.5, undefined] },
  ...{ fixedDepth: [0], stepsPerBit: [0, NaN], complexityOffset: [NaN], referenceComplexity: [0] },
  ...{ minSteps: [0, 2.5, 1000], maxSteps: [0], levelsPerDepth: [0, 1.5] },
};

Deno.test("createClassifier() and countModel() refuse what is out of range, and keep no tensor", () =>
  withBackend("cpu", async () => {
    const before = tf.memory().numTensors;
    const options = { classes: 10, image: { height: 32, width: 32 }, seed: 1 };
    for (const [name, values] of Object.entries(WRONG)) {
      for (const value of values) {
        const config = { ...TINY_MODEL, [name]: value };
        const wanted = { name: "RangeError", message: /\w+ must be / };
        assert.throws(() => createClassifier(config, options), wanted, `${name} ${value}`);
        await assert.rejects(countModel(config, options), wanted, `${name} ${value}`);
      }
    }
    for (const classes of [0, 1.5, NaN]) {
      assert.throws(() => createClassifier(TINY_MODEL, { classes, seed: 1 }), RangeError);
    }
    assert.equal(tf.memory().numTensors, before);
  }));

for (const backend of await testBackends()) {
  for (const name of ["puppet-cnn", "fixed-cnn"] as const) {
    Deno.test(`createClassifier() makes a ${name} of finite logits from its seed (${backend})`, () =>
      withBackend(backend, async () => {
        const live = tf.memory().numTensors;
        const logitsOf = async (seed: number) => {
          const classifier = createClassifier({ ...TINY_MODEL, name }, { classes: 3, seed });
          const images = normalTensor<tf.Tensor4D>([4, 8, 8, 3], "images");
          const level = classifier.levels.list[0]!;
          const logits = await take(tf.tidy(() => trainingLogits(classifier, images, level)));
          images.dispose();
          classifier.dispose();
          return logits;
        };
        const [first, second, other] = [await logitsOf(1), await logitsOf(1), await logitsOf(2)];
        assert.equal(first.length, 12);
        assert.ok(first.every(Number.isFinite));
        assert.deepEqual(first, second);
        assert.notDeepEqual(first, other);
        assert.equal(tf.memory().numTensors, live);
      }));

    Deno.test(`createClassifier() makes a ${name} whose gradient reaches every parameter (${backend})`, () =>
      withBackend(backend, async () => {
        const model = { ...TINY_MODEL, name, initialState: "learned" as const };
        const classifier = createClassifier(model, { classes: 3, seed: 1 });
        const images = normalTensor<tf.Tensor4D>([4, 8, 8, 3], "images");
        const entries = classifier.parameters.entries;
        const reached = new Set<string>();
        for (const level of classifier.levels.list) {
          const { value, grads } = tf.variableGrads(
            () => tf.sum(tf.square(trainingLogits(classifier, images, level))) as tf.Scalar,
            entries.map(([, variable]) => variable),
          );
          for (const [parameter, variable] of entries) {
            const gradient = grads[variable.name];
            if (gradient === undefined) continue;
            const values = await take(gradient);
            assert.ok(values.every(Number.isFinite), parameter);
            if (values.some((number) => number !== 0)) reached.add(parameter);
          }
          value.dispose();
        }
        // Batch norm cancels the biases of the dynamics: their true gradient is zero.
        const expected = entries.map(([parameter]) => parameter)
          .filter((parameter) => !/puppeteer\..*\.bias/.test(parameter));
        for (const parameter of expected) assert.ok(reached.has(parameter), parameter);
        images.dispose();
        classifier.dispose();
      }));
  }

  Deno.test(`createClassifier() makes a puppet with the gradient of finite differences in its images (${backend})`, () =>
    withBackend(backend, async () => {
      const classifier = createClassifier(TINY_MODEL, { classes: 3, seed: 1 });
      const images = normalTensor<tf.Tensor4D>([4, 8, 8, 3], "images");
      const weights = normalTensor<tf.Tensor2D>([4, 3], "weights");
      await checkGradients(
        (input) =>
          tf.sum(tf.mul(
            weights,
            trainingLogits(classifier, input as tf.Tensor4D, classifier.levels.list[0]!),
          )),
        [images],
        { step: 3e-3, tolerance: 0.1 },
      );
      tf.dispose([images, weights]);
      classifier.dispose();
    }));

  Deno.test(`LevelClassifier.forward() of equal levels per image is that of the level (${backend})`, () =>
    withBackend(backend, async () => {
      const classifier = createClassifier(TINY_MODEL, { classes: 3, seed: 1 });
      const images = normalTensor<tf.Tensor4D>([4, 8, 8, 3], "images");
      const level = classifier.levels.list[1]!;
      const shared = await take(tf.tidy(() => trainingLogits(classifier, images, level)));
      const each = await take(
        tf.tidy(() => trainingLogits(classifier, images, [level, level, level, level])),
      );
      assert.ok(largestDifference(shared, each) < 1e-4);
      const own = [0.5, 0.9, 1.3, 2].map((scale) => ({ ...level, scale }));
      const apart = await take(tf.tidy(() => trainingLogits(classifier, images, own)));
      assert.ok(largestDifference(shared, apart) > 1e-3, "each image's own phi(H) matters");
      images.dispose();
      classifier.dispose();
    }));
}
