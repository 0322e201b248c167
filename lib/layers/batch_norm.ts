import * as tf from "@tensorflow/tfjs-core";
import { nativeBatchNorm } from "../backends/native_batch_norm.ts";

/** Added to the variance; PyTorch's and TensorFlow's usual value. */
export const BATCH_NORM_EPSILON = 1e-5;

/** What may follow a norm as a part of it. */
export type NormActivation = "none" | "relu";

/** Mean and variance per channel. */
export interface BatchMoments {
  /** `[channels]`, float32. */
  readonly mean: tf.Tensor1D;
  /** `[channels]`, float32, biased (divided by the number of positions). */
  readonly variance: tf.Tensor1D;
}

/** Mean of one input and its covariance with another, per channel: `[channels]` each, float32. */
interface ChannelCovariance {
  readonly mean: tf.Tensor1D;
  readonly covariance: tf.Tensor1D;
}

function meanOfChannels(input: tf.Tensor4D): tf.Tensor1D {
  return tf.mean(input, [0, 1, 2]);
}

/** WASM passes over maps in fewer operations than others need. */
function isWasm(): boolean {
  return tf.getBackend() === "wasm";
}

/** On WASM a kernel of ours, which passes over the maps once. */
function covarianceOfChannels(first: tf.Tensor4D, second: tf.Tensor4D): ChannelCovariance {
  if (isWasm()) {
    const outputs = tf.engine().runKernel("ChannelCovariance", { a: first, b: second });
    const [mean, covariance] = outputs as unknown as [tf.Tensor1D, tf.Tensor1D];
    return { mean, covariance };
  }
  const centred = tf.sub<tf.Tensor4D>(second, meanOfChannels(second));
  const products = first === second ? tf.square(centred) : tf.mul<tf.Tensor4D>(first, centred);
  return { mean: meanOfChannels(first), covariance: meanOfChannels(products) };
}

/** How maps are changed channel by channel. */
interface ChannelMap {
  /** `[channels]`. */
  readonly factor: tf.Tensor1D;
  /** `[channels]`. */
  readonly summand: tf.Tensor1D;
  readonly activation?: NormActivation;
}

/**
 * `activation(factor x + summand)`. WASM does it in one pass, as a depthwise convolution whose filters are one pixel
 * large; as three operations it takes three.
 */
function mapChannels(input: tf.Tensor4D, { factor, summand, activation }: ChannelMap): tf.Tensor4D {
  if (!isWasm()) {
    const output = tf.add<tf.Tensor4D>(tf.mul(input, factor), summand);
    return activation === "relu" ? tf.relu(output) : output;
  }
  const channels = input.shape[3];
  const output = tf.engine().runKernel("FusedDepthwiseConv2D", {
    x: tf.reshape(input, [1, 1, input.size / channels, channels]),
    filter: tf.reshape(factor, [1, 1, channels, 1]),
    bias: summand,
  }, {
    ...{ strides: 1, pad: "valid", dataFormat: "NHWC", dilations: 1 },
    activation: activation === "relu" ? "relu" : "linear",
  }) as tf.Tensor;
  return tf.reshape(output, input.shape);
}

/**
 * Mean and variance of every channel over batch, height and width.
 *
 * @param input `[batch, height, width, channels]`, float32.
 * @returns Two tensors `[channels]`.
 */
export function batchMoments(input: tf.Tensor4D): BatchMoments {
  const { mean, covariance } = covarianceOfChannels(input, input);
  return { mean, variance: covariance };
}

/**
 * With n positions and r = 1 / deviation: dx = scale r (dy - mean(dy) - (x - mean(x)) r^2 cov(dy, x)), and the gradients of
 * scale and offset are n r cov(dy, x) and n mean(dy).
 */
function composedGradient(
  outputGradient: tf.Tensor4D,
  input: tf.Tensor4D,
  { mean, inverseDeviation, factor }: {
    readonly mean: tf.Tensor1D;
    readonly inverseDeviation: tf.Tensor1D;
    readonly factor: tf.Tensor1D;
  },
): [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D] {
  const positions = input.size / input.shape[3];
  const { mean: offsetMean, covariance } = covarianceOfChannels(outputGradient, input);
  const scaleMean = tf.mul<tf.Tensor1D>(covariance, inverseDeviation);
  const slope = tf.neg(tf.mul<tf.Tensor1D>(tf.mul(factor, inverseDeviation), scaleMean));
  const level = tf.neg(tf.add<tf.Tensor1D>(tf.mul(factor, offsetMean), tf.mul(slope, mean)));
  const inputGradient = tf.add<tf.Tensor4D>(
    tf.mul(outputGradient, factor),
    mapChannels(input, { factor: slope, summand: level }),
  );
  return [inputGradient, tf.mul(scaleMean, positions), tf.mul(offsetMean, positions)];
}

/**
 * The same function as the native operations, from operations that every backend has. Every one of them passes over the
 * maps once, so what is per channel is computed first.
 */
function composedBatchNorm(
  maps: tf.Tensor4D,
  parts: readonly [scale: tf.Tensor1D, offset: tf.Tensor1D],
  activation: NormActivation,
): tf.Tensor4D {
  return tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [input, scale, offset] = inputs as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
    const save = inputs[3] as tf.GradSaveFunc;
    const { mean, variance } = batchMoments(input);
    const inverseDeviation = tf.rsqrt(tf.add<tf.Tensor1D>(variance, BATCH_NORM_EPSILON));
    const factor = tf.mul<tf.Tensor1D>(scale, inverseDeviation);
    const summand = tf.sub<tf.Tensor1D>(offset, tf.mul(mean, factor));
    const value = mapChannels(input, { factor, summand, activation });
    save([input, mean, inverseDeviation, factor, ...activation === "relu" ? [value] : []]);
    return {
      value,
      gradFunc: (gradient: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, average, inverse, product, output] = saved as [
          ...[tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D],
          tf.Tensor4D | undefined,
        ];
        const passed = output === undefined ? gradient : tf.mul(gradient, tf.step(output));
        return composedGradient(passed as tf.Tensor4D, x, {
          ...{ mean: average, inverseDeviation: inverse, factor: product },
        });
      },
    };
  })(maps, ...parts) as tf.Tensor4D;
}

/**
 * Batch normalisation with the statistics of the current batch, with gradient (Ioffe and Szegedy 2015).
 * On the native backend TensorFlow's fused operations do it; elsewhere a composition with a hand-written
 * gradient, since the one that TensorFlow.js derives takes some twenty element-wise operations.
 *
 * @param input `[batch, height, width, channels]`, float32.
 * @param scale gamma, `[channels]`.
 * @param offset beta, `[channels]`.
 * @param activation What is applied to the result.
 * @returns Tensor of the input's shape: per channel mean beta and deviation |gamma|, before the activation.
 */
export function batchNormOfBatch(
  input: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  activation: NormActivation = "none",
): tf.Tensor4D {
  const native = nativeBatchNorm(BATCH_NORM_EPSILON);
  if (native === null) return composedBatchNorm(input, [scale, offset], activation);
  const output = native(input, scale, offset) as tf.Tensor4D;
  return activation === "relu" ? tf.relu(output) : output;
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
