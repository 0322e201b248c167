import { cutSquare } from "./cut_square.ts";
import { cropToSquare, resizeImage } from "./resize_image.ts";
import type { DecodedImage } from "./decoded_image.ts";

/** Sizes of what a model takes. */
export interface FitImageOptions {
  /** Side of the square wanted, in pixels. */
  readonly size: number;
  /**
   * Side to which the picture is resized before the centre is cut out.
   *
   * @default size
   */
  readonly resizeTo?: number;
}

/**
 * Brings a picture to the size that a model takes: cut to the largest centred square, resized, and where the dataset has
 * a margin, cut once more at the centre.
 *
 * Cutting keeps the proportions of what is shown; squeezing a wide picture into a square would change every
 * shape in it.
 *
 * @param image A decoded picture.
 * @param options Sizes.
 * @returns `[size, size, 3]` RGB, row-major, uint8, 0..255.
 * @throws {RangeError} if a side is not a positive integer, or size is above resizeTo.
 */
export function fitImage(image: DecodedImage, options: FitImageOptions): Uint8Array {
  const { size, resizeTo = size } = options;
  const resized = resizeImage(cropToSquare(image), { height: resizeTo, width: resizeTo }).data;
  return resizeTo === size ? resized : cutSquare(resized, { side: resizeTo, size });
}
