import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createClassifier } from "../../../lib/models/create_classifier.ts";
import { Optimizer } from "../../../lib/training/optimizer.ts";
import {
  crossEntropy,
  lossAndGradients,
  trainingStep,
  type TrainingStepOptions,
} from "../../../lib/training/training_step.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { checkGradients, normalTensor, normalValues, take } from "../../helpers/tensors.ts";
import { TINY_MODEL } from "../../helpers/tiny_training.ts";

const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
const STEP = { learningRate: 1e-2, clipNorm: 0, recompute: false };

for (const backend of await testBackends()) {
  Deno.test(`crossEntropy() is the definition, with its gradient (${backend})`, () =>
    withBackend(backend, async () => {
      const values = normalValues(20, "logits");
      const logits = tf.tensor2d(values, [4, 5]);
      const classes = [0, 3, 4, 3];
      const labels = tf.tensor1d(classes, "int32");
      const expected = classes.reduce((sum, label, row) => {
        const own = [...values.slice(row * 5, row * 5 + 5)];
        const total = own.reduce((part, value) => part + Math.exp(value), 0);
        return sum + Math.log(total) - own[label]!;
      }, 0) / 4;
      const [found] = await take(crossEntropy(logits, labels));
      assert.ok(Math.abs(found! - expected) < 1e-5, `${found} is not ${expected}`);
      await checkGradients((source) => crossEntropy(source as tf.Tensor2D, labels), [logits]);
      // Smoothed: the mean over all classes as label gets its share.
      const even = await Promise.all([0, 1, 2, 3, 4].map(async (label) => {
        const all = tf.tensor1d([label, label, label, label], "int32");
        const [value] = await take(crossEntropy(logits, all));
        all.dispose();
        return value! / 5;
      }));
      const smoothed = 0.8 * expected + 0.2 * even.reduce((sum, value) => sum + value, 0);
      const [softer] = await take(tf.tidy(() => crossEntropy(logits, labels, 0.2)));
      assert.ok(Math.abs(softer! - smoothed) < 1e-5, `${softer} is not ${smoothed}`);
      tf.dispose([logits, labels]);
    }));
}

Deno.test("trainingStep() lowers the loss of its batch, clipped and recomputed as well", () =>
  withBackend("wasm", async () => {
    for (const options of [STEP, { ...STEP, clipNorm: 0.5 }, { ...STEP, recompute: true }]) {
      const classifier = createClassifier(
        { ...TINY_MODEL, maxChannels: 16 },
        { classes: 3, seed: 1 },
      );
      const optimizer = new Optimizer(classifier.parameters, ADAM);
      const images = normalTensor<tf.Tensor4D>([6, 8, 8, 3], "images");
      const labels = tf.tensor1d([0, 1, 2, 0, 1, 2], "int32");
      const batch = { images, labels, levels: classifier.levels.list[1]! };
      const losses: number[] = [];
      for (let step = 0; step < 12; step++) {
        const outcome = await trainingStep({ classifier, optimizer }, batch, options);
        assert.ok(outcome.updated);
        losses.push(outcome.loss);
      }
      assert.ok(losses.at(-1)! < 0.7 * losses[0]!, `${losses}`);
      tf.dispose([images, labels]);
      optimizer.dispose();
      classifier.dispose();
    }
  }));

Deno.test("trainingStep() changes nothing when the loss is not finite", () =>
  withBackend("cpu", async () => {
    const classifier = createClassifier(TINY_MODEL, { classes: 3, seed: 1 });
    const optimizer = new Optimizer(classifier.parameters, ADAM);
    const images = tf.fill([2, 8, 8, 3], Number.NaN) as tf.Tensor4D;
    const labels = tf.tensor1d([0, 1], "int32");
    const before = await classifier.parameters.read();
    const live = tf.memory().numTensors;
    const batch = { images, labels, levels: classifier.levels.list[0]! };
    const outcome = await trainingStep({ classifier, optimizer }, batch, STEP);
    assert.equal(outcome.updated, false);
    assert.deepEqual(await classifier.parameters.read(), before);
    assert.equal(tf.memory().numTensors, live);
    tf.dispose([images, labels]);
    optimizer.dispose();
    classifier.dispose();
  }));

Deno.test("trainingStep() clips the gradient that the optimizer sees, and says its norm before", () =>
  withBackend("cpu", async () => {
    const classifier = createClassifier(TINY_MODEL, { classes: 3, seed: 1 });
    const optimizer = new Optimizer(classifier.parameters, ADAM);
    const images = normalTensor<tf.Tensor4D>([4, 8, 8, 3], "images");
    const labels = tf.tensor1d([0, 1, 2, 0], "int32");
    const batch = { images, labels, levels: classifier.levels.list[0]! };
    const options = { ...STEP, clipNorm: 0.01 };
    const { gradientNorm } = await trainingStep({ classifier, optimizer }, batch, options);
    assert.ok(gradientNorm > 0.01);
    const { moments } = await optimizer.read();
    const first = [...moments].filter(([name]) => name.endsWith(".first"));
    const norm = Math.hypot(...first.flatMap(([, { values }]) => [...values]));
    // A tenth of the gradient of the only step.
    assert.ok(Math.abs(norm - 0.001) < 1e-6, `${norm}`);
    tf.dispose([images, labels]);
    optimizer.dispose();
    classifier.dispose();
  }));

Deno.test("lossAndGradients() smooths labels, also of mixed pairs, whose other label is the mirrored one's; and counts right answers", () =>
  withBackend("cpu", async () => {
    const classifier = createClassifier(TINY_MODEL, { classes: 3, seed: 1 });
    const images = normalTensor<tf.Tensor4D>([4, 8, 8, 3], "images");
    const found = async (
      classes: readonly number[],
      options: Partial<TrainingStepOptions> = {},
    ) => {
      const labels = tf.tensor1d([...classes], "int32");
      const batch = { images, labels, levels: classifier.levels.list[0]! };
      const outcome = lossAndGradients(classifier, batch, { recompute: false, ...options });
      tf.dispose([labels, ...outcome.gradients.values()]);
      const [[loss], [correct]] = [await take(outcome.loss), await take(outcome.correct)];
      return { loss: loss!, correct: correct! };
    };
    const close = (value: number, expected: number) =>
      assert.ok(Math.abs(value - expected) < 1e-5, `${value} is not ${expected}`);
    const [labels, labelSmoothing] = [[0, 1, 2, 2], 0.2];
    const plain = await found(labels);
    const constant = await Promise.all([0, 1, 2].map((label) => found(new Array(4).fill(label))));
    const even = constant.reduce((sum, { loss }) => sum + loss / 3, 0);
    close((await found(labels, { labelSmoothing })).loss, 0.8 * plain.loss + 0.2 * even);
    const mixing = (weight: number) => ({ weight, maps: (input: tf.Tensor4D) => input });
    close((await found(labels, { mixing: mixing(0) })).loss, (await found([2, 2, 1, 0])).loss);
    const mixed = await found(labels, { mixing: mixing(0.25) });
    const smoothed = await found(labels, { mixing: mixing(0.25), labelSmoothing });
    close(smoothed.loss, 0.8 * mixed.loss + 0.2 * even);
    tf.tidy(() => classifier.parameters.get("head.bias").assign(tf.tensor1d([0, 100, 0])));
    assert.equal((await found([1, 1, 1, 0])).correct, 3, "all answers are 1");
    images.dispose();
    classifier.dispose();
  }));
