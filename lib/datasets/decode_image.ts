import { convertIndexedToRgb, decode as decodePng, type DecodedPng } from "fast-png";
import jpeg from "jpeg-js";
import { DataError } from "../errors.ts";
import { checkJpeg } from "./check_jpeg.ts";
import { checkPng } from "./check_png.ts";

/** A picture as the readers see it. */
export interface DecodedImage {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** `[height, width, 3]` RGB, row-major, uint8, 0..255. */
  readonly data: Uint8Array;
}

/** Largest picture that is decoded, in pixels; a few bytes of a file can ask for far more. */
export const MAX_PIXELS = 64e6;
/**
 * Pixels that a byte of a JPEG can stand for: every block of 64 costs a bit for each of its planes. A file that
 * claims more would have gigabytes set aside before it turns out to be cut off.
 */
const MAX_PIXELS_PER_BYTE = 1000;
/** Working memory the JPEG decoder may take for a picture of that size. */
const MAX_JPEG_MEGABYTES = 2048;

/** PNG's colour type of pixels that are places in a palette. */
const PALETTE = 3;

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG_SIGNATURE = [0xff, 0xd8, 0xff];

/**
 * Tells PNG from JPEG by the first bytes; the file's extension is not trusted.
 *
 * @param bytes Beginning of a file, 8 bytes or more.
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
export function imageFormat(bytes: Uint8Array): "png" | "jpeg" | null {
  if (PNG_SIGNATURE.every((byte, at) => bytes[at] === byte)) return "png";
  if (JPEG_SIGNATURE.every((byte, at) => bytes[at] === byte)) return "jpeg";
  return null;
}

/**
 * Decodes a PNG or JPEG picture to RGB.
 *
 * Every kind of PNG is taken: grey, palette, true colour, 1 to 16 bits (16 are rounded to 8), and
 * transparency, which is laid on white because that is what a page shows behind it. An orientation that a
 * camera wrote into the file (EXIF) is not applied.
 *
 * @param bytes The whole file.
 * @param file Name for messages.
 * @param options `maxPixels`: largest picture that is decoded (default 64 million pixels).
 * @returns Size and pixels.
 * @throws {DataError} if the file is no PNG or JPEG, is damaged, or has more pixels than that.
 */
export function decodeImage(
  bytes: Uint8Array,
  file: string,
  options: { readonly maxPixels?: number } = {},
): DecodedImage {
  const { maxPixels = MAX_PIXELS } = options;
  const format = imageFormat(bytes);
  if (format === null) {
    throw new DataError(`Cannot decode image: ${file} is neither PNG nor JPEG; convert it first`);
  }
  if (format === "png") checkPngSize(bytes, { file, maxPixels });
  let image: DecodedImage;
  try {
    image = format === "png"
      ? pngToRgb(decodePng(checkPng(bytes), { checkCrc: true }), bytes[25] === PALETTE)
      : decodeJpeg(bytes, maxPixels);
  } catch (error) {
    throw new DataError(
      `Cannot decode image: ${file} is a damaged or unsupported ${format.toUpperCase()} ` +
        `(${error instanceof Error ? error.message : error}); replace or remove it`,
      { cause: error },
    );
  }
  if (image.data.length !== image.width * image.height * 3 || image.data.length === 0) {
    throw new DataError(
      `Cannot decode image: ${file} says ${image.width} x ${image.height} pixels but holds ` +
        `${image.data.length / 3}; replace or remove it`,
    );
  }
  return image;
}

/** Reads the size out of the header, before anything is inflated. */
function checkPngSize(
  bytes: Uint8Array,
  { file, maxPixels }: { readonly file: string; readonly maxPixels: number },
): void {
  if (bytes.length < 33) {
    throw new DataError(`Cannot decode image: ${file} ends in its header; replace or remove it`);
  }
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = header.getUint32(16);
  const height = header.getUint32(20);
  if (width * height > maxPixels) {
    throw new DataError(
      `Cannot decode image: ${file} has ${width} x ${height} pixels, at most ` +
        `${maxPixels / 1e6} million are taken; make it smaller`,
    );
  }
}

function decodeJpeg(bytes: Uint8Array, maxPixels: number): DecodedImage {
  checkJpeg(bytes);
  const { width, height, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    // A truncated picture would otherwise come back with grey where its end is missing.
    tolerantDecoding: false,
    maxResolutionInMP: Math.min(maxPixels, Math.max(1e6, bytes.length * MAX_PIXELS_PER_BYTE)) /
      1e6,
    maxMemoryUsageInMB: MAX_JPEG_MEGABYTES,
  });
  return { width, height, data };
}

function pngToRgb(png: DecodedPng, isIndexed: boolean): DecodedImage {
  const { width, height } = png;
  const pixels = width * height;
  if (isIndexed && !png.palette) throw new RangeError("its palette is missing");
  if (png.palette) {
    const colors = convertIndexedToRgb(png);
    return {
      width,
      height,
      data: flatten(colors, { pixels, channels: colors.length / pixels, top: 255 }),
    };
  }
  const samples = png.depth < 8 ? unpackGrey(png) : png.data;
  const top = 2 ** png.depth - 1;
  const transparent = png.transparency && png.transparency.length > 0 ? png.transparency : null;
  return {
    width,
    height,
    data: flatten(samples, { pixels, channels: png.channels, top, transparent }),
  };
}

interface SampleFormat {
  readonly pixels: number;
  /** 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA. */
  readonly channels: number;
  /** Sample value of full intensity. */
  readonly top: number;
  /** The one colour that counts as transparent (PNG's tRNS of grey and true colour). */
  readonly transparent?: Uint16Array | null;
}

/** Samples of any channel count and depth -> opaque RGB on white, 8 bits. */
function flatten(samples: ArrayLike<number>, format: SampleFormat): Uint8Array {
  const { pixels, channels, top, transparent } = format;
  const colors = channels >= 3 ? 3 : 1;
  const rgb = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = pixel * channels;
    let alpha = channels > colors ? samples[from + colors]! / top : 1;
    if (transparent && transparent.every((value, color) => samples[from + color] === value)) {
      alpha = 0;
    }
    for (let channel = 0; channel < 3; channel++) {
      const intensity = samples[from + (colors === 3 ? channel : 0)]! / top;
      rgb[pixel * 3 + channel] = Math.round(255 * (alpha * intensity + 1 - alpha));
    }
  }
  return rgb;
}

/** Grey samples of 1, 2 or 4 bits: packed into bytes from the high end, each row starts a new byte. */
function unpackGrey(png: DecodedPng): Uint8Array {
  const { width, height, depth, data } = png;
  const perByte = 8 / depth;
  const rowBytes = Math.ceil(width / perByte);
  const samples = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const byte = data[row * rowBytes + Math.floor(column / perByte)]!;
      const shift = 8 - depth * (column % perByte + 1);
      samples[row * width + column] = (byte >> shift) & (2 ** depth - 1);
    }
  }
  return samples;
}
