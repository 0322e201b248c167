import type { ComplexityMeasure } from "./complexity_measure.ts";
import { checkImageSize } from "./grey_image.ts";

/** Options of {@linkcode measureComplexity}. */
export interface MeasureComplexityOptions {
  /** Rows of every image. */
  readonly height: number;
  /** Columns of every image. */
  readonly width: number;
  /** The measure, for example `complexityMeasure("entropy")`. */
  readonly measure: ComplexityMeasure;
}

/**
 * Measures the complexity of every image of a batch.
 *
 * @param pixels Images `[batch, height, width, 3]` (RGB), row-major, uint8, 0..255; the batch may be empty.
 * @param options Size of the images and the measure.
 * @returns Complexity per image, `[batch]`, in the unit of the measure.
 * @throws {RangeError} If `pixels` does not hold a whole number of images, or the size is not positive.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { complexityMeasure } from "./measure_registry.ts";
 *
 * const measure = complexityMeasure("spatial-entropy");
 * const batch = Uint8Array.of(9, 9, 9, 9, 9, 9, 0, 0, 0, 255, 255, 255);
 * assert.deepEqual([...measureComplexity(batch, { height: 1, width: 2, measure })], [0, 1]);
 * ```
 */
export function measureComplexity(
  pixels: Uint8Array,
  options: MeasureComplexityOptions,
): Float64Array {
  const { height, width, measure } = options;
  const imageLength = 3 * checkImageSize(options);
  if (pixels.length % imageLength !== 0) {
    throw new RangeError(
      `Cannot measure complexity: pixels must hold whole images of ${height} x ${width} x 3 = ` +
        `${imageLength} values, current length is ${pixels.length}`,
    );
  }
  const complexities = new Float64Array(pixels.length / imageLength);
  for (let index = 0; index < complexities.length; index++) {
    const start = index * imageLength;
    complexities[index] = measure.measure({
      pixels: pixels.subarray(start, start + imageLength),
      height,
      width,
    });
  }
  return complexities;
}
