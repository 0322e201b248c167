import { DataError } from "../errors.ts";
import { pngExif } from "./codecs/check_png.ts";
import { exifOrientation } from "./codecs/exif_orientation.ts";
import { decodeJpeg } from "./codecs/jpeg.ts";
import { readJpegHeader } from "./codecs/jpeg_header.ts";
import { decodePng } from "./codecs/png.ts";
import { decodeWebp, readWebpHeader } from "./codecs/webp.ts";
import type { DecodedImage } from "./decoded_image.ts";

/** Formats that are read. */
export type ImageFormat = "png" | "jpeg" | "webp";

const NAMES: Readonly<Record<ImageFormat, string>> = { png: "PNG", jpeg: "JPEG", webp: "WebP" };

/** Names that image files of these formats have. */
export const IMAGE_NAME: RegExp = /\.(png|jpe?g|jpe|jfif|webp)$/i;

/** Largest picture that is decoded, in pixels; a few bytes of a file can ask for far more. */
export const MAX_PIXELS = 64e6;

const PNG_SIGNATURE = "\x89PNG\r\n\x1a\n";
const JPEG_SIGNATURE = "\xff\xd8\xff";

/** Pictures of other formats, by what stands at their beginning: to be named in messages. */
const OTHER_FORMATS: readonly (readonly [name: string, beginning: RegExp])[] = [
  ["GIF", /^GIF8/],
  ["BMP", /^BM/],
  ["TIFF", /^(?:II\*\0|MM\0\*)/],
  ["AVIF", /^.{4}ftypavi[fs]/s],
  ["HEIC", /^.{4}ftyp(?:hei[cmsx]|hev[cx]|mif1|msf1)/s],
  ["JPEG XL", /^.{4}JXL /s],
  ["JPEG 2000", /^.{4}jP {2}/s],
  ["Photoshop", /^8BPS/],
  ["SVG", /^\s*<(?:\?xml|svg)/],
];

function beginningOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 16));
}

/**
 * Tells the formats that are read by the first bytes; the file's extension is not trusted.
 *
 * @param bytes Beginning of a file, 12 bytes or more.
 * @returns The format, or `null` for anything else.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(imageFormat(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0)), "jpeg");
 * assert.equal(imageFormat(new TextEncoder().encode("GIF89a..")), null);
 * ```
 */
export function imageFormat(bytes: Uint8Array): ImageFormat | null {
  const beginning = beginningOf(bytes);
  if (beginning.startsWith(PNG_SIGNATURE)) return "png";
  if (beginning.startsWith(JPEG_SIGNATURE)) return "jpeg";
  return /^RIFF.{4}WEBP/s.test(beginning) ? "webp" : null;
}

/** What a file is that is not read, and what can be done. */
function describeOther(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file; replace or remove it";
  const beginning = beginningOf(bytes);
  const known = OTHER_FORMATS.find(([, pattern]) => pattern.test(beginning));
  return known === undefined
    ? "neither PNG nor JPEG nor WebP; convert it if it is a picture, otherwise replace or remove it"
    : `a picture in the format ${known[0]}; convert it to PNG, JPEG or WebP`;
}

/** Options of {@linkcode decodeImage}. */
export interface DecodeImageOptions {
  /**
   * Largest picture that is decoded, in pixels.
   *
   * @default 64 million
   */
  readonly maxPixels?: number;
  /**
   * A large JPEG may come back smaller, by a half, a quarter or an eighth, as long as its shorter side keeps this many
   * pixels: several times faster, and the filter that follows sees the same detail.
   *
   * @default Infinity: every picture keeps its size
   */
  readonly minSide?: number;
}

function decodeFormat(
  bytes: Uint8Array,
  format: ImageFormat,
  { maxPixels = MAX_PIXELS, minSide = Infinity }: DecodeImageOptions,
): DecodedImage {
  if (format === "png") return decodePng(bytes, maxPixels);
  if (format === "webp") return decodeWebp(bytes, maxPixels);
  return decodeJpeg(bytes, { maxPixels, minSide });
}

/**
 * Decodes a PNG, JPEG or WebP picture to RGB, upright by the orientation that a camera wrote into the file (EXIF).
 *
 * Every kind of PNG is taken: grey, palette, true colour, 1 to 16 bits (16 are rounded to 8), interlaced or not; of
 * JPEG all that libjpeg decodes with 8 bits, print colours (CMYK) too. Transparency is laid on white because that is
 * what a page shows behind it.
 *
 * @param bytes The whole file.
 * @param file Name for messages.
 * @param options Bounds of the size.
 * @returns Size and pixels.
 * @throws {DataError} if the file is of another format, is damaged or cut off, or has more pixels than that.
 */
export function decodeImage(
  bytes: Uint8Array,
  file: string,
  options: DecodeImageOptions = {},
): DecodedImage {
  const format = imageFormat(bytes);
  if (format === null) {
    throw new DataError(
      `Cannot decode image: ${file} is ${describeOther(bytes)}`,
    );
  }
  try {
    return decodeFormat(bytes, format, options);
  } catch (error) {
    throw new DataError(
      `Cannot decode image: ${file} is a damaged or unsupported ${NAMES[format]} ` +
        `(${error instanceof Error ? error.message : error}); replace or remove it`,
      { cause: error },
    );
  }
}

function readStoredSize(bytes: Uint8Array) {
  const format = imageFormat(bytes);
  if (format === "jpeg") return readJpegHeader(bytes);
  if (format === "webp") return readWebpHeader(bytes);
  if (format === null) throw new RangeError("Cannot read size: the format is not known");
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    width: header.getUint32(16),
    height: header.getUint32(20),
    orientation: exifOrientation(pngExif(bytes) ?? new Uint8Array(0)),
  };
}

/**
 * Reads the size of a picture that can be decoded, without decoding it.
 *
 * @param bytes The whole file: PNG, JPEG or WebP.
 * @returns Width and height in pixels, upright.
 * @throws {RangeError} if it has no size.
 */
export function readImageSize(
  bytes: Uint8Array,
): { readonly width: number; readonly height: number } {
  const { width, height, orientation } = readStoredSize(bytes);
  return orientation < 5 ? { width, height } : { width: height, height: width };
}
