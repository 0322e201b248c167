import { bluesteinTransform } from "./bluestein_fft.ts";
import { isSmooth, mixedRadixTransform } from "./mixed_radix_fft.ts";
import type { FourierTransform } from "./fourier_transform.ts";

/**
 * Prepares a fast Fourier transform of any length, so that images need not have special sizes: mixed radix
 * (Cooley and Tukey 1965) where all prime factors are small, chirp convolution (Bluestein 1970) otherwise.
 *
 * @param length Number of points, 1 or more.
 * @param lanes Number of sequences that are transformed together, 1 or more.
 * @returns The transform. It owns its working memory: use it from one place at a time.
 * @throws {RangeError} If `length` or `lanes` is not a positive integer.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const real = Float64Array.of(1, 2, 3, 4);
 * const imaginary = new Float64Array(4);
 * fourierTransform(4).transform(real, imaginary);
 * assert.deepEqual([...real], [10, -2, -2, -2]);
 * assert.deepEqual([...imaginary], [0, 2, 0, -2]);
 * ```
 */
export function fourierTransform(length: number, lanes = 1): FourierTransform {
  for (const [name, value] of [["length", length], ["lanes", lanes]] as const) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot prepare Fourier transform: ${name} must be a positive integer, current value is ${value}`,
      );
    }
  }
  return isSmooth(length) ? mixedRadixTransform(length, lanes) : bluesteinTransform(length, lanes);
}
