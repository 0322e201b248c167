import type { KernelConfig, NamedAttrMap } from "@tensorflow/tfjs-core";
import { asShape4D, composeKernel, inputNamed } from "./compose_kernel.ts";
import { turnFilter } from "./turn_filter.ts";
import {
  areMarginsPositive,
  convolutionGeometry,
  explicitPadding,
  spreadByStride,
  transposedMargins,
} from "./convolution_geometry.ts";

/**
 * Gradient of a convolution with respect to its input, as a convolution of the output gradient with the turned
 * filter. The WASM backend has a kernel for it, but one in plain loops: eight to twelve times slower, measured at
 * [64, 32, 32, 16] to [64, 4, 4, 128] with 3x3 filters.
 *
 * @param original - the backend's own kernel, for padding wider than the filter.
 * @returns the kernel that takes its place.
 */
export function conv2dBackpropInput(original: KernelConfig): KernelConfig {
  return composeKernel("Conv2DBackpropInput", (runner, inputs, attrs) => {
    const outputGradient = inputNamed(inputs, "dy");
    const filter = inputNamed(inputs, "filter");
    const geometry = convolutionGeometry(
      asShape4D(attrs["inputShape"] as number[]),
      asShape4D(filter.shape),
      attrs,
      false,
    );
    const margins = transposedMargins(geometry);
    if (!areMarginsPositive(margins)) {
      return runner.runConfig(original, inputs, attrs as NamedAttrMap);
    }
    const spread = spreadByStride(runner, outputGradient, [
      geometry.strideHeight,
      geometry.strideWidth,
    ]);
    const taps = runner.make((backend) => turnFilter(backend, filter));
    return runner.run("Conv2D", { x: spread, filter: taps }, {
      strides: 1,
      pad: explicitPadding(margins),
      dataFormat: "NHWC",
      dilations: 1,
    });
  });
}
