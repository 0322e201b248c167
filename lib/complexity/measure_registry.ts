import { gradientEnergyMeasure } from "./gradient_energy.ts";
import { imageEntropyMeasure } from "./image_entropy.ts";
import { jpegBitsMeasure } from "./jpeg_bits.ts";
import { spatialEntropyMeasure } from "./spatial_entropy.ts";
import { spectralEntropyMeasure } from "./spectral_entropy.ts";
import type { ComplexityMeasure } from "./complexity_measure.ts";

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
