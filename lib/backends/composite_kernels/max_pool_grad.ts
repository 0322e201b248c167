import { backend_util, type KernelConfig } from "@tensorflow/tfjs-core";
import { asShape4D, COMPOSED_BACKEND, inputNamed } from "./compose_kernel.ts";
import { openOutput } from "./wasm_memory.ts";

type Pool2D = ReturnType<typeof backend_util.computePool2DInfo>;
type PoolArguments = Parameters<typeof backend_util.computePool2DInfo>;

/** Index of the first largest number of a window, as of the map's first channel; -1 for a window of margins alone. */
function largestOf(
  values: Float32Array,
  pool: Pool2D,
  corner: { readonly image: number; readonly row: number; readonly column: number },
  channel: number,
): number {
  const { inHeight, inWidth, inChannels, filterHeight, filterWidth } = pool;
  let best = -1;
  for (let row = corner.row; row < corner.row + filterHeight; row++) {
    if (row < 0 || row >= inHeight) continue;
    for (let column = corner.column; column < corner.column + filterWidth; column++) {
      if (column < 0 || column >= inWidth) continue;
      const index = ((corner.image * inHeight + row) * inWidth + column) * inChannels + channel;
      if (best < 0 || values[index]! > values[best]!) best = index;
    }
  }
  return best;
}

/**
 * Gradient of max-pooling: each number goes to the first largest of its window. The WASM backend's own kernel starts the
 * search for the largest at 0 and passes nothing on where all numbers of a window are negative.
 */
export const maxPoolGrad: KernelConfig = {
  kernelName: "MaxPoolGrad",
  backendName: COMPOSED_BACKEND,
  kernelFunc({ inputs, attrs, backend }) {
    const input = inputNamed(inputs, "input");
    const { filterSize, strides, pad, dimRoundingMode } = attrs as Record<string, unknown>;
    const pool = backend_util.computePool2DInfo(
      asShape4D(input.shape),
      filterSize as PoolArguments[1],
      strides as PoolArguments[2],
      1,
      pad as PoolArguments[4],
      dimRoundingMode as PoolArguments[5],
    );
    const { tensor, output, inputs: views } = openOutput(backend, input.shape, [
      input,
      inputNamed(inputs, "dy"),
    ]);
    const [values, gradient] = views as [Float32Array, Float32Array];
    output.fill(0);
    let next = 0;
    for (let image = 0; image < pool.batchSize; image++) {
      for (let y = 0; y < pool.outHeight; y++) {
        const row = y * pool.strideHeight - pool.padInfo.top;
        for (let x = 0; x < pool.outWidth; x++) {
          const corner = { image, row, column: x * pool.strideWidth - pool.padInfo.left };
          for (let channel = 0; channel < pool.inChannels; channel++, next++) {
            const best = largestOf(values, pool, corner, channel);
            if (best >= 0) output[best]! += gradient[next]!;
          }
        }
      }
    }
    return tensor;
  },
};
