import * as tf from "@tensorflow/tfjs-core";
import type { MirrorPairs } from "../architectures/layer.ts";

/** Exchanges the two halves of an axis. */
function exchangeHalves(kernel: tf.Tensor4D, axis: number): tf.Tensor4D {
  const [first, second] = tf.split(kernel, 2, axis) as [tf.Tensor4D, tf.Tensor4D];
  return tf.concat4d([second, first], axis);
}

/**
 * The whole kernel of a convolution whose output channels are mirror pairs, from the kernels of one channel of each: the
 * other's kernel is its mirror image, and where the input has pairs too, reads them exchanged. The convolution then
 * commutes with mirroring: of the mirrored image it makes the mirrored maps with the two of every pair exchanged.
 *
 * @param kernel `[k, k, in, out / 2]`, float32; `[k, k, in, out]` without pairs.
 * @param mirror Which channels are pairs.
 * @returns `[k, k, in, out]`, recorded for the gradient; the same tensor without pairs.
 */
export function completeKernel(kernel: tf.Tensor4D, mirror: MirrorPairs): tf.Tensor4D {
  if (mirror === "none") return kernel;
  const mirrored = tf.reverse(kernel, 1);
  return tf.concat4d([kernel, mirror === "group" ? exchangeHalves(mirrored, 2) : mirrored], 3);
}

/** Gives the second channel of every pair what the first has: `[C / 2, ...] -> [C, ...]`. */
export function pairUp<T extends tf.Tensor>(own: T): T {
  return tf.concat([own, own], 0) as T;
}

/**
 * Normalises maps whose channels are mirror pairs with one mean and variance a pair. Channels c and c + C/2 of a pixel
 * lie C/2 numbers apart, so that the maps are read as twice as wide with half of the channels.
 *
 * @param mirror Whether they are.
 * @param maps `[batch, height, width, C]`, float32.
 * @param normalize Works on `[batch, height, 2 width, C / 2]`, or on `maps` themselves without pairs.
 * @returns Maps of the first shape.
 */
export function normalizePairs(
  mirror: MirrorPairs,
  maps: tf.Tensor4D,
  normalize: (maps: tf.Tensor4D) => tf.Tensor4D,
): tf.Tensor4D {
  if (mirror === "none") return normalize(maps);
  const [batch, height, width, channels] = maps.shape;
  const pairs: tf.Tensor4D = tf.reshape(maps, [batch, height, 2 * width, channels / 2]);
  return tf.reshape(normalize(pairs), maps.shape);
}
