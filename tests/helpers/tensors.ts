import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { RandomStream } from "../../lib/randomness/random_stream.ts";

/** Standard normal values, the same on every backend. */
export function normalValues(size: number, purpose: string): Float32Array {
  const stream = new RandomStream(99, `test/${purpose}`);
  return Float32Array.from({ length: size }, () => stream.nextNormal());
}

/** Standard normal tensor, the same on every backend. */
export function normalTensor<T extends tf.Tensor>(shape: number[], purpose: string): T {
  const size = shape.reduce((product, length) => product * length, 1);
  const tensor: tf.Tensor = tf.tensor(normalValues(size, purpose), shape as [number], "float32");
  return tensor as T;
}

/** Largest absolute difference of two lists of numbers. */
export function largestDifference(left: ArrayLike<number>, right: ArrayLike<number>): number {
  assert.equal(left.length, right.length);
  let largest = 0;
  for (let index = 0; index < left.length; index++) {
    const difference = Math.abs(left[index]! - right[index]!);
    // A comparison with NaN is false: it must not pass for "no difference".
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}

/** Reads a tensor and frees it. */
export async function take(tensor: tf.Tensor): Promise<Float32Array> {
  const values = Float32Array.from(await tensor.data());
  tensor.dispose();
  return values;
}

/**
 * Checks gradients of a scalar function against central differences along random directions: for each source
 * the derivative along a direction must be the gradient's product with it.
 *
 * @param compute Scalar function of the sources.
 * @param sources Where to check; not disposed of.
 * @param options Step of the difference relative to the direction's unit norm, and relative tolerance.
 */
export async function checkGradients(
  compute: (...sources: tf.Tensor[]) => tf.Scalar,
  sources: readonly tf.Tensor[],
  options: { readonly step?: number; readonly tolerance?: number } = {},
): Promise<void> {
  const { step = 1e-2, tolerance = 0.02 } = options;
  const gradients = tf.grads((...inputs: tf.Tensor[]) => compute(...inputs))([...sources]);
  for (const [index, source] of sources.entries()) {
    const direction = normalTensor(source.shape, `direction-${index}`);
    const unit = tf.tidy(() => tf.div(direction, tf.norm(direction)));
    const valueAt = (offset: number) =>
      take(tf.tidy(() =>
        compute(
          ...sources.map((other, position) =>
            position === index ? tf.add(source, tf.mul(unit, offset)) : other
          ),
        )
      ));
    const [above] = await valueAt(step);
    const [below] = await valueAt(-step);
    const numeric = (above! - below!) / (2 * step);
    const [analytic] = await take(tf.tidy(() => tf.sum(tf.mul(gradients[index]!, unit))));
    const [norm] = await take(tf.tidy(() => tf.norm(gradients[index]!)));
    const scale = Math.max(Math.abs(numeric), norm! / Math.sqrt(source.size), 1e-3);
    assert.ok(
      Math.abs(numeric - analytic!) <= tolerance * scale,
      `source ${index}: numeric ${numeric}, analytic ${analytic}, norm ${norm}`,
    );
    tf.dispose([direction, unit]);
  }
  tf.dispose(gradients);
}
