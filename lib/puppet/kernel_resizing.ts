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

function poolingMatrix(length: number, bins: number): tf.Tensor2D {
  return tf.tensor2d(adaptivePoolingMatrix(length, bins), [bins, length]);
}

/** Pools the first axis of `[length, rest]` to `[bins, rest]`. */
function poolFirstAxis(values: tf.Tensor2D, bins: number): tf.Tensor2D {
  const [length, rest] = values.shape;
  if (length === bins) return values;
  if (length % bins === 0) return tf.mean(tf.reshape(values, [bins, length / bins, rest]), 1);
  return tf.matMul(poolingMatrix(length, bins), values);
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

/** Pools `[C_in, taps, outputs]`, in any shape, to `[c_in, taps, outputs]`. */
function poolInputs(
  values: tf.Tensor,
  [inputs, taps, outputs]: readonly [number, number, number],
  bins: number,
): tf.Tensor {
  if (inputs !== bins && inputs % bins === 0 && outputs <= MOST_POOLED_CHANNELS) {
    return poolHeight(tf.reshape(values, [1, inputs, taps, outputs]), bins);
  }
  return poolFirstAxis(tf.reshape(values, [inputs, taps * outputs]), bins);
}

/** Pools the last axis of `[rest, length]` to `[rest, bins]`. */
function poolLastAxis(values: tf.Tensor2D, bins: number): tf.Tensor2D {
  const [rest, length] = values.shape;
  if (length === bins) return values;
  if (length % bins === 0) {
    // The last axis is the one that every backend adds up without moving the numbers first.
    return tf.mean(tf.reshape(values, [rest, bins, length / bins]), 2);
  }
  return tf.matMul(values, poolingMatrix(length, bins), false, true);
}

/**
 * Turns a state of the trajectory into the kernel of a layer by adaptive 3-D average pooling over
 * (C_out, C_in, taps) (section 3.3 of the paper: "resized via 3D average pooling"). Linear; the identity
 * at equal size; a constant state stays constant. Called within `tf.tidy`, which frees what is computed on the way.
 *
 * @param state K, `[1, C_in, taps, C_out]`, float32.
 * @param shape Size of the kernel wanted.
 * @returns `[kernelSize, kernelSize, inputChannels, outputChannels]`, float32; taps in row-major order.
 */
export function resizeKernel(state: tf.Tensor4D, shape: KernelShape): tf.Tensor4D {
  const [, stateInputs, stateTaps, stateOutputs] = state.shape;
  const { kernelSize, inputChannels, outputChannels } = shape;
  const taps = kernelSize * kernelSize;
  // [inputs, taps, C_out] -> [inputs, taps, c_out]
  const poolOutputs = (values: tf.Tensor, inputs: number) =>
    poolLastAxis(tf.reshape(values, [inputs * stateTaps, stateOutputs]), outputChannels);
  // Bins of unequal size take a product, which is better made with what the other axis leaves.
  const pooled = stateInputs % inputChannels === 0
    ? poolOutputs(
      poolInputs(state, [stateInputs, stateTaps, stateOutputs], inputChannels),
      inputChannels,
    )
    : poolInputs(
      poolOutputs(state, stateInputs),
      [stateInputs, stateTaps, outputChannels],
      inputChannels,
    );
  // [c_in, taps, c_out] -> [taps, c_in, c_out]
  const tapsFirst = tf.transpose(
    tf.reshape(pooled, [inputChannels, stateTaps, outputChannels]),
    [1, 0, 2],
  );
  const tapsPooled = poolFirstAxis(
    tf.reshape(tapsFirst, [stateTaps, inputChannels * outputChannels]),
    taps,
  );
  return tf.reshape(tapsPooled, [kernelSize, kernelSize, inputChannels, outputChannels]);
}
