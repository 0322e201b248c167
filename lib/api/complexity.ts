import { describeGiven } from "../arguments/describe_given.ts";
import { complexityMeasure } from "../complexity/measure_registry.ts";
import type { RgbImage } from "../complexity/complexity_measure.ts";

/**
 * The complexity H(x) of an image, from which depth and kernels follow (Eq. 7-8 of the paper). That of a picture file as a
 * model sees it, at the model's size, is in the answer of `model.classify`.
 *
 * @param image Pixels `[height, width, 3]` (RGB), row-major, uint8, 0..255, any size.
 * @param measure Name of the measure; see `complexityMeasureNames`.
 * @returns Complexity in the unit of the measure: bits for `entropy`, 0 for a constant image.
 * @throws {RangeError} If the number of pixels does not agree with height and width, or there is no such measure.
 * @throws {TypeError} If the image is none, its pixels are not bytes, or the measure is not named by a text.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const pixels = new Uint8Array(32 * 32 * 3).fill(128);
 * assert.equal(complexity({ pixels, height: 32, width: 32 }), 0);
 * ```
 */
export function complexity(image: RgbImage, measure = "entropy"): number {
  if (typeof measure !== "string") {
    throw new TypeError(
      `Cannot measure complexity: the measure must be the name of one, current value is ${
        describeGiven(measure)
      }`,
    );
  }
  return complexityMeasure(measure).measure(image);
}
