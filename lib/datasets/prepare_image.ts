import { decodeImage } from "./decode_image.ts";
import { cutSquare } from "./cut_square.ts";
import { cropToSquare, resizeImage } from "./resize_image.ts";
import type { DecodedImage } from "./decoded_image.ts";

/** Options of {@linkcode prepareImage}. */
export interface PrepareImageOptions {
  /** Name for messages. */
  readonly file: string;
  /** Side of the square wanted, in pixels. */
  readonly size: number;
  /**
   * Side to which the picture is resized before the centre is cut out.
   *
   * @default size
   */
  readonly resizeTo?: number;
  /**
   * Largest picture that is decoded, in pixels.
   *
   * @default 64 million
   */
  readonly maxPixels?: number;
}

/** A photograph is decoded to at least this many times the side wanted; the filter brings it down from there. */
const REDUCTION = 2;

/**
 * Turns an image file into the pixels a model takes: decoded, cut to the largest centred square, resized, and
 * where the dataset has a margin, cut once more at the centre.
 *
 * Cutting keeps the proportions of what is shown; squeezing a wide picture into a square would change every
 * shape in it. The image folder reader and prediction both go through this function, so that a model meets
 * at work what it met in training.
 *
 * @param bytes The whole file: PNG, JPEG or WebP.
 * @param options Name, and sizes.
 * @returns `[size, size, 3]` RGB, row-major, uint8, 0..255.
 * @throws {DataError} if the file cannot be decoded.
 * @throws {RangeError} if a side is not a positive integer, or size is above resizeTo.
 */
export function prepareImage(bytes: Uint8Array, options: PrepareImageOptions): Uint8Array {
  const { file, size, resizeTo = size, maxPixels } = options;
  const image = decodeImage(bytes, file, {
    ...(maxPixels === undefined ? {} : { maxPixels }),
    minSide: REDUCTION * resizeTo,
  });
  return fitImage(image, { size, resizeTo });
}

/**
 * Brings a decoded picture to the size a model takes, as {@linkcode prepareImage} does.
 *
 * @param image The picture.
 * @param options Sizes.
 * @returns `[size, size, 3]` RGB, row-major, uint8, 0..255.
 * @throws {RangeError} if a side is not a positive integer, or size is above resizeTo.
 */
export function fitImage(
  image: DecodedImage,
  { size, resizeTo = size }: Pick<PrepareImageOptions, "size" | "resizeTo">,
): Uint8Array {
  const resized = resizeImage(cropToSquare(image), { height: resizeTo, width: resizeTo }).data;
  return resizeTo === size ? resized : cutSquare(resized, { side: resizeTo, size });
}
