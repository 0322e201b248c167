/** Options of `cutSquare`. */
export interface CutSquareOptions {
  /** Side of the picture in pixels. */
  readonly side: number;
  /** Side of the square to cut out, at most `side`. */
  readonly size: number;
  /**
   * Distance of the square from the upper edge in pixels.
   *
   * @default the square is centred; an odd pixel is left over below and on the right
   */
  readonly top?: number;
  /**
   * Distance of the square from the left edge in pixels.
   *
   * @default the square is centred
   */
  readonly left?: number;
}

/**
 * Cuts a square out of a square picture.
 *
 * @param pixels `[side, side, 3]` RGB, row-major, uint8; not changed.
 * @param options Sides and place.
 * @returns `[size, size, 3]`, a copy.
 * @throws {RangeError} if the square does not lie within the picture.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const pixels = Uint8Array.from({ length: 27 }, (_, at) => Math.floor(at / 3));
 * assert.deepEqual([...cutSquare(pixels, { side: 3, size: 1 })], [4, 4, 4]);
 * assert.deepEqual([...cutSquare(pixels, { side: 3, size: 1, top: 2, left: 0 })], [6, 6, 6]);
 * ```
 */
export function cutSquare(pixels: Uint8Array, options: CutSquareOptions): Uint8Array {
  const { side, size } = options;
  const centred = Math.floor((side - size) / 2);
  const { top = centred, left = centred } = options;
  const isWithin = Math.min(top, left) >= 0 && Math.max(top, left) + size <= side && size >= 1;
  if (!isWithin || pixels.length !== side * side * 3) {
    throw new RangeError(
      `Cannot cut image: a square of ${size} at ${top}, ${left} must lie within ${side} x ${side} ` +
        `pixels, which are ${side * side * 3} bytes, current value is ${pixels.length}`,
    );
  }
  const square = new Uint8Array(size * size * 3);
  for (let row = 0; row < size; row++) {
    const from = ((top + row) * side + left) * 3;
    square.set(pixels.subarray(from, from + size * 3), row * size * 3);
  }
  return square;
}
