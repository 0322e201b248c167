import * as tf from "@tensorflow/tfjs-core";
import { recomputed } from "../tensors/recomputed.ts";

/**
 * Numbers of the kernels that are alive at a time, 64 MiB. One kernel of 384 x 256 channels holds 0.9 million numbers,
 * which makes 226 MB for a batch of 64, and the gradient needs several tensors of that size.
 */
const CHUNK_NUMBERS = 2 ** 24;

/**
 * Convolves every image with a kernel of its own, "same" padding, with gradient.
 *
 * It is a loop over the images. One batched matrix product over image patches gives the same numbers; on two CPU
 * cores and the shapes of DDFN-SW it took between 0.7 and 1.9 times the loop's time on TensorFlow, forward and
 * backward, and 2 to 14 times on WASM, and it holds nine copies of the feature map.
 *
 * @param input `[batch, height, width, in]`, float32.
 * @param kernels `[batch, kernelSize, kernelSize, in, out]`, float32.
 * @param stride Distance of the windows in pixels.
 * @returns `[batch, ceil(height / stride), ceil(width / stride), out]`.
 * @throws {RangeError} if there is not one kernel per image.
 */
export function convolvePerSample(
  input: tf.Tensor4D,
  kernels: tf.Tensor5D,
  stride: number,
): tf.Tensor4D {
  const [batch, ...shape] = kernels.shape;
  if (batch !== input.shape[0]) {
    throw new RangeError(
      `Cannot convolve: there must be one kernel per image, current value is ${batch} kernels for ${
        input.shape[0]
      } images`,
    );
  }
  const single = new Array<number>(batch).fill(1);
  const parts = splitBatch(kernels, single);
  const outputs = splitBatch(input, single).map((image, index) =>
    tf.conv2d(image, tf.reshape<tf.Rank.R4>(parts[index]!, shape), stride, "same")
  );
  return concatBatch(outputs);
}

/** Kernels that are a function of the image. */
export interface KernelsOfImages {
  /** Kernels of some images: `[images, height, width, in] -> [images, kernelSize, kernelSize, in, out]`. */
  readonly kernels: (images: tf.Tensor4D) => tf.Tensor5D;
  /** Everything that `kernels` uses and that needs a gradient. */
  readonly weights: readonly tf.Variable[];
  /** Numbers of one kernel. */
  readonly kernelLength: number;
  /** Distance of the windows in pixels. */
  readonly stride: number;
}

/**
 * Generates kernels and convolves, a few images at a time, so that memory stays bounded: kernels live as long as
 * their images are convolved, and the gradient generates them again. In training one gradient of the generator's
 * weights per chunk is added up, of which at most two are alive.
 *
 * @param input `[batch, height, width, in]`, float32.
 * @param generated The kernels; those of an image must depend on this image only.
 * @param chunkNumbers Numbers of the kernels that are alive at a time; at least one kernel is.
 * @returns `[batch, height', width', out]`: what `convolvePerSample` gives.
 */
export function convolveWithGenerated(
  input: tf.Tensor4D,
  generated: KernelsOfImages,
  chunkNumbers: number = CHUNK_NUMBERS,
): tf.Tensor4D {
  const { kernels, weights, kernelLength, stride } = generated;
  const images = Math.max(1, Math.floor(chunkNumbers / kernelLength));
  const outputs = splitBatch(input, chunkSizes(input.shape[0], images)).map((chunk) =>
    recomputed((part) => convolvePerSample(part, kernels(part), stride), chunk, weights)
  );
  return concatBatch(outputs);
}

/** Sizes of the parts when so many images are taken at a time. */
function chunkSizes(batch: number, images: number): number[] {
  return Array.from(
    { length: Math.ceil(batch / images) },
    (_, chunk) => Math.min(images, batch - chunk * images),
  );
}

/** Consecutive parts of a batch. The gradient of TensorFlow.js's split fails where there is only one part. */
function splitBatch<T extends tf.Tensor>(tensor: T, sizes: number[]): T[] {
  return sizes.length === 1 ? [tensor] : tf.split(tensor, sizes) as T[];
}

function concatBatch(parts: tf.Tensor4D[]): tf.Tensor4D {
  return parts.length === 1 ? parts[0]! : tf.concat4d(parts, 0);
}
