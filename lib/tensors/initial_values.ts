import { RandomStream } from "../randomness/random_stream.ts";
import type { TensorValues } from "./parameter_set.ts";

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/**
 * Uniform values in +-1 / sqrt(fanIn): PyTorch's default for convolutions and linear layers, used so that
 * results stand beside the reference run of docs/experiments.md.
 *
 * @param shape Shape of the tensor.
 * @param options fanIn = inputs per output; seed and name fix the random stream.
 * @returns The shape, and values that are drawn when they are read: whoever only counts reads none.
 */
export function uniformFanIn(
  shape: readonly number[],
  options: { readonly fanIn: number; readonly seed: number; readonly name: string },
): TensorValues {
  return {
    shape,
    get values() {
      const stream = new RandomStream(options.seed, `weights/${options.name}`);
      const bound = 1 / Math.sqrt(options.fanIn);
      // A plain loop: from() with a function takes twice as long, seconds for the largest models.
      const values = new Float32Array(sizeOf(shape));
      for (let index = 0; index < values.length; index++) {
        values[index] = (2 * stream.nextFloat() - 1) * bound;
      }
      return values;
    },
  };
}

/**
 * Uniform values in +-sqrt(6 / fanIn), which keep the size of a signal through ReLUs (He et al. 2015): for layers that no
 * norm follows. PyTorch's default would shrink the signal by a factor of 2.4 a layer, and a SqueezeNet would not learn.
 *
 * @param shape Shape of the tensor.
 * @param options fanIn = inputs per output; seed and name fix the random stream.
 */
export function uniformHe(
  shape: readonly number[],
  options: { readonly fanIn: number; readonly seed: number; readonly name: string },
): TensorValues {
  return uniformFanIn(shape, { ...options, fanIn: options.fanIn / 6 });
}

/**
 * Values that are all equal.
 *
 * @param shape Shape of the tensor.
 * @param value The value.
 */
export function constantValues(shape: readonly number[], value: number): TensorValues {
  return { shape, values: new Float32Array(sizeOf(shape)).fill(value) };
}
