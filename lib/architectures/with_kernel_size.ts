import type { Layer } from "./layer.ts";

/**
 * The same architecture with larger or smaller kernels: every convolution but the 1x1 ones gets the new size. "Same"
 * padding keeps the sizes of all feature maps.
 *
 * @param layers The architecture.
 * @param kernelSize Side of the kernels in taps, an odd integer >= 1.
 * @returns The changed copy.
 * @throws {RangeError} if the size is not an odd integer >= 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { convolution, convolutionsOf } from "./layer.ts";
 *
 * const shape = { inputChannels: 3, outputChannels: 8 };
 * const layers = [convolution("a", { kernelSize: 3, ...shape }), convolution("b", { kernelSize: 1, ...shape })];
 * assert.deepEqual(convolutionsOf(withKernelSize(layers, 5)).map((layer) => layer.kernelSize), [5, 1]);
 * ```
 */
export function withKernelSize(layers: readonly Layer[], kernelSize: number): Layer[] {
  if (!Number.isInteger(kernelSize) || kernelSize < 1 || kernelSize % 2 === 0) {
    throw new RangeError(
      `Cannot change the kernels: their size must be an odd integer >= 1, current value is ${kernelSize}`,
    );
  }
  return layers.map((layer): Layer => {
    if (layer.kind === "convolution") {
      return layer.kernelSize === 1 ? layer : { ...layer, kernelSize };
    }
    if (layer.kind === "residual") {
      const body = withKernelSize(layer.body, kernelSize);
      return { ...layer, body, shortcut: withKernelSize(layer.shortcut, kernelSize) };
    }
    if (layer.kind !== "concatenation") return layer;
    const branches = layer.branches.map((branch) => withKernelSize(branch, kernelSize));
    return { ...layer, branches };
  });
}
