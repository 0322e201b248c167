import type { RgbImage } from "./complexity_measure.ts";

/** Height and width of an image in pixels. */
export interface ImageSize {
  /** Rows, 1 or more. */
  readonly height: number;
  /** Columns, 1 or more. */
  readonly width: number;
}

/**
 * Turns a colour image into grey levels: ITU-R BT.601 luma, `0.299 R + 0.587 G + 0.114 B`, rounded to the
 * nearest integer, halves upwards (our choice, docs/model.md; the paper only says "pixel intensities").
 *
 * @param image Pixels `[height, width, 3]`, row-major, uint8, 0..255.
 * @param target Receives the grey levels; a new array by default. Reuse one to spare allocations.
 * @returns `target`: grey levels `[height, width]`, row-major, uint8, 0..255.
 * @throws {RangeError} If `pixels` or `target` does not have the size that height and width ask for.
 * @throws {TypeError} If the pixels are not bytes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const pixels = Uint8Array.of(255, 0, 0, 0, 255, 0);
 * assert.deepEqual([...greyImage({ pixels, height: 1, width: 2 })], [76, 150]);
 * ```
 */
export function greyImage(
  image: RgbImage,
  target?: Uint8Array,
): Uint8Array {
  const count = checkRgbImage(image, "turn image grey");
  const { pixels } = image;
  target ??= new Uint8Array(count);
  if (target.length !== count) {
    throw new RangeError(
      `Cannot turn image grey: target must hold ${count} values, current length is ${target.length}`,
    );
  }
  for (let pixel = 0, source = 0; pixel < count; pixel++, source += 3) {
    // Whole numbers up to here: 0.299, 0.587 and 0.114 have no exact binary form, and a sum that should end in
    // .5 would be rounded up or down by chance. The nearest double to 0.001 lies above it, so that cutting
    // off the fraction never loses a whole.
    const thousandths = 299 * pixels[source]! + 587 * pixels[source + 1]! +
      114 * pixels[source + 2]!;
    target[pixel] = ((thousandths + 500) * 0.001) | 0;
  }
  return target;
}

/**
 * Checks an image that a program gives: numbers of 0..1 would be taken for an image that is nearly black.
 *
 * @param image The image.
 * @param doing What is done with it, for the message.
 * @returns The number of pixels.
 * @throws {TypeError} If it is no image, or the pixels are not bytes.
 * @throws {RangeError} If height or width is not a positive integer, or the number of values differs.
 */
export function checkRgbImage(image: RgbImage, doing: string): number {
  const whole: unknown = image;
  if (typeof whole !== "object" || whole === null) {
    throw new TypeError(
      `Cannot ${doing}: it must be { pixels, height, width }, current value is ${String(whole)}`,
    );
  }
  const { pixels, height, width } = image;
  const given: unknown = pixels;
  if (!(given instanceof Uint8Array || given instanceof Uint8ClampedArray)) {
    const kind = Object.prototype.toString.call(given).slice("[object ".length, -1);
    throw new TypeError(
      `Cannot ${doing}: pixels must be bytes of 0..255 in a Uint8Array, current value is ${kind}; convert them`,
    );
  }
  const count = checkImageSize({ height, width }, doing);
  if (pixels.length !== 3 * count) {
    throw new RangeError(
      `Cannot ${doing}: pixels must hold ${height} x ${width} x 3 = ${3 * count} values, ` +
        `current length is ${pixels.length}`,
    );
  }
  return count;
}

/**
 * Checks the size of an image.
 *
 * @param size Height and width in pixels.
 * @param doing What is done with it, for the message.
 * @returns The number of pixels.
 * @throws {RangeError} If height or width is not a positive integer.
 */
export function checkImageSize(size: ImageSize, doing = "measure image"): number {
  for (const side of ["height", "width"] as const) {
    if (!Number.isSafeInteger(size[side]) || size[side] < 1) {
      throw new RangeError(
        `Cannot ${doing}: ${side} must be a positive integer, current value is ${size[side]}`,
      );
    }
  }
  return size.height * size.width;
}

/**
 * Checks that grey levels fill an image of the given size.
 *
 * @param grey Grey levels, row-major.
 * @param size Height and width in pixels.
 * @returns The number of pixels.
 * @throws {RangeError} If height or width is not a positive integer, or the number of levels differs.
 */
export function checkGreyImage(grey: Uint8Array, size: ImageSize): number {
  const count = checkImageSize(size);
  if (grey.length !== count) {
    throw new RangeError(
      `Cannot measure grey image: it must hold ${size.height} x ${size.width} = ${count} levels, ` +
        `current length is ${grey.length}`,
    );
  }
  return count;
}
