import { backend_util, type KernelConfig } from "@tensorflow/tfjs-core";
import { asShape4D, COMPOSED_BACKEND, inputNamed } from "./compose_kernel.ts";
import { openOutput } from "./wasm_memory.ts";

type Pool2D = ReturnType<typeof backend_util.computePool2DInfo>;
/** What a window covers; rows are counted through all images. */
interface Window {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

type PoolArguments = Parameters<typeof backend_util.computePool2DInfo>;

/**
 * Index of the first largest number of a channel in rows `[top, bottom)` and columns `[left, right)` of an image; -1 where
 * there are none.
 */
function largestOf(
  values: Float32Array,
  { inWidth, inChannels }: Pool2D,
  window: Window,
  channel: number,
): number {
  let best = -1;
  let largest = 0;
  for (let row = window.top; row < window.bottom; row++) {
    let index = (row * inWidth + window.left) * inChannels + channel;
    for (let column = window.left; column < window.right; column++, index += inChannels) {
      const value = values[index]!;
      if (best < 0 || value > largest) {
        best = index;
        largest = value;
      }
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
    const { inHeight, inWidth, filterHeight, filterWidth, padInfo } = pool;
    for (let image = 0; image < pool.batchSize; image++) {
      for (let y = 0; y < pool.outHeight; y++) {
        const row = y * pool.strideHeight - padInfo.top;
        const top = image * inHeight + Math.max(row, 0);
        const bottom = image * inHeight + Math.min(row + filterHeight, inHeight);
        for (let x = 0; x < pool.outWidth; x++) {
          const column = x * pool.strideWidth - padInfo.left;
          const right = Math.min(column + filterWidth, inWidth);
          const window = { top, bottom, left: Math.max(column, 0), right };
          for (let channel = 0; channel < pool.inChannels; channel++, next++) {
            const best = largestOf(values, pool, window, channel);
            if (best >= 0) output[best]! += gradient[next]!;
          }
        }
      }
    }
    return tensor;
  },
};
