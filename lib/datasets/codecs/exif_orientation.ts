/** How the picture that is stored has to be turned: EXIF's numbers, 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;

/** The entries of a directory are few; a number beyond is damage. */
const MAX_ENTRIES = 1000;

/**
 * Finds the orientation that a camera wrote beside the pixels.
 *
 * @param tiff A TIFF structure as EXIF has it, from its byte order mark on.
 * @returns The orientation; 1 where none is said, or what is said makes no sense, as in other readers.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const mark = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8];
 * const entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0];
 * assert.equal(exifOrientation(Uint8Array.of(...mark, 0, 1, ...entry)), 6);
 * assert.equal(exifOrientation(Uint8Array.of(1, 2, 3)), 1);
 * ```
 */
export function exifOrientation(tiff: Uint8Array): Orientation {
  if (tiff.length < 10) return 1;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const mark = view.getUint16(0);
  if (mark !== 0x4949 && mark !== 0x4d4d) return 1;
  const isLittle = mark === 0x4949;
  const directory = view.getUint32(4, isLittle);
  if (view.getUint16(2, isLittle) !== 42 || directory + 2 > tiff.length) return 1;
  const entries = Math.min(view.getUint16(directory, isLittle), MAX_ENTRIES);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > tiff.length) return 1;
    if (view.getUint16(at, isLittle) !== ORIENTATION_TAG) continue;
    const value = view.getUint16(at + 8, isLittle);
    const isValid = view.getUint16(at + 2, isLittle) === SHORT && value >= 1 && value <= 8;
    return isValid ? value as Orientation : 1;
  }
  return 1;
}
