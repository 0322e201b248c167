import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { labelledBatches, readBatch } from "../../../lib/training/training_data.ts";
import { withBackend } from "../../helpers/backends.ts";
import { tinyTrainer } from "../../helpers/tiny_training.ts";
import type { RandomStream } from "../../../lib/randomness/random_stream.ts";
import type { TrainingData } from "../../../lib/training/training_data.ts";

Deno.test("labelledBatches() gives every validation image once, and frees a batch that is left early", () =>
  withBackend("cpu", async () => {
    const { data, dispose } = await tinyTrainer();
    const live = tf.memory().numTensors;
    const labels: number[] = [];
    for await (const batch of labelledBatches(data, 12)) {
      assert.equal(batch.images.shape[0], batch.labels.length);
      labels.push(...batch.labels);
    }
    assert.deepEqual(labels, [...data.validation.labels]);
    for await (const { images } of labelledBatches(data, 12)) {
      assert.equal(images.isDisposed, false);
      break;
    }
    assert.equal(tf.memory().numTensors, live, "no tensor is left");
    dispose();
  }));

Deno.test("readBatch() varies images by the number of the step, also where they are cut out of larger ones", () =>
  withBackend("cpu", async () => {
    const { data, dispose } = await tinyTrainer();
    const indices = Uint32Array.from({ length: 8 }, (_, at) => at);
    const variation = { flip: true, crop: 1, seed: 1 };
    const read = (of: TrainingData, step: number, options = variation) =>
      readBatch(of, indices, { ...options, step });
    assert.deepEqual(await read(data, 3), await read(data, 3));
    assert.notDeepEqual(await read(data, 4), await read(data, 3));
    // A margin is not at hand in memory: the draw stands for what is cut with it.
    const readRandomCrops = async (wanted: ArrayLike<number>, stream: RandomStream) => {
      const pixels = await data.train.read(wanted);
      return pixels.fill(stream.nextInt(256));
    };
    const cropped = { ...data, train: { ...data.train, readRandomCrops } };
    const still = { flip: false, crop: 0, seed: 1 };
    assert.deepEqual(await read(cropped, 3, still), await read(cropped, 3, still));
    assert.notDeepEqual(await read(cropped, 4, still), await read(cropped, 3, still));
    assert.notDeepEqual(
      await read(cropped, 3, { ...still, seed: 2 }),
      await read(cropped, 3, still),
    );
    dispose();
  }));
