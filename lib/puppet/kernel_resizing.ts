import * as tf from "@tensorflow/tfjs-core";
import { MOST_POOLED_CHANNELS } from "../backends/wasm_limits.ts";

/** Size of a convolution kernel. */
export interface KernelShape {
  /** Side in taps. */
  readonly kernelSize: number;
  /** Channels of the layer's input. */
  readonly inputChannels: number;
  /** Channels of the layer's output. */
  readonly outputChannels: number;
}

/**
 * Adaptive average pooling of one axis as a matrix: row i averages the bin
 * floor(i L / n) .. ceil((i + 1) L / n) - 1 of an axis of length L.
 *
 * @param length L, length before pooling, >= 1.
 * @param bins n, length after pooling, >= 1.
 * @returns `[bins, length]` row-major, float32; every row sums to 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...adaptivePoolingMatrix(4, 2)], [0.5, 0.5, 0, 0, 0, 0, 0.5, 0.5]);
 * ```
 */
export function adaptivePoolingMatrix(length: number, bins: number): Float32Array {
  const matrix = new Float32Array(bins * length);
  for (let bin = 0; bin < bins; bin++) {
    const start = Math.floor((bin * length) / bins);
    const end = Math.ceil(((bin + 1) * length) / bins);
    matrix.fill(1 / (end - start), bin * length + start, bin * length + end);
  }
  return matrix;
}

/** How several channels of a state become one of a kernel: their mean, or the middle one of them. */
export type KernelReduction = "pooling" | "selection";

/**
 * Selection from one axis as a matrix: row i picks position floor((i + 1/2) L / n) of an axis of length L, the middle one
 * of its group where the lengths divide.
 *
 * @param length L, length before selection, >= 1.
 * @param bins n, length after selection, 1 .. L.
 * @returns `[bins, length]` row-major, float32; every row holds a single 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...selectionMatrix(4, 2)], [0, 1, 0, 0, 0, 0, 0, 1]);
 * ```
 */
export function selectionMatrix(length: number, bins: number): Float32Array {
  const matrix = new Float32Array(bins * length);
  for (let bin = 0; bin < bins; bin++) {
    matrix[bin * length + Math.floor(((bin + 0.5) * length) / bins)] = 1;
  }
  return matrix;
}

function reductionMatrix(length: number, bins: number, reduction: KernelReduction): tf.Tensor2D {
  const rows = reduction === "pooling"
    ? adaptivePoolingMatrix(length, bins)
    : selectionMatrix(length, bins);
  return tf.tensor2d(rows, [bins, length]);
}

/** Reduces the middle axis of `[a, group, b]` to nothing. */
function reduceGroups(groups: tf.Tensor3D, reduction: KernelReduction): tf.Tensor {
  return reduction === "pooling"
    ? tf.mean(groups, 1)
    : tf.slice(groups, [0, Math.floor(groups.shape[1] / 2), 0], [-1, 1, -1]);
}

/** Reduces the first axis of `[length, rest]` to `[bins, rest]`. */
function reduceFirstAxis(
  values: tf.Tensor2D,
  bins: number,
  reduction: KernelReduction,
): tf.Tensor2D {
  const [length, rest] = values.shape;
  if (length === bins) return values;
  if (length % bins === 0) {
    const groups = tf.reshape<tf.Rank.R3>(values, [bins, length / bins, rest]);
    return tf.reshape(reduceGroups(groups, reduction), [bins, rest]);
  }
  return tf.matMul(reductionMatrix(length, bins, reduction), values);
}

/**
 * Pools the height of `[1, bins * size, taps, channels]` to `bins` by average pooling: `tf.mean` over a middle axis takes
 * WASM three times as long, and TensorFlow twice.
 */
function poolHeight(maps: tf.Tensor4D, bins: number): tf.Tensor4D {
  const [, height, taps, channels] = maps.shape;
  const size = height / bins;
  return tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => ({
    value: tf.avgPool(inputs[0] as tf.Tensor4D, [size, 1], [size, 1], "valid"),
    gradFunc: (gradient: tf.Tensor) => {
      const shares = tf.fill([bins, size, taps * channels], 1 / size);
      const repeated = tf.mul(tf.reshape(gradient, [bins, 1, taps * channels]), shares);
      return tf.reshape(repeated, maps.shape);
    },
  }))(maps) as tf.Tensor4D;
}

