import type { KernelConfig } from "@tensorflow/tfjs-core";
import { asShape4D, COMPOSED_BACKEND, inputNamed } from "./compose_kernel.ts";
import { type ConvolutionGeometry, convolutionGeometry } from "./convolution_geometry.ts";
import { openOutput } from "./wasm_memory.ts";

/** Adds the products of one row of the output gradient with one row of the input to the sums of one tap. */
function addRow(
  sums: Float64Array,
  [input, gradient]: readonly [Float32Array, Float32Array],
  geometry: ConvolutionGeometry,
  at: { readonly inputRow: number; readonly gradientRow: number; readonly tapColumn: number },
): void {
  const { inChannels, outChannels, inWidth, outWidth, strideWidth, padInfo } = geometry;
  const multiplier = outChannels / inChannels;
  const shift = at.tapColumn * geometry.dilationWidth - padInfo.left;
  for (let x = 0; x < outWidth; x++) {
    const column = x * strideWidth + shift;
    if (column < 0 || column >= inWidth) continue;
    const from = (at.inputRow * inWidth + column) * inChannels;
    const to = (at.gradientRow * outWidth + x) * outChannels;
    if (multiplier === 1) {
      for (let channel = 0; channel < outChannels; channel++) {
        sums[channel]! += input[from + channel]! * gradient[to + channel]!;
      }
    } else {
      for (let channel = 0; channel < outChannels; channel++) {
        sums[channel]! += input[from + Math.floor(channel / multiplier)]! * gradient[to + channel]!;
      }
    }
  }
}

/**
 * Gradient of a depthwise convolution with respect to its filter, which the WASM backend lacks:
 * `dW[i, j, c, m] = sum over b, y, x of X[b, y s + i, x s + j, c] dY[b, y, x, c M + m]`. In JavaScript, since its kernels
 * can only do it as a convolution whose filter is as large as the map, which takes five times as long. Sums are float64.
 */
export const depthwiseBackpropFilter: KernelConfig = {
  kernelName: "DepthwiseConv2dNativeBackpropFilter",
  backendName: COMPOSED_BACKEND,
  kernelFunc({ inputs, attrs, backend }) {
    const x = inputNamed(inputs, "x");
    const dy = inputNamed(inputs, "dy");
    const attributes = (attrs ?? {}) as Record<string, unknown>;
    const shape = asShape4D(attributes["filterShape"] as number[]);
    const geometry = convolutionGeometry(asShape4D(x.shape), shape, attributes, true);
    const { tensor, output, inputs: views } = openOutput(backend, shape, [x, dy]);
    const { batchSize, inHeight, outHeight, outChannels, strideHeight, padInfo } = geometry;
    const [height, width] = shape;
    for (let tapRow = 0; tapRow < height; tapRow++) {
      for (let tapColumn = 0; tapColumn < width; tapColumn++) {
        const sums = new Float64Array(outChannels);
        for (let image = 0; image < batchSize; image++) {
          for (let y = 0; y < outHeight; y++) {
            const row = y * strideHeight + tapRow * geometry.dilationHeight - padInfo.top;
            if (row < 0 || row >= inHeight) continue;
            addRow(sums, views as [Float32Array, Float32Array], geometry, {
              inputRow: image * inHeight + row,
              gradientRow: image * outHeight + y,
              tapColumn,
            });
          }
        }
        output.set(sums, (tapRow * width + tapColumn) * outChannels);
      }
    }
    return tensor;
  },
};
