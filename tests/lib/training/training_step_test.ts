import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createClassifier } from "../../../lib/models/create_classifier.ts";
import { Optimizer } from "../../../lib/training/optimizer.ts";
import { crossEntropy, trainingStep } from "../../../lib/training/training_step.ts";
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
        assert.ok(outcome.updated && outcome.correct >= 0 && outcome.correct <= 6);
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
