import { decodeImage } from "./decode_image.ts";
import { fitImage } from "./fit_image.ts";
import type { FitImageOptions } from "./fit_image.ts";

/** Options of {@linkcode prepareImage}. */
export interface PrepareImageOptions extends FitImageOptions {
  /** Name for messages. */
  readonly file: string;
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
 * The image folder reader and prediction both go through this function, so that a model meets
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
