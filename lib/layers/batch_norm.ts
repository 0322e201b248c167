import * as tf from "@tensorflow/tfjs-core";
import { nativeBatchNorm } from "../backends/native_batch_norm.ts";
import { MOST_POOLED_CHANNELS } from "../backends/wasm_limits.ts";

/** Added to the variance; PyTorch's and TensorFlow's usual value. */
export const BATCH_NORM_EPSILON = 1e-5;

/** Mean and variance per channel. */
export interface BatchMoments {
  /** `[channels]`, float32. */
  readonly mean: tf.Tensor1D;
  /** `[channels]`, float32, biased (divided by the number of positions). */
  readonly variance: tf.Tensor1D;
}

/** Means of windows that take up whole maps: `[images, h, w, channels] -> [images, channels]`. */
function meanOfMaps(maps: tf.Tensor4D): tf.Tensor2D {
  const [images, height, width, channels] = maps.shape;
  const means = channels > MOST_POOLED_CHANNELS
    ? tf.mean(maps, [1, 2])
    : tf.avgPool(maps, [height, width], 1, "valid");
  return tf.reshape(means, [images, channels]);
}

/**
 * Mean of every channel over batch, height and width by average pooling: first of every image, then of the images, since
 * float32 sums over fewer numbers at a time lose less. `tf.mean` would make WASM transpose the maps, and a product with a
 * row of ones makes it pack them, which takes it seventeen times as long.
 */
function meanOfChannels(input: tf.Tensor4D): tf.Tensor1D {
  const [images, , , channels] = input.shape;
  const means = meanOfMaps(tf.reshape(meanOfMaps(input), [1, images, 1, channels]));
  return tf.reshape(means, [channels]);
}

/**
 * Mean and variance of every channel over batch, height and width.
 *
 * @param input `[batch, height, width, channels]`, float32.
 * @returns Two tensors `[channels]`.
 */
export function batchMoments(input: tf.Tensor4D): BatchMoments {
  const mean = meanOfChannels(input);
  const variance = meanOfChannels(tf.square<tf.Tensor4D>(tf.sub(input, mean)));
  return { mean, variance };
}

/** What the composed batch norm gives, and keeps for its gradient. */
interface ComposedNorm {
  readonly output: tf.Tensor4D;
  /** The input less its mean. */
  readonly centred: tf.Tensor4D;
  /** 1 / deviation, `[channels]`. */
  readonly inverseDeviation: tf.Tensor1D;
}

/**
 * The same function as the native operations, from operations that every backend has. Every one of them passes over the
 * maps once, so what is per channel is multiplied first.
 */
function composedForward(
  input: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
): ComposedNorm {
  const centred = tf.sub<tf.Tensor4D>(input, meanOfChannels(input));
  const variance = meanOfChannels(tf.square<tf.Tensor4D>(centred));
  const inverseDeviation = tf.rsqrt(tf.add<tf.Tensor1D>(variance, BATCH_NORM_EPSILON));
  const scaled = tf.mul(centred, tf.mul(inverseDeviation, scale));
  return { output: tf.add(scaled, offset), centred, inverseDeviation };
}

/** With x^ the normalised input and n positions: dx = scale rstd (dy - mean(dy) - x^ mean(dy x^)). */
function composedGradient(
  outputGradient: tf.Tensor4D,
  { centred, inverseDeviation }: Omit<ComposedNorm, "output">,
  scale: tf.Tensor1D,
): [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D] {
  const positions = outputGradient.size / outputGradient.shape[3];
  const offsetMean = meanOfChannels(outputGradient);
  const scaleMean = tf.mul<tf.Tensor1D>(
    meanOfChannels(tf.mul(outputGradient, centred)),
    inverseDeviation,
  );
  const projected = tf.add(tf.mul(centred, tf.mul(scaleMean, inverseDeviation)), offsetMean);
  const inputGradient = tf.mul<tf.Tensor4D>(
    tf.sub(outputGradient, projected),
    tf.mul(inverseDeviation, scale),
  );
  return [inputGradient, tf.mul(scaleMean, positions), tf.mul(offsetMean, positions)];
}

const composedBatchNorm = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
  const [input, scale, offset] = inputs as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
  const save = inputs[3] as tf.GradSaveFunc;
  const { output, centred, inverseDeviation } = composedForward(input, scale, offset);
  save([centred, inverseDeviation, scale]);
  return {
    value: output,
    gradFunc: (gradient: tf.Tensor, [maps, perChannel, factor]: tf.Tensor[]) =>
      composedGradient(
        gradient as tf.Tensor4D,
        { centred: maps as tf.Tensor4D, inverseDeviation: perChannel as tf.Tensor1D },
        factor as tf.Tensor1D,
      ),
  };
});

/**
 * Batch normalisation with the statistics of the current batch, with gradient (Ioffe and Szegedy 2015).
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
