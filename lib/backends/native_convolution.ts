import * as tf from "@tensorflow/tfjs-core";
import { floatType, isRunnable, onednnKernel, onednnOperation } from "./native_operation.ts";
import type { NativeBackend, OperationAttribute } from "./native_operation.ts";

/** What a convolution with bias is made of; "same" padding. */
export interface BiasedConvolution {
  /** `[k, k, in, out]`. */
  readonly kernel: tf.Tensor4D;
  /** `[out]`. */
  readonly bias: tf.Tensor1D;
  /** Distance of the windows in pixels. */
  readonly stride: number;
}

type Convolve = (input: tf.Tensor4D, parts: BiasedConvolution) => tf.Tensor4D;

function attributes(backend: NativeBackend, stride: number): OperationAttribute[] {
  const { TF_ATTR_STRING, TF_ATTR_INT } = backend.binding;
  return [
    floatType(backend),
    { name: "strides", type: TF_ATTR_INT!, value: [1, stride, stride, 1] },
    { name: "dilations", type: TF_ATTR_INT!, value: [1, 1, 1, 1] },
    { name: "padding", type: TF_ATTR_STRING!, value: "SAME" },
    { name: "data_format", type: TF_ATTR_STRING!, value: "NHWC" },
    onednnKernel(backend),
  ];
}

function makeConvolve(backend: NativeBackend): Convolve {
  return (input, { kernel, bias, stride }) =>
    backend.executeMultipleOutputs(
      "_MklNativeConv2DWithBias",
      attributes(backend, stride),
      [input, kernel, bias],
      1,
    )[0] as tf.Tensor4D;
}

/**
 * Convolution and bias as one operation of oneDNN: `tf.fused.conv2d` passes over the whole map a second time on
 * TensorFlow. For inference, since it records no gradient.
 *
 * @returns The operation, or `null` where the current backend does not have it: not TensorFlow, on a GPU, or without
 * oneDNN.
 */
export const nativeBiasedConvolution: () => Convolve | null = onednnOperation(
  makeConvolve,
  (convolve) => tryConvolution(convolve, 1),
);

function tryConvolution(convolve: Convolve, channels: number): void {
  const kernel: tf.Tensor4D = tf.ones([1, 1, channels, channels]);
  convolve(tf.ones([1, 1, 1, channels]), { kernel, bias: tf.ones([channels]), stride: 1 });
}

/**
 * Whether oneDNN has convolutions in the numbers that are current, for this processor: without AVX-512 it has none in
 * bfloat16, and TensorFlow's own round the sums, too.
 *
 * @param channels Channels from which on convolutions are computed in these numbers.
 * @returns The answer; `null` where oneDNN is not asked at all.
 */
export function hasNativeConvolutions(channels: number): boolean | null {
  const convolve = nativeBiasedConvolution();
  return convolve && isRunnable(convolve, () => tryConvolution(convolve, channels));
}
