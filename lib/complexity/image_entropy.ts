import type { ComplexityMeasure } from "./complexity_measure.ts";
import type { ImageSize } from "./grey_image.ts";
import { greyMeasure } from "./grey_measure.ts";
import { spatialEntropy } from "./spatial_entropy.ts";
import { spectralEntropy } from "./spectral_entropy.ts";

/**
 * The complexity of an image, H(x) = H_spatial(x) + H_frequency(x): Eq. 7-8 of the paper, where the sum is our
 * reading (docs/model.md). The number of layers follows from it.
 *
 * @param grey Grey levels `[height, width]`, row-major, uint8, 0..255.
 * @param size Height and width in pixels, any positive integers.
 * @returns Complexity in bits, 0 .. 8 + log2(height * width - 1); 0 for a constant image.
 * @throws {RangeError} If the number of grey levels does not agree with the size.
 */
function imageEntropy(grey: Uint8Array, size: ImageSize): number {
  return spectralEntropy(grey, size) + spatialEntropy(grey);
}

/** The measure `entropy`, the default: {@linkcode imageEntropy} of the grey image. */
export const imageEntropyMeasure: ComplexityMeasure = greyMeasure({
  name: "entropy",
  unit: "bits",
  description: "sum of spatial and spectral entropy (the paper's measure)",
  referenceMean: 12.66,
  ofGrey: imageEntropy,
});
