/**
 * Refuses a picture before room is made for it: a few bytes of a file can ask for gigabytes.
 *
 * @param width Width in pixels, as the header says.
 * @param height Height in pixels.
 * @param maxPixels Largest picture that is decoded, in pixels.
 * @throws {RangeError} if it is larger, or has no pixels.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * refuseSize(800, 600, 1e6);
 * assert.throws(() => refuseSize(8000, 600, 1e6), /8000 x 600 pixels, at most 1 million are taken/);
 * ```
 */
export function refuseSize(width: number, height: number, maxPixels: number): void {
  if (width * height === 0) throw new RangeError("it has no pixels");
  if (width * height > maxPixels) {
    throw new RangeError(
      `${width} x ${height} pixels, at most ${maxPixels / 1e6} million are taken; make it smaller`,
    );
  }
}
