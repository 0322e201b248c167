import * as tf from "@tensorflow/tfjs-core";
import { RandomStream } from "../../lib/randomness/random_stream.ts";

/** A computation that every backend must do alike. */
export interface LayerCase {
  /** What it is, with its sizes. */
  readonly name: string;
  /** Largest difference that is allowed, as a share of the largest number of the result. */
  readonly tolerance: number;
  /** Computes on the current backend: results, then gradients. Called within a tidy. */
  readonly run: () => Record<string, tf.Tensor>;
}

/** Rounding of one operation in float32, sums over some thousand numbers included. */
export const ONE_OPERATION = 2e-5;

/** Rounding of a chain of operations that divide by deviations. */
export const CHAIN = 2e-4;

/** Standard-normal numbers, the same on every backend. */
export function normal(shape: readonly number[], seed: number): tf.Tensor {
  const stream = new RandomStream(seed, "gpu-proof");
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(Float32Array.from({ length: size }, () => stream.nextNormal()), [...shape]);
}

/** A function of tensors as a case: its value and the gradient of every input. */
export function differentiable(
  name: string,
  shapes: readonly (readonly number[])[],
  compute: (...inputs: tf.Tensor[]) => tf.Tensor,
  tolerance = ONE_OPERATION,
): LayerCase {
  const run = () => {
    const inputs = shapes.map((shape, index) => normal(shape, index + 1));
    const value = compute(...inputs);
    const gradients = tf.grads(compute as (...inputs: tf.Tensor[]) => tf.Tensor)(
      inputs,
      normal(value.shape, 99),
    );
    return {
      value,
      ...Object.fromEntries(
        gradients.map((gradient, index) => [`gradient ${index + 1}`, gradient]),
      ),
    };
  };
  return { name, tolerance, run };
}

/** A function of tensors that is only used forward. */
export function forwardOnly(
  name: string,
  shapes: readonly (readonly number[])[],
  compute: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[],
  tolerance = ONE_OPERATION,
): LayerCase {
  const run = () => {
    const results = compute(...shapes.map((shape, index) => normal(shape, index + 1)));
    return Object.fromEntries(
      (Array.isArray(results) ? results : [results]).map((tensor, index) => [
        `value ${index + 1}`,
        tensor,
      ]),
    );
  };
  return { name, tolerance, run };
}
