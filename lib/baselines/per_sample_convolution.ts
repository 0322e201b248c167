import * as tf from "@tensorflow/tfjs-core";
import { nestedGradients } from "../tensors/recomputed.ts";

/**
 * Numbers of the kernels that are alive at a time, 32 MiB. With fewer, the gradients of the basis of every part, 117 MB for
 * 384 x 256 channels, take longer to add up; with 64 MiB a step of DDFN-SW on WASM came to 5.3 GB.
 */
const CHUNK_NUMBERS = 2 ** 23;

/**
 * Convolves every image with a kernel of its own, "same" padding, with gradient.
 *
 * It is a loop over the images. One batched matrix product over image patches gives the same numbers; on two CPU
 * cores and the shapes of DDFN-SW it took between 0.35 and 1.9 times the loop's time on TensorFlow, forward and
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

/** Kernels that are sums of a few fixed ones. */
export interface CombinedKernels {
  /** How much of every fixed kernel an image takes, `[batch, terms]`, float32. */
  readonly codes: tf.Tensor2D;
  /** The fixed kernels, `[terms, kernelSize, kernelSize, in, out]`, float32. */
  readonly basis: tf.Tensor5D;
  /** Distance of the windows in pixels. */
  readonly stride: number;
}

function combine(codes: tf.Tensor2D, basis: tf.Tensor5D): tf.Tensor5D {
  const [terms, ...shape] = basis.shape;
  const flat = tf.reshape<tf.Rank.R2>(basis, [terms, -1]);
  return tf.reshape<tf.Rank.R5>(tf.matMul(codes, flat), [codes.shape[0], ...shape]);
}

/**
 * Combines kernels and convolves, a few images at a time, so that memory stays bounded: kernels live as long as their
 * images are convolved, and the gradient combines them again.
 *
 * @param input `[batch, height, width, in]`, float32.
 * @param combined Codes and basis of the kernels.
 * @param chunkNumbers Numbers of the kernels that are alive at a time; at least one kernel is.
 * @returns `[batch, height', width', out]`: what `convolvePerSample` gives.
 */
export function convolveWithCombined(
  input: tf.Tensor4D,
  { codes, basis, stride }: CombinedKernels,
  chunkNumbers: number = CHUNK_NUMBERS,
): tf.Tensor4D {
  const kernelLength = basis.size / basis.shape[0];
  const images = Math.max(1, Math.floor(chunkNumbers / kernelLength));
  const sizes = chunkSizes(input.shape[0], images);
  const convolve = (maps: tf.Tensor4D, codesOfMaps: tf.Tensor2D, kernels: tf.Tensor5D) =>
    convolvePerSample(maps, combine(codesOfMaps, kernels), stride);
  const operation = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const sources = inputs.slice(0, 3) as [tf.Tensor4D, tf.Tensor2D, tf.Tensor5D];
    (inputs[3] as tf.GradSaveFunc)(sources);
    const codeParts = splitBatch(sources[1], sizes);
    const outputs = splitBatch(sources[0], sizes).map((maps, index) =>
      tf.tidy(() => convolve(maps, codeParts[index]!, sources[2]))
    );
    return {
      value: concatBatch(outputs),
      gradFunc: (outputGradient: tf.Tensor, saved: tf.Tensor[]) =>
        tf.tidy(() => {
          const [maps, codesOfMaps, kernels] = saved as typeof sources;
          const parts = splitBatch(maps, sizes);
          const codeParts = splitBatch(codesOfMaps, sizes);
          const gradients = splitBatch(outputGradient, sizes);
          return joinGradients(parts.map((part, index) => () => {
            const partSources = [part, codeParts[index]!, kernels] as const;
            return nestedGradients(
              () => convolve(...partSources),
              [...partSources],
              gradients[index]!,
            );
          }));
        }),
    };
  });
  return operation(input, codes, basis) as tf.Tensor4D;
}

/**
 * Joins the parts' own gradients and adds up those of the basis. Recorded part by part, TensorFlow.js would keep every
 * summand until the end.
 */
function joinGradients(parts: readonly (() => tf.Tensor[])[]): tf.Tensor[] {
  const own: [tf.Tensor, tf.Tensor][] = [];
  let sum: tf.Tensor | null = null;
  for (const gradientsOf of parts) {
    const [maps, codes, basis] = gradientsOf() as [tf.Tensor, tf.Tensor, tf.Tensor];
    own.push([maps, codes]);
    const before: tf.Tensor | null = sum;
    sum = before === null ? basis : tf.add(before, basis);
    if (before !== null) tf.dispose([before, basis]);
  }
  return [...[0, 1].map((place) => concatBatch(own.map((pair) => pair[place]!))), sum!];
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

function concatBatch<T extends tf.Tensor>(parts: T[]): T {
  return parts.length === 1 ? parts[0]! : tf.concat(parts, 0);
}