/** Reduces `[C_in, taps, outputs]`, in any shape, to `[c_in, taps, outputs]`. */
function reduceInputs(
  values: tf.Tensor,
  [inputs, taps, outputs]: readonly [number, number, number],
  { bins, reduction }: { readonly bins: number; readonly reduction: KernelReduction },
): tf.Tensor {
  const isPoolable = inputs !== bins && inputs % bins === 0 && outputs <= MOST_POOLED_CHANNELS;
  if (reduction === "pooling" && isPoolable) {
    return poolHeight(tf.reshape(values, [1, inputs, taps, outputs]), bins);
  }
  return reduceFirstAxis(tf.reshape(values, [inputs, taps * outputs]), bins, reduction);
}

/** Reduces the last axis of `[rest, length]` to `[rest, bins]`. */
function reduceLastAxis(
  values: tf.Tensor2D,
  bins: number,
  reduction: KernelReduction,
): tf.Tensor2D {
  const [rest, length] = values.shape;
  if (length === bins) return values;
  if (length % bins === 0) {
    const group = length / bins;
    // The last axis is the one that every backend adds up without moving the numbers first.
    if (reduction === "pooling") return tf.mean(tf.reshape(values, [rest, bins, group]), 2);
    const groups = tf.reshape<tf.Rank.R3>(values, [rest * bins, group, 1]);
    return tf.reshape(reduceGroups(groups, reduction), [rest, bins]);
  }
  return tf.matMul(values, reductionMatrix(length, bins, reduction), false, true);
}

/**
 * Turns a state of the trajectory into the kernel of a layer by adaptive 3-D average pooling over
 * (C_out, C_in, taps) (section 3.3 of the paper: "resized via 3D average pooling"). Linear; the identity
 * at equal size; a constant state stays constant. Selection takes one number where pooling takes the mean of several.
 *
 * @param state K, `[1, C_in, taps, C_out]`, float32.
 * @param shape Size of the kernel wanted.
 * @param reduction How several numbers become one. Default "pooling".
 * @returns `[kernelSize, kernelSize, inputChannels, outputChannels]`, float32; taps in row-major order.
 */
export function resizeKernel(
  state: tf.Tensor4D,
  shape: KernelShape,
  reduction: KernelReduction = "pooling",
): tf.Tensor4D {
  const [, stateInputs, stateTaps, stateOutputs] = state.shape;
  const { kernelSize, inputChannels, outputChannels } = shape;
  const taps = kernelSize * kernelSize;
  // [inputs, taps, C_out] -> [inputs, taps, c_out]
  const reduceOutputs = (values: tf.Tensor, inputs: number) =>
    reduceLastAxis(
      tf.reshape(values, [inputs * stateTaps, stateOutputs]),
      outputChannels,
      reduction,
    );
  const toInputs = { bins: inputChannels, reduction };
  // Bins of unequal size take a product, which is better made with what the other axis leaves.
  const reduced = stateInputs % inputChannels === 0
    ? reduceOutputs(
      reduceInputs(state, [stateInputs, stateTaps, stateOutputs], toInputs),
      inputChannels,
    )
    : reduceInputs(
      reduceOutputs(state, stateInputs),
      [stateInputs, stateTaps, outputChannels],
      toInputs,
    );
  // [c_in, taps, c_out] -> [taps, c_in, c_out]
  const tapsFirst = tf.transpose(
    tf.reshape(reduced, [inputChannels, stateTaps, outputChannels]),
    [1, 0, 2],
  );
  const tapsReduced = reduceFirstAxis(
    tf.reshape(tapsFirst, [stateTaps, inputChannels * outputChannels]),
    taps,
    reduction,
  );
  return tf.reshape(tapsReduced, [kernelSize, kernelSize, inputChannels, outputChannels]);
}
