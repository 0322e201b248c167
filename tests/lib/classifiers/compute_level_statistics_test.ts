import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { computeLevelStatistics } from "../../../lib/classifiers/compute_level_statistics.ts";
import { createClassifier } from "../../../lib/models/create_classifier.ts";
import { LevelClassifier } from "../../../lib/puppet/level_classifier.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { failInForward } from "../../helpers/failing_forward.ts";
import { largestDifference, normalTensor, take } from "../../helpers/tensors.ts";
import { TINY_MODEL } from "../../helpers/tiny_training.ts";

const BATCH = [4, 8, 8, 3];

for (const backend of await testBackends()) {
  Deno.test(`computeLevelStatistics() pools the moments of all batches by their images (${backend})`, () =>
    withBackend(backend, async () => {
      const classifier = createClassifier(TINY_MODEL, { classes: 3, seed: 1 });
      assert.ok(classifier instanceof LevelClassifier);
      const level = classifier.levels.list[1]!;
      const live = tf.memory().numTensors;
      const makeBatches = () =>
        // The last one is of a single image, and counts for one.
        [["a", 4], ["b", 4], ["c", 1]].map(([name, images]) =>
          normalTensor<tf.Tensor4D>([Number(images), 8, 8, 3], `${name}`)
        );
      const statistics = await computeLevelStatistics(
        classifier,
        (async function* () {
          for (const images of makeBatches()) {
            yield await Promise.resolve({ images, levels: level });
          }
        })(),
      );
      assert.equal(tf.memory().numTensors, live, "no tensor is left");
      // The first layer sees the images themselves: its moments are those of all batches together.
      const expected = tf.tidy(() => {
        const kernel = [...classifier.kernelsOf(level).values()][0]!;
        const output = tf.conv2d(tf.concat(makeBatches(), 0) as tf.Tensor4D, kernel, 1, "same");
        return tf.moments(output, [0, 1, 2]);
      });
      const first = statistics.get("stage1.conv1") ?? statistics.get("stage2.conv1")!;
      assert.ok(largestDifference(first.mean, await take(expected.mean)) < 1e-5);
      assert.ok(largestDifference(first.variance, await take(expected.variance)) < 1e-5);
      assert.equal(statistics.size, level.depth);
      classifier.dispose();
    }));
}

Deno.test("computeLevelStatistics() makes the kernels of a level once, and finds what it found with new ones", () =>
  withBackend("cpu", async () => {
    const classifier = createClassifier(TINY_MODEL, { classes: 3, seed: 1 });
    const levels = classifier.levels.list[1]!;
    const batches = async function* () {
      for (const name of ["a", "b", "c"]) {
        yield await Promise.resolve({ images: normalTensor<tf.Tensor4D>(BATCH, name), levels });
      }
    };
    const make = classifier.kernelsOf!.bind(classifier);
    let made = 0;
    classifier.kernelsOf = (...args) => {
      made++;
      return make(...args);
    };
    const statistics = await computeLevelStatistics(classifier, batches());
    assert.equal(made, 1);
    const forward = classifier.forward.bind(classifier);
    classifier.forward = (images, level, options) =>
      forward(images, level, { ...options, kernels: undefined });
    const live = tf.memory().numTensors;
    assert.deepEqual(await computeLevelStatistics(classifier, batches()), statistics);
    assert.equal(tf.memory().numTensors, live);
    assert.equal(made, 5);
    classifier.dispose();
  }));

Deno.test("computeLevelStatistics() refuses a level without images", () =>
  withBackend("cpu", async () => {
    const classifier = createClassifier(TINY_MODEL, { classes: 3, seed: 1 });
    const none = (async function* () {})();
    await assert.rejects(computeLevelStatistics(classifier, none), /no batch of images/);
    classifier.dispose();
  }));

Deno.test("computeLevelStatistics() leaves no tensor behind where a pass fails", () =>
  withBackend("cpu", async () => {
    const classifier = createClassifier(TINY_MODEL, { classes: 3, seed: 1 });
    const live = tf.memory().numTensors;
    failInForward(classifier);
    const batches = (async function* () {
      const images = await Promise.resolve(normalTensor<tf.Tensor4D>(BATCH, "a"));
      yield { images, levels: classifier.levels.list[1]! };
    })();
    await assert.rejects(computeLevelStatistics(classifier, batches), /out of memory/);
    assert.equal(tf.memory().numTensors, live);
    classifier.dispose();
  }));
