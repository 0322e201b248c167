import * as tf from "@tensorflow/tfjs-core";

/**
 * Global norm of a set of gradients: the Euclidean norm of all numbers together.
 *
 * @param gradients Tensors of any shape, float32.
 * @returns Scalar tensor, float32.
 */
export function globalNorm(gradients: Iterable<tf.Tensor>): tf.Scalar {
  return tf.tidy(() => {
    const squares = [...gradients].map((gradient) => tf.sum(tf.square(gradient)));
    return tf.sqrt(tf.addN(squares)) as tf.Scalar;
  });
}

/**
 * Factor that brings gradients to at most a global norm (Pascanu et al. 2013): min(1, limit / norm).
 *
 * @param norm Global norm, >= 0.
 * @param limit Largest norm; 0 does not clip.
 * @returns The factor, in (0, 1].
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(clippingFactor(8, 2), 0.25);
 * assert.equal(clippingFactor(8, 0), 1);
 * ```
 */
export function clippingFactor(norm: number, limit: number): number {
  return limit > 0 && norm > limit ? limit / norm : 1;
}
