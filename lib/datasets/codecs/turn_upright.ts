import type { DecodedImage } from "../decoded_image.ts";
import type { Orientation } from "./exif_orientation.ts";

/**
 * Turns a picture as its orientation says, so that it stands as it was seen.
 *
 * @param image The picture as it is stored.
 * @param orientation EXIF's number: 2 mirrored, 3 upside down, 4 both, 5 to 8 lying on a side.
 * @returns The picture upright; the same one for 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const image = { width: 2, height: 1, data: Uint8Array.of(1, 1, 1, 2, 2, 2) };
 * assert.deepEqual(turnUpright(image, 2).data, Uint8Array.of(2, 2, 2, 1, 1, 1));
 * assert.deepEqual(turnUpright(image, 6), { width: 1, height: 2, data: image.data });
 * ```
 */
export function turnUpright(image: DecodedImage, orientation: Orientation): DecodedImage {
  if (orientation === 1) return image;
  const { width, height, data } = image;
  const liesOnSide = orientation >= 5;
  // Where the stored rows run from: the right edge, the bottom edge.
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const upright = { width: liesOnSide ? height : width, height: liesOnSide ? width : height };
  const turned = new Uint8Array(data.length);
  let to = 0;
  for (let row = 0; row < upright.height; row++) {
    for (let column = 0; column < upright.width; column++) {
      const [down, right] = liesOnSide ? [column, row] : [row, column];
      const y = fromBottom ? height - 1 - down : down;
      const x = fromRight ? width - 1 - right : right;
      const from = (y * width + x) * 3;
      turned[to++] = data[from]!;
      turned[to++] = data[from + 1]!;
      turned[to++] = data[from + 2]!;
    }
  }
  return { ...upright, data: turned };
}
