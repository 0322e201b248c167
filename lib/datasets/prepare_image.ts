import { decodeImage } from "./decode_image.ts";
import { cropToSquare, resizeImage } from "./resize_image.ts";

/**
 * Turns an image file into the pixels a model takes: decoded, cut to the largest centred square, resized.
 *
 * Cutting keeps the proportions of what is shown; squeezing a wide picture into a square would change every
 * shape in it. The image folder reader and prediction both go through this function, so that a model meets
 * at work what it met in training.
 *
 * @param bytes The whole file, PNG or JPEG.
 * @param file Name for messages.
 * @param size Side of the square wanted, in pixels.
 * @returns `[size, size, 3]` RGB, row-major, uint8, 0..255.
 * @throws {DataError} if the file cannot be decoded.
 * @throws {RangeError} if size is not a positive integer.
 */
export function prepareImage(bytes: Uint8Array, file: string, size: number): Uint8Array {
  const square = cropToSquare(decodeImage(bytes, file));
  return resizeImage(square, { height: size, width: size }).data;
}
