import type { KernelConfig } from "@tensorflow/tfjs-core";
import { asShape4D, composeKernel, inputNamed } from "./compose_kernel.ts";
import { convolutionGeometry, explicitPadding } from "./convolution_geometry.ts";
import { withAxesExchanged } from "./exchange_axes.ts";

/**
 * Gradient of a convolution with respect to its filter, which the WASM backend lacks:
 * `dW[i, j, c, o] = sum over b, y, x of X[b, y s + i, x s + j, c] dY[b, y, x, o]` on the padded input X.
 * With the channels c as the batch and the batch b as the channels this is itself a convolution: of X with the
 * filter dY, whose taps lie s apart.
 */
export const conv2dBackpropFilter: KernelConfig = composeKernel(
  "Conv2DBackpropFilter",
  (runner, inputs, attrs) => {
    const input = inputNamed(inputs, "x");
    const outputGradient = inputNamed(inputs, "dy");
    const filterShape = asShape4D(attrs["filterShape"] as number[]);
    const geometry = convolutionGeometry(asShape4D(input.shape), filterShape, attrs, false);
    // [batch, height, width, channels] -> [channels, height, width, batch]
    const images = runner.make((backend) => withAxesExchanged(backend, input));
    // [batch, height, width, outputs] -> [height, width, batch, outputs]
    const taps = runner.run("Transpose", { x: outputGradient }, { perm: [1, 2, 0, 3] });
    const correlation = runner.run("Conv2D", { x: images, filter: taps }, {
      strides: 1,
      pad: explicitPadding(geometry.padInfo),
      dataFormat: "NHWC",
      dilations: [geometry.strideHeight, geometry.strideWidth],
    });
    // A stride that does not divide the input leaves rows that no tap of the filter met.
    const [height, width, inputChannels, outputs] = filterShape;
    const size = [inputChannels, height, width, outputs];
    const met = size.every((side, axis) => side === correlation.shape[axis])
      ? correlation
      : runner.run("Slice", { x: correlation }, { begin: [0, 0, 0, 0], size });
    return runner.run("Transpose", { x: met }, { perm: [1, 2, 0, 3] });
  },
);
