import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { withBackend } from "../../helpers/backends.ts";
import { normalTensor } from "../../helpers/tensors.ts";
import { TINY_SIZE, tinyTrainer } from "../../helpers/tiny_training.ts";

Deno.test("ExactNetwork.infer() rejects what it cannot classify, and leaves no tensor behind", () =>
  withBackend("cpu", async () => {
    const { trainer, classifier, dispose } = await tinyTrainer();
    const statistics = await trainer.computeStatistics();
    const image = { height: TINY_SIZE, width: TINY_SIZE };
    const network = await classifier.prepare(statistics, { image, exact: true });
    const images = normalTensor<tf.Tensor4D>([1, TINY_SIZE, TINY_SIZE, 3], "images");
    const live = tf.memory().numTensors;
    // Not thrown at once: whoever keeps the promise hears of it there.
    const result = network.infer({ images, level: 1, complexities: [-1] });
    await assert.rejects(result, RangeError);
    assert.equal(tf.memory().numTensors, live);
    images.dispose();
    network.dispose();
    dispose();
  }));
