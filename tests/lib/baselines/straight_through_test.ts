import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { straightThrough } from "../../../lib/baselines/straight_through.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { take } from "../../helpers/tensors.ts";

for (const backend of await testBackends()) {
  Deno.test(`straightThrough() decides forward and passes the soft gradient back (${backend})`, () =>
    withBackend(backend, async () => {
      const live = tf.memory().numTensors;
      const logits = tf.tensor1d([-2, 0, 0.1, 3]);
      const weights = tf.tensor1d([1, 2, 3, 4]);
      const compute = (values: tf.Tensor) => tf.mul(straightThrough(tf.sigmoid(values)), weights);
      assert.deepEqual([...await take(compute(logits))], [0, 0, 3, 4]);
      const found = await take(tf.grad(compute)(logits));
      const expected = await take(
        tf.grad((values: tf.Tensor) => tf.mul(tf.sigmoid(values), weights))(logits),
      );
      assert.deepEqual(found, expected);
      assert.ok(found.every((value) => value > 0));
      tf.dispose([logits, weights]);
      assert.ok(tf.memory().numTensors <= live + 2);
    }));
}
