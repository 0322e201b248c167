import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import { BackendError, messageOf } from "../errors.ts";

/** Side of the images and matrices of the check: small ones would be computed in plain JavaScript instead. */
const CHECK_SIDE = 64;

/**
 * Computes a product and a convolution whose results are known.
 *
 * @returns whether the current backend got both right.
 */
export async function checkComputation(): Promise<boolean> {
  const tf = await import("@tensorflow/tfjs-core");
  const results: readonly Tensor[] = tf.tidy(() => {
    const ramp = tf.reshape(tf.range(0, CHECK_SIDE * CHECK_SIDE), [CHECK_SIDE, CHECK_SIDE]);
    const double = tf.mul(tf.eye(CHECK_SIDE), 2);
    const images: Tensor4D = tf.ones([1, CHECK_SIDE, CHECK_SIDE, 8]);
    const filter: Tensor4D = tf.ones([3, 3, 8, 4]);
    return [tf.matMul(ramp, double), tf.conv2d(images, filter, 1, "valid")];
  });
  try {
    const [doubled, sums] = await Promise.all(results.map((tensor) => tensor.data()));
    return doubled!.every((value: number, index: number) => value === 2 * index) &&
      sums!.every((value: number) => value === 3 * 3 * 8);
  } catch (cause) {
    throw new BackendError(`Cannot compute on this backend: ${messageOf(cause)}`, { cause });
  } finally {
    tf.dispose([...results]);
  }
}
