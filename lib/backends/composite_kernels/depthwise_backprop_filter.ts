import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs-core";
import {
  asShape4D,
  composeKernel,
  inputNamed,
  type KernelRunner,
  type Shape4D,
} from "./compose_kernel.ts";
import { addMargins, convolutionGeometry } from "./convolution_geometry.ts";

/**
 * Gradient of a depthwise convolution with respect to its filter, which the WASM backend lacks:
 * `dW[i, j, c, m] = sum over b, y, x of X[b, y s + i, x s + j, c] dY[b, y, x, c M + m]` on the padded input X.
 * With the images of the batch laid side by side as channels this is a depthwise convolution of X with the filter
 * dY, whose taps lie s apart; what is left is the sum over the images.
 */
export const depthwiseBackpropFilter: KernelConfig = composeKernel(
  "DepthwiseConv2dNativeBackpropFilter",
  (runner, inputs, attrs) => {
    const input = inputNamed(inputs, "x");
    const outputGradient = inputNamed(inputs, "dy");
    const filterShape = asShape4D(attrs["filterShape"] as number[]);
    const geometry = convolutionGeometry(asShape4D(input.shape), filterShape, attrs, true);
    const padded = addMargins(runner, input, geometry.padInfo);
    const [height, width, channels, multiplier] = filterShape;
    const { batchSize, outHeight, outWidth } = geometry;
    const columns = batchSize * channels;
    const correlation = runner.run("DepthwiseConv2dNative", {
      x: batchAsChannels(runner, padded),
      filter: runner.reshape(batchAsChannels(runner, outputGradient), [
        outHeight,
        outWidth,
        columns,
        multiplier,
      ]),
    }, {
      strides: [geometry.dilationHeight, geometry.dilationWidth],
      pad: "valid",
      dilations: [geometry.strideHeight, geometry.strideWidth],
    });
    // A stride that does not divide the input leaves rows that no tap of the filter met.
    const met = runner.run("Slice", { x: correlation }, {
      begin: [0, 0, 0, 0],
      size: [1, height, width, columns * multiplier],
    });
    if (batchSize === 1) return runner.reshape(met, filterShape);
    const perImage = runner.reshape(met, [height * width, batchSize, channels * multiplier]);
    const sum = runner.run("Sum", { x: perImage }, { axis: [1], keepDims: false });
    return runner.reshape(sum, filterShape);
  },
);

/** `[batch, height, width, channels]` to `[1, height, width, batch * channels]`. */
function batchAsChannels(runner: KernelRunner, images: TensorInfo): TensorInfo {
  const [batch, height, width, channels] = images.shape as Shape4D;
  if (batch === 1) return images;
  const turned = runner.run("Transpose", { x: images }, { perm: [1, 2, 0, 3] });
  return runner.reshape(turned, [1, height, width, batch * channels]);
}
