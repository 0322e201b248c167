import { backend_util, type TensorInfo } from "@tensorflow/tfjs-core";
import { type KernelRunner, type Shape4D } from "./compose_kernel.ts";

type Padding = Parameters<typeof backend_util.computeConv2DInfo>[4];
type RoundingMode = Parameters<typeof backend_util.computeConv2DInfo>[5];

/** Where the taps of a two-dimensional convolution fall on its input. */
export type ConvolutionGeometry = ReturnType<typeof backend_util.computeConv2DInfo>;

/**
 * Geometry of a convolution from the attributes of its kernel.
 *
 * @param inputShape - `[batch, height, width, channels]`.
 * @param filterShape - `[filterHeight, filterWidth, inputChannels, outputChannels or multiplier]`.
 * @param attrs - the kernel's attributes `strides`, `pad`, `dilations`, `dimRoundingMode`, `dataFormat`.
 * @param depthwise - whether each channel has filters of its own.
 * @returns sizes, strides, dilations and padding.
 * @throws {TypeError} for another layout than `NHWC`.
 */
export function convolutionGeometry(
  inputShape: Shape4D,
  filterShape: Shape4D,
  attrs: Readonly<Record<string, unknown>>,
  depthwise: boolean,
): ConvolutionGeometry {
  const dataFormat = attrs["dataFormat"] ?? "NHWC";
  if (dataFormat !== "NHWC") {
    throw new TypeError(`Data format must be NHWC on this backend, current value is ${dataFormat}`);
  }
  return backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    attrs["strides"] as number | [number, number],
    (attrs["dilations"] ?? 1) as number | [number, number],
    attrs["pad"] as Padding,
    attrs["dimRoundingMode"] as RoundingMode,
    depthwise,
  );
}

/** Rows and columns of zeros on each side. */
export interface Margins {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/**
 * Surrounds images with zeros.
 *
 * @param runner - runs the kernel.
 * @param images - `[batch, height, width, channels]`.
 * @param margins - how many rows and columns; none may be negative.
 * @returns the larger images, or the input itself where there is nothing to add.
 */
export function addMargins(
  runner: KernelRunner,
  images: TensorInfo,
  { top, bottom, left, right }: Margins,
): TensorInfo {
  if (top === 0 && bottom === 0 && left === 0 && right === 0) return images;
  const paddings = [[0, 0], [top, bottom], [left, right], [0, 0]];
  return runner.run("PadV2", { x: images }, { paddings, constantValue: 0 });
}

/**
 * Margins as a convolution takes them, which sees zeros there without their being written.
 *
 * @param margins - how many rows and columns; none may be negative.
 * @returns the attribute `pad`.
 */
export function explicitPadding({ top, bottom, left, right }: Margins): number[][] {
  return [[0, 0], [top, bottom], [left, right], [0, 0]];
}

/**
 * Puts `stride - 1` zeros between neighbouring rows and columns: what a strided convolution skipped.
 *
 * @param runner - runs the kernels.
 * @param images - `[batch, height, width, channels]`.
 * @param strides - vertical and horizontal stride.
 * @returns `[batch, (height - 1) * stride + 1, (width - 1) * stride + 1, channels]`.
 */
export function spreadByStride(
  runner: KernelRunner,
  images: TensorInfo,
  [strideHeight, strideWidth]: readonly [number, number],
): TensorInfo {
  if (strideHeight === 1 && strideWidth === 1) return images;
  const [batch, height, width, channels] = images.shape as Shape4D;
  // Each pixel becomes the first of its own small block of zeros.
  const columns = runner.run("PadV2", {
    x: runner.reshape(images, [batch * height, width, 1, channels]),
  }, { paddings: [[0, 0], [0, 0], [0, strideWidth - 1], [0, 0]], constantValue: 0 });
  const rows = runner.run("PadV2", {
    x: runner.reshape(columns, [batch * height, 1, width * strideWidth, channels]),
  }, { paddings: [[0, 0], [0, strideHeight - 1], [0, 0], [0, 0]], constantValue: 0 });
  const spread = runner.reshape(rows, [
    batch,
    height * strideHeight,
    width * strideWidth,
    channels,
  ]);
  return runner.run("Slice", { x: spread }, {
    begin: [0, 0, 0, 0],
    size: [batch, (height - 1) * strideHeight + 1, (width - 1) * strideWidth + 1, channels],
  });
}

/**
 * Margins with which a convolution of the spread output gradient gives the gradient of the input. Row r of the
 * input met tap i at output row (r + top - i * dilation) / stride; turned filters and these margins reach it.
 *
 * @param geometry - of the convolution that is differentiated.
 * @returns margins; negative where explicit padding was wider than the filter.
 */
export function transposedMargins(geometry: ConvolutionGeometry): Margins {
  const { padInfo, inHeight, inWidth, outHeight, outWidth } = geometry;
  const spreadHeight = (outHeight - 1) * geometry.strideHeight + 1;
  const spreadWidth = (outWidth - 1) * geometry.strideWidth + 1;
  return {
    top: geometry.effectiveFilterHeight - 1 - padInfo.top,
    left: geometry.effectiveFilterWidth - 1 - padInfo.left,
    bottom: inHeight + padInfo.top - spreadHeight,
    right: inWidth + padInfo.left - spreadWidth,
  };
}

/**
 * Whether every margin can be added.
 *
 * @param margins - what `transposedMargins` gave.
 * @returns `false` where one is negative.
 */
export function areMarginsPositive({ top, bottom, left, right }: Margins): boolean {
  return Math.min(top, bottom, left, right) >= 0;
}
