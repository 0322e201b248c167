import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { labelledBatches } from "../../../lib/training/training_data.ts";
import { withBackend } from "../../helpers/backends.ts";
import { tinyTrainer } from "../../helpers/tiny_training.ts";

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
