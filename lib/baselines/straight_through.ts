import * as tf from "@tensorflow/tfjs-core";

/** A decision is taken where its soft value is above this. */
export const DECISION_THRESHOLD = 0.5;

const decide = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
  const [soft] = inputs as [tf.Tensor];
  return {
    value: tf.cast(tf.greater(soft, DECISION_THRESHOLD), "float32"),
    gradFunc: (gradient: tf.Tensor) => gradient,
  };
});

/**
 * A hard decision that can be trained: 0 or 1 forward, the gradient of the soft value backward (the straight-through
 * estimator; Bengio et al. 2013).
 *
 * @param soft Values in 0..1 of any shape, float32.
 * @returns 1 where the soft value is above 0.5, else 0; same shape, float32.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as tf from "@tensorflow/tfjs-core";
 * import { selectBackend } from "../backends/select_backend.ts";
 *
 * await selectBackend("cpu");
 * const soft = tf.tensor1d([0.2, 0.5, 0.7]);
 * assert.deepEqual([...await straightThrough(soft).data()], [0, 0, 1]);
 * const gradient = tf.grad((x) => straightThrough(x as tf.Tensor1D))(soft);
 * assert.deepEqual([...await gradient.data()], [1, 1, 1]);
 * ```
 */
export function straightThrough<T extends tf.Tensor>(soft: T): T {
  return decide(soft) as T;
}
