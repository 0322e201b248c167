import type { DecodedImage } from "../decoded_image.ts";
import { exifOrientation, type Orientation } from "./exif_orientation.ts";
import { layOnWhite } from "./lay_on_white.ts";
import { refuseSize } from "./refuse_size.ts";
import { turnUpright } from "./turn_upright.ts";
import { type CodecExports, handOver, reserve, startCodec } from "./wasm_codec.ts";

/** The part of libwebp's interface that the package exports. */
interface LibWebp extends CodecExports {
  readonly WebPDecodeRGBA: (...words: readonly number[]) => number;
}

/** "deno compile" packs the packages that the code imports; of this one only a file is read. */
const _packed = (): Promise<unknown> => import("@cwasm/webp");

const URL_OF_CODEC = import.meta.resolve("@cwasm/webp/webp.wasm");

/** What a WebP says of itself before its pixels are touched. */
export interface WebpHeader {
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
}

/** Size of the frame in one of the two codings; `null` if the chunk holds no frame. */
function frameSize(name: string, data: Uint8Array): { width: number; height: number } | null {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (name === "VP8 " && data.length >= 10) {
    return {
      width: view.getUint16(6, true) & 0x3fff,
      height: view.getUint16(8, true) & 0x3fff,
    };
  }
  if (name === "VP8L" && data.length >= 5) {
    const bits = view.getUint32(1, true);
    return { width: (bits & 0x3fff) + 1, height: (bits >>> 14 & 0x3fff) + 1 };
  }
  return null;
}

/**
 * Reads the chunks of a WebP.
 *
 * @param bytes The whole file.
 * @returns Size and orientation.
 * @throws {RangeError} if it is animated, or holds no frame.
 */
export function readWebpHeader(bytes: Uint8Array): WebpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let size: { width: number; height: number } | null = null;
  let orientation: Orientation = 1;
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = String.fromCharCode(...bytes.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (name === "ANIM" || name === "ANMF") throw new RangeError("animations are not read");
    size ??= frameSize(name, data);
    if (name === "EXIF") {
      // Some writers put the name that JPEG needs in front.
      const isNamed = data[0] === 0x45 && data[1] === 0x78;
      orientation = exifOrientation(isNamed ? data.subarray(6) : data);
    }
    at += 8 + length + length % 2;
  }
  if (size === null) throw new RangeError("it has no frame");
  return { ...size, orientation };
}

/**
 * Decodes a WebP with libwebp, upright by its EXIF orientation and laid on white.
 *
 * @param bytes The whole file.
 * @param maxPixels Largest picture that is decoded, in pixels.
 * @returns Size and pixels.
 * @throws {RangeError} if it is damaged, cut off, animated, or larger.
 */
export function decodeWebp(bytes: Uint8Array, maxPixels: number): DecodedImage {
  const { width, height, orientation } = readWebpHeader(bytes);
  refuseSize(width, height, maxPixels);
  const codec = startCodec<LibWebp>(URL_OF_CODEC);
  const source = handOver(codec, bytes);
  const found = reserve(codec, 8);
  const target = codec.WebPDecodeRGBA(source, bytes.length, found, found + 4);
  if (target === 0) throw new RangeError("its pixels are damaged or cut off");
  const [foundWidth, foundHeight] = new Uint32Array(codec.memory.buffer, found, 2);
  if (foundWidth !== width || foundHeight !== height) {
    throw new RangeError("its size is said twice");
  }
  const rgba = new Uint8Array(codec.memory.buffer, target, width * height * 4);
  return turnUpright({ width, height, data: layOnWhite(rgba) }, orientation);
}
