import type { TensorInfo } from "@tensorflow/tfjs-core";
import { asShape4D } from "./compose_kernel.ts";
import { openOutput } from "./wasm_memory.ts";

/** Side of the blocks in which a matrix is turned: both of a block stay in the cache. */
const BLOCK = 32;

function turnMatrix(
  [from, to]: readonly [Float32Array, Float32Array],
  rows: number,
  columns: number,
): void {
  for (let row0 = 0; row0 < rows; row0 += BLOCK) {
    const lastRow = Math.min(row0 + BLOCK, rows);
    for (let column0 = 0; column0 < columns; column0 += BLOCK) {
      const lastColumn = Math.min(column0 + BLOCK, columns);
      for (let row = row0; row < lastRow; row++) {
        for (let column = column0; column < lastColumn; column++) {
          to[column * rows + row] = from[row * columns + column]!;
        }
      }
    }
  }
}

/**
 * A filter upside down, with inputs and outputs exchanged: the one with which a convolution runs backwards. The backend's
 * own kernels, one for each, take ten times as long.
 *
 * @param backend - the backend that TensorFlow.js hands to a kernel.
 * @param filter - `[height, width, inputs, outputs]`, float32.
 * @returns `[height, width, outputs, inputs]`; the caller releases it.
 */
export function turnFilter(backend: unknown, filter: TensorInfo): TensorInfo {
  const [height, width, inputs, outputs] = asShape4D(filter.shape);
  const { tensor, output, inputs: [values] } = openOutput(
    backend,
    [height, width, outputs, inputs],
    [filter],
  );
  const size = inputs * outputs;
  const taps = height * width;
  for (let tap = 0; tap < taps; tap++) {
    const from = values!.subarray(tap * size, (tap + 1) * size);
    const to = output.subarray((taps - 1 - tap) * size, (taps - tap) * size);
    turnMatrix([from, to], inputs, outputs);
  }
  return tensor;
}
