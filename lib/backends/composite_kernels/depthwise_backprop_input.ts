import type { KernelConfig } from "@tensorflow/tfjs-core";
import { asShape4D, composeKernel, inputNamed } from "./compose_kernel.ts";
import {
  areMarginsPositive,
  convolutionGeometry,
  explicitPadding,
  spreadByStride,
  transposedMargins,
} from "./convolution_geometry.ts";

/**
 * Gradient of a depthwise convolution with respect to its input, which the WASM backend lacks: a depthwise
 * convolution of the output gradient with the turned filter. With a channel multiplier m, the m outputs of an
 * input channel lie side by side and are added up.
 */
export const depthwiseBackpropInput: KernelConfig = composeKernel(
  "DepthwiseConv2dNativeBackpropInput",
  (runner, inputs, attrs) => {
    const outputGradient = inputNamed(inputs, "dy");
    const filter = inputNamed(inputs, "filter");
    const inputShape = asShape4D(attrs["inputShape"] as number[]);
    const filterShape = asShape4D(filter.shape);
    const geometry = convolutionGeometry(inputShape, filterShape, attrs, true);
    const margins = transposedMargins(geometry);
    if (!areMarginsPositive(margins)) {
      throw new RangeError(
        `Padding of a depthwise convolution must be smaller than its filter, current filter is ` +
          `[${filterShape.join(", ")}]`,
      );
    }
    const spread = spreadByStride(runner, outputGradient, [
      geometry.strideHeight,
      geometry.strideWidth,
    ]);
    const [height, width, channels, multiplier] = filterShape;
    const turned = runner.run("Reverse", { x: filter }, { dims: [0, 1] });
    const gradient = runner.run("DepthwiseConv2dNative", {
      x: spread,
      filter: runner.reshape(turned, [height, width, channels * multiplier, 1]),
    }, {
      strides: 1,
      pad: explicitPadding(margins),
      dilations: [geometry.dilationHeight, geometry.dilationWidth],
    });
    if (multiplier === 1) return gradient;
    const apart = runner.reshape(gradient, [...inputShape, multiplier]);
    return runner.run("Sum", { x: apart }, { axis: [4], keepDims: false });
  },
);
