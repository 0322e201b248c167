import type { ComplexityMeasure } from "./complexity_measure.ts";
import { checkGreyImage, type ImageSize } from "./grey_image.ts";
import { greyMeasure } from "./grey_measure.ts";

/**
 * Logarithm of the mean squared difference between neighbouring pixels: an alternative measure of complexity
 * that costs one pass over the image ("alternative scalar measures can be incorporated", section 3 of the
 * paper). The logarithm brings it to the scale of the entropies.
 *
 * @param grey Grey levels `[height, width]`, row-major, uint8, 0..255.
 * @param size Height and width in pixels, any positive integers.
 * @returns log2(1 + mean of d^2) in bits, 0..16, with d over all horizontal and vertical neighbours; 0 for a
 * constant image.
 * @throws {RangeError} If the number of grey levels does not agree with the size.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const stripes = Uint8Array.of(0, 3, 0, 3);
 * assert.equal(gradientEnergy(stripes, { height: 2, width: 2 }), Math.log2(1 + (9 + 9 + 0 + 0) / 4));
 * ```
 */
export function gradientEnergy(grey: Uint8Array, size: ImageSize): number {
  checkGreyImage(grey, size);
  const { height, width } = size;
  let sum = 0;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 1; x < width; x++) sum += (grey[row + x]! - grey[row + x - 1]!) ** 2;
    if (y === 0) continue;
    for (let x = row; x < row + width; x++) sum += (grey[x]! - grey[x - width]!) ** 2;
  }
  const pairs = height * (width - 1) + (height - 1) * width;
  return pairs === 0 ? 0 : Math.log2(1 + sum / pairs);
}

/** The measure `gradient-energy`: {@linkcode gradientEnergy} of the grey image. */
export const gradientEnergyMeasure: ComplexityMeasure = greyMeasure({
  name: "gradient-energy",
  unit: "bits",
  description: "logarithm of the mean squared difference between neighbouring pixels",
  referenceMean: 8.94,
  ofGrey: gradientEnergy,
});
