import { decodeImage } from "./decode_image.ts";
import { cutSquare } from "./cut_square.ts";
import { cropToSquare, resizeImage } from "./resize_image.ts";

/**
 * Turns an image file into the pixels a model takes: decoded, cut to the largest centred square, resized, and
 * where the data set has a margin, cut once more at the centre.
 *
 * Cutting keeps the proportions of what is shown; squeezing a wide picture into a square would change every
 * shape in it. The image folder reader and prediction both go through this function, so that a model meets
 * at work what it met in training.
 *
 * @param bytes The whole file, PNG or JPEG.
 * @param file Name for messages.
 * @param size Side of the square wanted, in pixels.
 * @param resizeTo Side to which the picture is resized before the centre is cut out; `size` by default.
 * @returns `[size, size, 3]` RGB, row-major, uint8, 0..255.
 * @throws {DataError} if the file cannot be decoded.
 * @throws {RangeError} if a side is not a positive integer, or size is above resizeTo.
 */
export function prepareImage(
  bytes: Uint8Array,
  file: string,
  size: number,
  resizeTo: number = size,
): Uint8Array {
  const square = cropToSquare(decodeImage(bytes, file));
  const resized = resizeImage(square, { height: resizeTo, width: resizeTo }).data;
  return resizeTo === size ? resized : cutSquare(resized, { side: resizeTo, size });
}
