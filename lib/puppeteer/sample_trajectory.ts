import * as tf from "@tensorflow/tfjs-core";

/**
 * Reads a trajectory at n/N for n = 1 .. N: linearly between the states of the grid it was integrated on, and exactly
 * where the two grids meet. So one trajectory, integrated once, serves networks of every depth.
 *
 * @param trajectory K at 0, 1/T, .., 1: T + 1 states of equal shape.
 * @param depth N, an integer >= 1.
 * @returns N states; those that meet the grid are the given tensors themselves.
 * @throws {RangeError} if there are fewer than two states, or depth is not an integer >= 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as tf from "@tensorflow/tfjs-core";
 * import { selectBackend } from "../backends/select_backend.ts";
 *
 * await selectBackend("cpu");
 * const line = [0, 1, 2, 3].map((value) => tf.scalar(value));
 * const read = sampleTrajectory(line, 2);
 * assert.deepEqual(await Promise.all(read.map((state) => state.array())), [1.5, 3]);
 * ```
 */
export function sampleTrajectory<State extends tf.Tensor>(
  trajectory: readonly State[],
  depth: number,
): State[] {
  const steps = trajectory.length - 1;
  if (steps < 1 || !Number.isInteger(depth) || depth < 1) {
    throw new RangeError(
      `Cannot sample a trajectory: it needs a step and a depth that is an integer >= 1, current values are ${steps} ` +
        `and ${depth}`,
    );
  }
  return Array.from({ length: depth }, (_, index) => {
    // In whole numbers: a fraction would miss the states of the grid by a rounding.
    const position = (index + 1) * steps;
    const before = Math.floor(position / depth);
    const share = (position % depth) / depth;
    const state = trajectory[before]!;
    if (share === 0) return state;
    return tf.add<State>(tf.mul(state, 1 - share), tf.mul(trajectory[before + 1]!, share));
  });
}
