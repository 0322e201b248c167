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
 * @param norm Scalar tensor from `globalNorm`.
 * @param limit Largest norm, > 0.
 * @returns Scalar tensor in (0, 1].
 */
export function clippingFactor(norm: tf.Scalar, limit: number): tf.Scalar {
  return tf.tidy(() => tf.minimum(1, tf.div(limit, tf.add(norm, 1e-12))) as tf.Scalar);
}
