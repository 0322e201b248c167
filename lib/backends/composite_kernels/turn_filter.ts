import type { TensorInfo } from "@tensorflow/tfjs-core";
import { asShape4D } from "./compose_kernel.ts";
import { exchangeAxes } from "./exchange_axes.ts";
import { openOutput } from "./wasm_memory.ts";

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
    exchangeAxes([from, to], [inputs, 1, outputs]);
  }
  return tensor;
}
