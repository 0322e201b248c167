import * as tf from "@tensorflow/tfjs-core";
import { nativeBatchNorm } from "../backends/native_batch_norm.ts";

/** Added to the variance; PyTorch's and TensorFlow's usual value. */
export const BATCH_NORM_EPSILON = 1e-5;

/** Mean and variance per channel. */
export interface BatchMoments {
  /** `[channels]`, float32. */
  readonly mean: tf.Tensor1D;
  /** `[channels]`, float32, biased (divided by the number of positions). */
  readonly variance: tf.Tensor1D;
}

/**
 * Sum of every channel over batch, height and width, times a factor, as the product with a row of that factor: WASM
 * would transpose the maps to add up their outer axes, which takes it twenty times as long.
 */
function sumOfChannels(input: tf.Tensor4D, factor = 1): tf.Tensor1D {
  const channels = input.shape[3];
  const positions = input.size / channels;
  const row = tf.fill<tf.Rank.R2>([1, positions], factor);
  return tf.reshape(tf.matMul(row, tf.reshape(input, [positions, channels])), [channels]);
}

/**
 * Mean and variance of every channel over batch, height and width.
 *
 * @param input `[batch, height, width, channels]`, float32.
 * @returns Two tensors `[channels]`.
 */
export function batchMoments(input: tf.Tensor4D): BatchMoments {
  const factor = input.shape[3] / input.size;
  const mean = sumOfChannels(input, factor);
  const variance = sumOfChannels(tf.square(tf.sub(input, mean)), factor);
  return { mean, variance };
}

/** The same function as the native operations, from operations that every backend has. */
function composedForward(
  input: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
): tf.Tensor4D[] {
  const { mean, variance } = batchMoments(input);
  const inverseDeviation = tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON));
  const normalized = tf.mul<tf.Tensor4D>(tf.sub(input, mean), inverseDeviation);
  const output = tf.add<tf.Tensor4D>(tf.mul(normalized, scale), offset);
  return [output, normalized, inverseDeviation as unknown as tf.Tensor4D];
}

/** With x^ the normalised input and n positions: dx = scale rstd (dy - mean(dy) - x^ mean(dy x^)). */
function composedGradient(
  outputGradient: tf.Tensor4D,
  normalized: tf.Tensor4D,
  factor: tf.Tensor1D,
): [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D] {
  const positions = outputGradient.size / outputGradient.shape[3];
  const offsetGradient = sumOfChannels(outputGradient);
  const scaleGradient = sumOfChannels(tf.mul(outputGradient, normalized));
  const projected = tf.add(
    tf.mul(normalized, tf.div(scaleGradient, positions)),
    tf.div(offsetGradient, positions),
  );
  const inputGradient = tf.mul<tf.Tensor4D>(tf.sub(outputGradient, projected), factor);
  return [inputGradient, scaleGradient, offsetGradient];
}

const composedBatchNorm = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
  const [input, scale, offset] = inputs as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
  const save = inputs[3] as tf.GradSaveFunc;
  const [value, normalized, inverseDeviation] = composedForward(input, scale, offset);
  save([normalized!, tf.mul(inverseDeviation!, scale)]);
  return {
    value: value!,
    gradFunc: (outputGradient: tf.Tensor, saved: tf.Tensor[]) =>
      composedGradient(
        outputGradient as tf.Tensor4D,
        saved[0] as tf.Tensor4D,
        saved[1] as tf.Tensor1D,
      ),
  };
});

/**
 * Batch normalisation with the statistics of the batch at hand, with gradient (Ioffe and Szegedy 2015).
 * On the native backend TensorFlow's fused operations do it; elsewhere a composition with a hand-written
 * gradient, since the one that TensorFlow.js derives takes some twenty element-wise operations.
 *
 * @param input `[batch, height, width, channels]`, float32.
 * @param scale gamma, `[channels]`.
 * @param offset beta, `[channels]`.
 * @returns Tensor of the input's shape: per channel mean beta and deviation |gamma|.
 */
export function batchNormOfBatch(
  input: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
): tf.Tensor4D {
  const native = nativeBatchNorm(BATCH_NORM_EPSILON);
  return (native ?? composedBatchNorm)(input, scale, offset) as tf.Tensor4D;
}

/**
 * Batch normalisation with statistics that were computed before.
 *
 * @param input `[batch, height, width, channels]`, float32.
 * @param moments Mean and variance, `[channels]` each.
 * @param affine gamma and beta, `[channels]` each.
 * @returns Tensor of the input's shape.
 */
export function batchNormWithMoments(
  input: tf.Tensor4D,
  moments: BatchMoments,
  affine: { readonly scale: tf.Tensor1D; readonly offset: tf.Tensor1D },
): tf.Tensor4D {
  // Offset and scale are always given: tf.batchNorm's gradient fails without them.
  return tf.batchNorm(
    input,
    moments.mean,
    moments.variance,
    affine.offset,
    affine.scale,
    BATCH_NORM_EPSILON,
  );
}
