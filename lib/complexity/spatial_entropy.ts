import type { ComplexityMeasure } from "./complexity_measure.ts";
import { greyMeasure } from "./grey_measure.ts";

// Four histograms in turn: neighbouring pixels often share a level, and a counter that was just written cannot be
// read again at once.
const counts = new Uint32Array(4 * 256);
/** c log2 c for the counts that most levels have. */
const countLogs = Float64Array.from({ length: 256 }, (_, count) => countLog(count));

/**
 * Shannon entropy of the grey levels of an image: H_spatial in Eq. 7-8 of the paper (docs/model.md).
 *
 * @param grey Grey levels of any number of pixels, uint8, 0..255.
 * @returns Entropy of the histogram of the 256 levels in bits, 0..8; 0 for a constant image, and at most
 * log2 of the number of pixels.
 * @throws {RangeError} If there is no pixel.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(spatialEntropy(Uint8Array.of(7, 7, 7, 7)), 0);
 * assert.equal(spatialEntropy(Uint8Array.of(0, 80, 160, 240)), 2);
 * ```
 */
export function spatialEntropy(grey: Uint8Array): number {
  if (grey.length === 0) {
    throw new RangeError("Cannot measure spatial entropy: the image has no pixel");
  }
  counts.fill(0);
  for (let pixel = 0; pixel < grey.length; pixel++) counts[(pixel & 3) << 8 | grey[pixel]!]!++;
  // -sum p log p = log n - (sum c log c) / n with p = c / n.
  let sum = 0;
  for (let level = 0; level < 256; level++) {
    const count = counts[level]! + counts[256 + level]! + counts[512 + level]! +
      counts[768 + level]!;
    sum += count < 256 ? countLogs[count]! : countLog(count);
  }
  // The difference of two equal logarithms may come out as -1e-16.
  return Math.max(0, Math.log2(grey.length) - sum / grey.length);
}

function countLog(count: number): number {
  return count === 0 ? 0 : count * Math.log2(count);
}

/** The measure `spatial-entropy`: {@linkcode spatialEntropy} of the grey image. */
export const spatialEntropyMeasure: ComplexityMeasure = greyMeasure({
  name: "spatial-entropy",
  unit: "bits",
  description: "Shannon entropy of the grey-level histogram",
  referenceMean: 6.94,
  ofGrey: spatialEntropy,
});
