import * as tf from "@tensorflow/tfjs-core";
import { nestedGradients } from "../tensors/recomputed.ts";

/**
 * Numbers of the kernels that are alive at a time, 16 MiB. One kernel of 384 x 256 channels holds 0.9 million numbers,
 * which makes 226 MB for a batch of 64, and the gradient needs about ten tensors of that size. At 64 MiB a training
 * step of DDFN-SW took as long, and on WASM 6.4 GB instead of 3.7 GB.
 */
const CHUNK_NUMBERS = 2 ** 22;

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
 * their images are convolved, and the gradient generates them again.
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
  const sizes = chunkSizes(input.shape[0], images);
  const convolve = (part: tf.Tensor4D) => convolvePerSample(part, kernels(part), stride);
  const operation = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const source = inputs[0] as tf.Tensor4D;
    const save = inputs[inputs.length - 1] as tf.GradSaveFunc;
    save([source]);
    const outputs = splitBatch(source, sizes).map((part) => tf.tidy(() => convolve(part)));
    return {
      value: concatBatch(outputs),
      gradFunc: (outputGradient: tf.Tensor, saved: tf.Tensor[]) =>
        tf.tidy(() => {
          const parts = splitBatch(saved[0] as tf.Tensor4D, sizes);
          const partGradients = splitBatch(outputGradient, sizes);
          return sumGradients(parts, weights, (part, index) =>
            nestedGradients(
              () => convolve(part),
              [part, ...weights],
              partGradients[index]!,
            ));
        }),
    };
  });
  return operation(input, ...weights) as tf.Tensor4D;
}

/**
 * Joins the parts' own gradients and adds up those of the weights. Recorded part by part, TensorFlow.js would keep
 * every summand until the end: one gradient of a model of 300 MB per chunk.
 */
function sumGradients(
  parts: readonly tf.Tensor4D[],
  weights: readonly tf.Variable[],
  gradientsOf: (part: tf.Tensor4D, index: number) => tf.Tensor[],
): tf.Tensor[] {
  const inputGradients: tf.Tensor4D[] = [];
  let sums: tf.Tensor[] = [];
  parts.forEach((part, index) => {
    const [inputGradient, ...summands] = gradientsOf(part, index);
    inputGradients.push(inputGradient as tf.Tensor4D);
    if (index === 0) {
      sums = summands;
      return;
    }
    const next = weights.map((_, place) => tf.add(sums[place]!, summands[place]!));
    tf.dispose([...sums, ...summands]);
    sums = next;
  });
  return [concatBatch(inputGradients), ...sums];
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
