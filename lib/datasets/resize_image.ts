import type { DecodedImage } from "./decoded_image.ts";

/** Where one output sample comes from: input samples from `begin` on, with weights that sum to 1. */
interface Tap {
  readonly begin: number;
  readonly weights: Float64Array;
}

/**
 * Triangle-filter taps between two lengths. When the picture shrinks the triangle widens with the ratio, so
 * that every input sample counts: plain bilinear sampling would skip samples and turn fine texture into
 * noise, which the complexity measure would see.
 */
function triangleTaps(from: number, to: number): readonly Tap[] {
  const ratio = from / to;
  const reach = Math.max(1, ratio);
  return Array.from({ length: to }, (_, position) => {
    const center = (position + 0.5) * ratio;
    const begin = Math.max(0, Math.floor(center - reach));
    const end = Math.min(from, Math.ceil(center + reach));
    const weights = Float64Array.from(
      { length: end - begin },
      (_, at) => Math.max(0, 1 - Math.abs((begin + at + 0.5 - center) / reach)),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { begin, weights: weights.map((weight) => weight / sum) };
  });
}

/**
 * Resizes a picture with an antialiased bilinear (triangle) filter, rows first, then columns.
 *
 * @param image The picture.
 * @param size Height and width wanted, in pixels.
 * @returns A new picture; at equal size the same pixels.
 * @throws {RangeError} if a side is not a positive integer.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const image = { height: 1, width: 2, data: Uint8Array.of(0, 0, 0, 200, 100, 50) };
 * assert.deepEqual([...resizeImage(image, { height: 1, width: 1 }).data], [100, 50, 25]);
 * ```
 */
export function resizeImage(
  image: DecodedImage,
  size: { readonly height: number; readonly width: number },
): DecodedImage {
  const { height, width } = size;
  for (const [name, side] of [["height", height], ["width", width]] as const) {
    if (!Number.isInteger(side) || side < 1) {
      throw new RangeError(
        `Cannot resize image: ${name} must be a positive integer, current value is ${side}`,
      );
    }
  }
  const columns = triangleTaps(image.width, width);
  const rows = triangleTaps(image.height, height);
  const between = new Float32Array(image.height * width * 3);
  for (let row = 0; row < image.height; row++) {
    for (let column = 0; column < width; column++) {
      const { begin, weights } = columns[column]!;
      for (let channel = 0; channel < 3; channel++) {
        const from = (row * image.width + begin) * 3 + channel;
        let sum = 0;
        for (let at = 0; at < weights.length; at++) {
          sum += weights[at]! * image.data[from + at * 3]!;
        }
        between[(row * width + column) * 3 + channel] = sum;
      }
    }
  }
  const data = new Uint8Array(height * width * 3);
  const rowLength = width * 3;
  for (let row = 0; row < height; row++) {
    const { begin, weights } = rows[row]!;
    for (let at = 0; at < rowLength; at++) {
      let sum = 0;
      for (let tap = 0; tap < weights.length; tap++) {
        sum += weights[tap]! * between[(begin + tap) * rowLength + at]!;
      }
      data[row * rowLength + at] = Math.round(sum);
    }
  }
  return { height, width, data };
}

/**
 * Cuts the largest centred square out of a picture.
 *
 * @param image The picture.
 * @returns A square picture; a square one comes back unchanged.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const image = { height: 1, width: 3, data: Uint8Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3) };
 * assert.deepEqual([...cropToSquare(image).data], [2, 2, 2]);
 * ```
 */
export function cropToSquare(image: DecodedImage): DecodedImage {
  const side = Math.min(image.height, image.width);
  if (side === image.height && side === image.width) return image;
  const top = Math.floor((image.height - side) / 2);
  const left = Math.floor((image.width - side) / 2);
  const data = new Uint8Array(side * side * 3);
  for (let row = 0; row < side; row++) {
    const from = ((top + row) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + side * 3), row * side * 3);
  }
  return { height: side, width: side, data };
}
