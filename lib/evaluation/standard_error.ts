/**
 * Standard error of a share of images, from the choice of the images alone (binomial).
 *
 * @param share Share classified correctly, 0..1.
 * @param images Number of images.
 * @returns The error as a share; `null` where the formula says nothing: no image, or all right, or all wrong.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(standardError(0.5, 10_000), 0.005);
 * assert.equal(standardError(1, 10), null);
 * ```
 */
export function standardError(share: number, images: number): number | null {
  const error = Math.sqrt(share * (1 - share) / images);
  return error > 0 && Number.isFinite(error) ? error : null;
}
