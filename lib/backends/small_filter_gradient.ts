/** Pixels up to which, and images from which on, the gradient of a filter is faster as a convolution: measured. */
const MOST_PIXELS = 64;
const LEAST_IMAGES = 16;

/**
 * Whether the gradient of a filter is better computed as a convolution: that of a 3x3 filter which slid over small maps.
 *
 * dW[i, j] = sum over images and pixels of x[. + i, . + j] dy: a convolution whose images are the channels of x, whose
 * channels are the images, and whose filter is dy. On small maps oneDNN takes up to three times as long for its own.
 *
 * @param input Shape of x, `[images, height, width, channels]`.
 * @param filter Shape of the filter, height and width first.
 * @param slide How the filter slid: its strides along all four axes, and whether its padding is "same".
 * @returns The answer.
 */
export function isSmallFilterGradient(
  input: readonly number[],
  filter: readonly number[],
  slide: { readonly strides: readonly number[]; readonly isSame: boolean },
): boolean {
  const [images, height, width] = input as readonly [number, number, number];
  return images >= LEAST_IMAGES && height * width <= MOST_PIXELS && slide.isSame &&
    slide.strides.every((stride) => stride === 1) && filter[0] === 3 && filter[1] === 3;
}

/** Axes of x and of dy in the order of that convolution, and of its result in the order of a filter. */
export const SMALL_FILTER_AXES = {
  input: [3, 1, 2, 0],
  outputGradient: [1, 2, 0, 3],
  filter: [1, 2, 0, 3],
} as const;

/** What is laid around x: a pixel on every side, before and after each axis. */
export const SMALL_FILTER_PADDING: readonly number[] = [0, 0, 1, 1, 1, 1, 0, 0];
