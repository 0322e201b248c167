/** How a filter slides along one axis. */
export interface AxisSlide {
  /** Pixels of the input, >= 1. */
  readonly pixels: number;
  /** Taps of the filter, >= 1. */
  readonly taps: number;
  /** Distance of two windows in pixels, >= 1. */
  readonly stride: number;
  /** Distance of two taps in pixels, >= 1. */
  readonly dilation: number;
}

/** A convolution, of which the gradients are meant too. */
export interface ConvolutionSlide {
  /** Along the height. */
  readonly vertical: AxisSlide;
  /** Along the width. */
  readonly horizontal: AxisSlide;
  /** Whether the map is padded as TensorFlow's "same" does: the larger half behind. */
  readonly padded: boolean;
}

/**
 * Whether some tap of a filter lies on padding in every window, where the map is padded. On a map of one pixel these are
 * the outer taps of every filter.
 *
 * @param axis Pixels, taps, stride and dilation along one axis.
 * @returns Whether there is such a tap; its gradient is zero.
 */
export function meetsOnlyPadding({ pixels, taps, stride, dilation }: AxisSlide): boolean {
  const windows = Math.ceil(pixels / stride);
  const padding = Math.max((windows - 1) * stride + (taps - 1) * dilation + 1 - pixels, 0);
  const before = Math.floor(padding / 2);
  return Array.from({ length: taps }, (_, tap) => tap * dilation - before).some((first) => {
    // The first window whose tap is not before the map.
    const at = first + Math.max(Math.ceil(-first / stride), 0) * stride;
    return at >= pixels || at > first + (windows - 1) * stride;
  });
}

/**
 * Whether oneDNN 3.7 computes a convolution, or the gradient of its input, wrongly in bfloat16: with a stride, where the
 * output is one pixel wide and higher, rows are left out (on processors with AMX), and with filters of an even side
 * others. Found by trying thousands of geometries beside float32; no model of the toolkit has one.
 *
 * @param slide The convolution.
 * @returns Whether it is to be computed in float32.
 */
export function losesRows({ vertical, horizontal, padded }: ConvolutionSlide): boolean {
  if (vertical.stride === 1 && horizontal.stride === 1) return false;
  const { pixels, taps, stride, dilation } = horizontal;
  const reach = (taps - 1) * dilation;
  const width = Math.ceil((padded ? pixels : pixels - reach) / stride);
  return width <= 1 || taps % 2 === 0 || vertical.taps % 2 === 0;
}

/**
 * Whether oneDNN 3.7 leaves taps of a filter's gradient as the memory was when it computes in bfloat16: those that meet
 * only padding (on processors with AVX-512 and with AMX). In float32 it sets them to zero.
 *
 * @param slide The convolution.
 * @returns Whether the gradient of its filter is to be computed in float32.
 */
export function leavesTapsUnset({ vertical, horizontal, padded }: ConvolutionSlide): boolean {
  return padded && (meetsOnlyPadding(vertical) || meetsOnlyPadding(horizontal));
}
