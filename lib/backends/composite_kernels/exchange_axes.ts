import type { TensorInfo } from "@tensorflow/tfjs-core";
import { openOutput } from "./wasm_memory.ts";

/** Side of the blocks in which numbers are moved, so that what is read and what is written stays in the cache. */
const BLOCK = 8;

/**
 * Exchanges the first and the last axis: `to[c, b, a] = from[a, b, c]`.
 *
 * @param buffers - where the numbers are, and where they go.
 * @param lengths - of the three axes of `from`; a matrix has 1 in the middle.
 */
export function exchangeAxes(
  [from, to]: readonly [Float32Array, Float32Array],
  [first, middle, last]: readonly [number, number, number],
): void {
  const [rowFrom, rowTo] = [middle * last, middle * first];
  for (let b = 0; b < middle; b++) {
    for (let a0 = 0; a0 < first; a0 += BLOCK) {
      const aEnd = Math.min(a0 + BLOCK, first);
      for (let c0 = 0; c0 < last; c0 += BLOCK) {
        const cEnd = Math.min(c0 + BLOCK, last);
        for (let a = a0; a < aEnd; a++) {
          const source = a * rowFrom + b * last;
          let target = c0 * rowTo + b * first + a;
          for (let c = c0; c < cEnd; c++, target += rowTo) to[target] = from[source + c]!;
        }
      }
    }
  }
}

/**
 * A tensor with its first and last axis exchanged. The backend's own transposition takes two to ten times as long.
 *
 * @param backend - the backend that TensorFlow.js hands to a kernel.
 * @param input - `[first, ..., last]`, float32.
 * @returns `[last, ..., first]`; the caller releases it.
 */
export function withAxesExchanged(backend: unknown, input: TensorInfo): TensorInfo {
  const middle = input.shape.slice(1, -1);
  const [first, last] = [input.shape[0]!, input.shape.at(-1)!];
  const { tensor, output, inputs: [values] } = openOutput(
    backend,
    [last, ...middle, first],
    [input],
  );
  const length = middle.reduce((product, side) => product * side, 1);
  exchangeAxes([values!, output], [first, length, last]);
  return tensor;
}
