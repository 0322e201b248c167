import * as tf from "@tensorflow/tfjs-core";
import { BATCH_NORM_EPSILON } from "../layers/batch_norm.ts";
import { nativeBiasedConvolution } from "../backends/native_convolution.ts";
import { nativeBackend } from "../backends/native_operation.ts";
import { pairUp } from "../layers/mirror_pairs.ts";
import { activate } from "../layers/run_layers.ts";
import { convolveWith } from "./layer_weights.ts";
import type { ConvolutionLayer } from "../architectures/layer.ts";
import type { LayerOperations } from "../layers/run_layers.ts";
import type { NormSite } from "./classifier.ts";
import type { LayerStatistics } from "./level_statistics.ts";

/** A convolution for inference, with its bias and batch norm folded in. */
export interface FoldedConvolution {
  /** `[k, k, in, out]`, or `[k, k, channels, 1]` for a depthwise layer. */
  readonly kernel: tf.Tensor4D;
  /** `[out]`; `null` if there is neither bias nor norm. */
  readonly bias: tf.Tensor1D | null;
}

/** What a convolution is folded from. */
export interface FoldingParts {
  /** Kernel, as `FoldedConvolution` has it; not disposed of. */
  readonly kernel: tf.Tensor4D;
  /** Bias `[out]`; not disposed of. */
  readonly bias: tf.Tensor1D | null;
  /** Batch norm; `null` if the layer has none. */
  readonly norm: NormSite | null;
  /** Statistics of the batch norm. */
  readonly statistics: LayerStatistics | undefined;
}

/** scale (w * x + b - mean) / deviation + offset, as one kernel and one bias. */
function foldNorm(
  layer: ConvolutionLayer,
  parts: Pick<FoldingParts, "kernel" | "bias">,
  options: { readonly norm: NormSite; readonly statistics: LayerStatistics },
): [tf.Tensor4D, tf.Tensor1D] {
  const { norm, statistics } = options;
  const deviation = tf.sqrt(tf.add(tf.tensor1d(statistics.variance), BATCH_NORM_EPSILON));
  const ofAll = (own: tf.Tensor1D) => layer.mirror === "none" ? own : pairUp(own);
  const factor = ofAll(tf.div<tf.Tensor1D>(norm.scale, deviation));
  // A depthwise kernel has its channels on the third axis, any other on the fourth.
  const kernelFactor = layer.depthwise ? tf.reshape(factor, [-1, 1]) : factor;
  const centre = tf.sub(parts.bias ?? 0, ofAll(tf.tensor1d(statistics.mean)));
  return [
    tf.mul<tf.Tensor4D>(parts.kernel, kernelFactor),
    tf.add<tf.Tensor1D>(ofAll(norm.offset), tf.mul(centre, factor)),
  ];
}

/**
 * Makes sure that statistics are of their layer: a single number would be used for all channels.
 *
 * @param name Name of the layer.
 * @param lengths Numbers found, and channels of the layer.
 * @throws {RangeError} if they differ.
 */
export function requireLength(
  name: string,
  lengths: { readonly found: number; readonly channels: number },
): void {
  const { found, channels } = lengths;
  if (found === channels) return;
  throw new RangeError(
    `Cannot prepare for inference: statistics of batch norm "${name}" must have ${channels} channels, current value is ${found}`,
  );
}

/**
 * Folds batch norm with fixed statistics, an affine map per channel, into kernel and bias.
 *
 * @param layer The convolution.
 * @param parts Kernel, bias, norm and its statistics.
 * @returns Tensors of their own; the caller disposes of them.
 * @throws {RangeError} if the norm has no statistics, or those of another layer.
 */
export function foldConvolution(layer: ConvolutionLayer, parts: FoldingParts): FoldedConvolution {
  const { kernel, bias, norm, statistics } = parts;
  if (norm === null) {
    // Clones: stored parameters must survive the disposal of the folded ones.
    return {
      kernel: tf.keep(tf.clone(kernel)),
      bias: bias === null ? null : tf.keep(bias.clone()),
    };
  }
  if (statistics === undefined) {
    throw new RangeError(
      `Cannot prepare for inference: batch norm "${norm.name}" has no statistics; compute them with the current model`,
    );
  }
  requireLength(norm.name, { found: statistics.mean.length, channels: norm.scale.size });
  const [foldedKernel, foldedBias] = tf.tidy(() => foldNorm(layer, parts, { norm, statistics }));
  // Called within a tidy of the caller's or not: what is returned must outlive it.
  return { kernel: tf.keep(foldedKernel), bias: tf.keep(foldedBias) };
}

/** Convolution and bias, without the activation. */
function convolveBiased(
  layer: ConvolutionLayer,
  input: tf.Tensor4D,
  { kernel, bias }: FoldedConvolution,
): tf.Tensor4D {
  const fused = bias === null || layer.depthwise ? null : nativeBiasedConvolution();
  if (fused !== null) return fused(input, { kernel, bias: bias!, stride: layer.stride });
  const output = convolveWith(layer, input, kernel);
  return bias === null ? output : tf.add<tf.Tensor4D>(output, bias);
}

/** Convolution, bias and activation as one operation. */
function convolveFused(
  layer: ConvolutionLayer,
  input: tf.Tensor4D,
  { kernel, bias }: FoldedConvolution,
): tf.Tensor4D {
  const { activation, stride } = layer;
  if (bias === null) return activate(convolveWith(layer, input, kernel), activation);
  const fused = layer.depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
  return fused({
    ...{ x: input, filter: kernel, strides: stride, pad: "same", bias },
    activation: activation === "none" ? "linear" : activation,
  });
}

/**
 * How folded convolutions, "same" padding, are run. TensorFlow has no operation with the activation in it that its binding
 * can call, so there the activation stays apart and comes after a max-pool, where a quarter of the numbers is left.
 *
 * @param folded Gives the folded convolution of a layer.
 */
export function foldedOperations(
  folded: (layer: ConvolutionLayer) => FoldedConvolution,
): Pick<LayerOperations, "convolve" | "activates"> {
  const activates = nativeBackend() === null;
  const convolve = activates ? convolveFused : convolveBiased;
  return { activates, convolve: (layer, input) => convolve(layer, input, folded(layer)) };
}

/** Frees folded convolutions. */
export function disposeFolded(convolutions: Iterable<FoldedConvolution>): void {
  for (const { kernel, bias } of convolutions) {
    kernel.dispose();
    bias?.dispose();
  }
}
