import { Buffer } from "node:buffer";
import { PNG } from "pngjs";
import type { DecodedImage } from "../decoded_image.ts";
import { checkPng, pngExif } from "./check_png.ts";
import { exifOrientation } from "./exif_orientation.ts";
import { layOnWhite } from "./lay_on_white.ts";
import { refuseSize } from "./refuse_size.ts";
import { turnUpright } from "./turn_upright.ts";

/** Signature and IHDR. */
const HEADER_BYTES = 33;

/**
 * Decodes a PNG of any kind (grey, palette, true colour, 1 to 16 bits, interlaced or not) with pngjs, upright by its
 * EXIF orientation and laid on white. 16 bits are rounded to 8.
 *
 * @param bytes The whole file.
 * @param maxPixels Largest picture that is decoded, in pixels.
 * @returns Size and pixels.
 * @throws {RangeError} if it is cut off, unfolds to more than its size, or is larger.
 * @throws {Error} if it is damaged.
 */
export function decodePng(bytes: Uint8Array, maxPixels: number): DecodedImage {
  if (bytes.length < HEADER_BYTES) throw new RangeError("it ends in its header");
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  refuseSize(header.getUint32(16), header.getUint32(20), maxPixels);
  const { buffer, byteOffset, byteLength } = checkPng(bytes);
  const { width, height, data } = PNG.sync.read(Buffer.from(buffer, byteOffset, byteLength));
  const exif = pngExif(bytes);
  const image = { width, height, data: layOnWhite(data) };
  return exif === null ? image : turnUpright(image, exifOrientation(exif));
}
