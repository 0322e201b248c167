import * as tf from "@tensorflow/tfjs-core";
import { floatType, onednnKernel, onednnOperation } from "./native_operation.ts";
import type { NativeBackend, OperationAttribute } from "./native_operation.ts";

/** Windows of a pooling, as TensorFlow.js hands them to a gradient. */
export interface PoolWindows {
  /** Height and width of a window, or both at once. */
  readonly filterSize: readonly [number, number] | number;
  /** Their distance. */
  readonly strides: readonly [number, number] | number;
  /** "valid", "same" or pixels. */
  readonly pad: unknown;
}

type PoolGradient = (
  outputGradient: tf.Tensor,
  tensors: { readonly input: tf.Tensor; readonly output: tf.Tensor },
  windows: PoolWindows,
) => tf.Tensor;

function sides(value: readonly [number, number] | number): number[] {
  return [1, ...(typeof value === "number" ? [value, value] : value), 1];
}

function attributes(backend: NativeBackend, windows: PoolWindows): OperationAttribute[] {
  const { TF_ATTR_STRING, TF_ATTR_INT, TF_ATTR_BOOL } = backend.binding;
  return [
    floatType(backend),
    { name: "ksize", type: TF_ATTR_INT!, value: sides(windows.filterSize) },
    { name: "strides", type: TF_ATTR_INT!, value: sides(windows.strides) },
    { name: "padding", type: TF_ATTR_STRING!, value: String(windows.pad).toUpperCase() },
    { name: "data_format", type: TF_ATTR_STRING!, value: "NHWC" },
    { name: "workspace_enabled", type: TF_ATTR_BOOL!, value: true },
    onednnKernel(backend),
  ];
}

/** The forward operation again, which notes where the maxima are, then the gradient. */
function makeGradient(backend: NativeBackend): PoolGradient {
  return (outputGradient, { input, output }, windows) => {
    const shared = attributes(backend, windows);
    const [again, places] = backend.executeMultipleOutputs("_MklNativeMaxPool", shared, [input], 2);
    const inputs = [input, output, outputGradient, places!];
    const [gradient] = backend.executeMultipleOutputs("_MklNativeMaxPoolGrad", shared, inputs, 1);
    tf.dispose([again!, places!]);
    return gradient!;
  };
}

/**
 * Gradient of max pooling by oneDNN, which is ten times as fast as TensorFlow's own on a CPU. Of several equal maxima in a
 * window the first gets the gradient, as with TensorFlow's.
 *
 * @returns The gradient of the input, `[batch, height, width, channels]`, or `null` where the current backend does not have it: not
 * TensorFlow, on a GPU, or without oneDNN.
 */
export const nativeMaxPoolGradient: () => PoolGradient | null = onednnOperation(
  makeGradient,
  (gradient) => {
    const [input, output] = [tf.ones([1, 2, 2, 1]), tf.ones([1, 1, 1, 1])];
    gradient(output, { input, output }, { filterSize: 2, strides: 2, pad: "valid" });
  },
);
