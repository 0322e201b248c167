import { gradientEnergyMeasure } from "./gradient_energy.ts";
import { imageEntropyMeasure } from "./image_entropy.ts";
import { jpegBitsMeasure } from "./jpeg_bits.ts";
import { spatialEntropyMeasure } from "./spatial_entropy.ts";
import { spectralEntropyMeasure } from "./spectral_entropy.ts";

/** One colour image in memory. */
export interface RgbImage {
  /** Pixels `[height, width, 3]` (RGB), row-major, uint8, 0..255. */
  readonly pixels: Uint8Array;
  /** Rows, 1 or more. */
  readonly height: number;
  /** Columns, 1 or more. */
  readonly width: number;
}

/**
 * A scalar complexity H(x) of an image x (Eq. 7-8 of the paper). Everything else in the toolkit sees an image's
 * complexity only through this interface, so a measure can be exchanged without touching the model.
 */
export interface ComplexityMeasure {
  /** Name in the registry, as configurations spell it. */
  readonly name: string;
  /** Unit of the result. */
  readonly unit: string;
  /** One sentence for help texts. */
  readonly description: string;
  /**
   * Mean over CIFAR-10 training images, measured. A scale to start from: `stepsPerBit = 10 / referenceMean` gives
   * such images ten layers on average, and it is the natural value of `referenceComplexity`.
   */
  readonly referenceMean: number;
  /**
   * Measures one image of any size.
   *
   * @param image Pixels with their height and width.
   * @returns Complexity, finite and not negative; 0 for a constant image.
   * @throws {RangeError} If the number of pixels does not agree with height and width.
   */
  measure(image: RgbImage): number;
}

const measures: ReadonlyMap<string, ComplexityMeasure> = new Map(
  [
    imageEntropyMeasure,
    spatialEntropyMeasure,
    spectralEntropyMeasure,
    gradientEnergyMeasure,
    jpegBitsMeasure,
  ].map((measure) => [measure.name, measure]),
);

/** Names that {@linkcode complexityMeasure} knows, the default `entropy` first. */
export const complexityMeasureNames: readonly string[] = [...measures.keys()];

/**
 * Finds a complexity measure by its name.
 *
 * @param name One of {@linkcode complexityMeasureNames}.
 * @returns The measure.
 * @throws {RangeError} If there is no measure of this name; the message lists those that exist.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const image = { pixels: new Uint8Array(5 * 7 * 3).fill(120), height: 5, width: 7 };
 * assert.equal(complexityMeasure("entropy").measure(image), 0);
 * ```
 */
export function complexityMeasure(name: string): ComplexityMeasure {
  const measure = measures.get(name);
  if (measure === undefined) {
    throw new RangeError(
      `Cannot find complexity measure: name must be one of ${complexityMeasureNames.join(", ")}, ` +
        `current value is "${name}"`,
    );
  }
  return measure;
}
