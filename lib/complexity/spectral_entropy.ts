import type { ComplexityMeasure } from "./complexity_measure.ts";
import { checkGreyImage, type ImageSize } from "./grey_image.ts";
import { entropySums } from "./entropy_sums.ts";
import { greyMeasure } from "./grey_measure.ts";
import { type PowerSpectrum, powerSpectrum } from "./power_spectrum.ts";

let spectrum: PowerSpectrum = powerSpectrum({ height: 32, width: 32 });
let words: Uint32Array = new Uint32Array(0);

/**
 * Shannon entropy of the normalised power spectrum of an image without its constant term: H_frequency in
 * Eq. 7-8 of the paper (docs/model.md). It is low for plain waves and high for noise.
 *
 * @param grey Grey levels `[height, width]`, row-major, uint8, 0..255.
 * @param size Height and width in pixels, any positive integers.
 * @returns Entropy in bits, 0 .. log2(height * width - 1); 0 for a constant image.
 * @throws {RangeError} If the number of grey levels does not agree with the size.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * // One cosine wave: its power is shared by two frequencies, k and -k.
 * const wave = Uint8Array.of(200, 100, 0, 100);
 * assert.ok(Math.abs(spectralEntropy(wave, { height: 1, width: 4 }) - 1) < 1e-12);
 * assert.equal(spectralEntropy(Uint8Array.of(9, 9, 9), { height: 3, width: 1 }), 0);
 * ```
 */
export function spectralEntropy(grey: Uint8Array, size: ImageSize): number {
  checkGreyImage(grey, size);
  const { height, width } = size;
  // Lengths like 84 leave rounding errors where a constant image should be exactly zero; normalised, they
  // would be measured as if they were noise.
  if (isConstant(grey)) return 0;
  if (spectrum.height !== height || spectrum.width !== width) {
    spectrum = powerSpectrum({ height, width });
  }
  return entropyOfPower(spectrum.compute(grey));
}

function isConstant(grey: Uint8Array): boolean {
  for (let pixel = 1; pixel < grey.length; pixel++) {
    if (grey[pixel] !== grey[0]) return false;
  }
  return true;
}

/** Entropy of the full spectrum: twice the half that was computed, less the columns that mirror themselves. */
function entropyOfPower(power: Float64Array): number {
  if (words.buffer !== power.buffer) words = new Uint32Array(power.buffer);
  const { width, halfWidth } = spectrum;
  power[0] = 0;
  const half = entropySums(power, { words, start: 0, stride: 1 });
  const first = entropySums(power, { words, start: 0, stride: halfWidth });
  let total = 2 * half.total - first.total;
  let weighted = 2 * half.weighted - first.weighted;
  if (width % 2 === 0) {
    const last = entropySums(power, { words, start: width / 2, stride: halfWidth });
    total -= last.total;
    weighted -= last.weighted;
  }
  // -sum p log p = log T - (sum v log v) / T with p = v / T.
  return Math.max(0, Math.log2(total) - weighted / total);
}

/** The measure `spectral-entropy`: {@linkcode spectralEntropy} of the grey image. */
export const spectralEntropyMeasure: ComplexityMeasure = greyMeasure({
  name: "spectral-entropy",
  unit: "bits",
  description: "Shannon entropy of the power spectrum without its constant term",
  referenceMean: 5.72,
  ofGrey: spectralEntropy,
});
