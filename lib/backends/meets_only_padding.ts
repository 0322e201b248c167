/** How a filter slides along one axis. */
interface AxisSlide {
  /** Pixels of the input, >= 1. */
  readonly pixels: number;
  /** Taps of the filter, >= 1. */
  readonly taps: number;
  /** Distance of two windows in pixels, >= 1. */
  readonly stride: number;
  /** Distance of two taps in pixels, >= 1. */
  readonly dilation: number;
}

/**
 * Whether some tap of a filter lies on padding in every window, with padding "same" as TensorFlow spreads it: the larger
 * half behind. On a map of one pixel these are the outer taps of every filter.
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
