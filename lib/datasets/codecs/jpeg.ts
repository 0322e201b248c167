import type { DecodedImage } from "../decoded_image.ts";
import { type JpegHeader, readJpegHeader } from "./jpeg_header.ts";
import { refuseSize } from "./refuse_size.ts";
import { turnUpright } from "./turn_upright.ts";
import { type CodecExports, handOver, reserve, startCodec } from "./wasm_codec.ts";

/** The part of libjpeg-turbo's interface (TurboJPEG 2) that the package exports. */
interface TurboJpeg extends CodecExports {
  readonly tjInitDecompress: () => number;
  readonly tjDecompressHeader3: (...words: readonly number[]) => number;
  readonly tjDecompress2: (...words: readonly number[]) => number;
}

/** "deno compile" packs the packages that the code imports; of this one only a file is read. */
const _packed = (): Promise<unknown> => import("@cwasm/jpeg-turbo");

const URL_OF_CODEC = import.meta.resolve("@cwasm/jpeg-turbo/jpeg-turbo.wasm");

/** TurboJPEG's pixel formats. */
const [RGB, CMYK] = [0, 11];

/** TurboJPEG's flag that makes the first warning an error: the picture may be cut off, or its pixels damaged. */
const STOP_ON_WARNING = 8192;

/** Bytes of `jpeg_compress_struct` in this build; behind it, a decoder of TurboJPEG has libjpeg's own. */
const COMPRESSOR_BYTES = 376;

/** libjpeg's message JWRN_EXTRANEOUS_DATA: bytes between two segments, which no pixel depends on. */
const EXTRANEOUS_DATA = /extraneous bytes/;

/**
 * Pixels that a byte of a JPEG can stand for: every block of 64 costs a bit for each of its planes. A file that
 * claims more would have gigabytes set aside before it turns out to be cut off.
 */
const MAX_PIXELS_PER_BYTE = 1000;

/** Passes over the picture that a JPEG may have at most; encoders make some ten. A hundred bytes are enough for one. */
const MAX_SCANS = 200;

/** Pixels times passes: twenty passes over the largest picture. */
const MAX_WORK = 1.3e9;

/** Options of {@linkcode decodeJpeg}. */
export interface DecodeJpegOptions {
  /** Largest picture that is decoded, in pixels. */
  readonly maxPixels: number;
  /** The picture may come back smaller, by eighths, as long as its shorter side keeps this many pixels. */
  readonly minSide: number;
}

function refuseExcess(header: JpegHeader, bytes: number, { maxPixels }: DecodeJpegOptions): void {
  const { width, height, precision, scans } = header;
  const pixels = width * height;
  if (precision !== 8) throw new RangeError(`precision ${precision} is not supported, only 8 bits`);
  refuseSize(width, height, maxPixels);
  if (pixels > Math.max(1e6, bytes * MAX_PIXELS_PER_BYTE)) {
    throw new RangeError(`${width} x ${height} pixels are more than ${bytes} bytes can hold`);
  }
  if (scans > MAX_SCANS || scans * pixels > MAX_WORK) {
    throw new RangeError(`${scans} scans are more than any encoder writes`);
  }
}

/** Eighths of its size in which a picture is decoded: 8, 4, 2 or 1, which libjpeg has fast transforms for. */
function eighths({ width, height }: JpegHeader, minSide: number): number {
  return [1, 2, 4].find((part) => Math.min(width, height) * part / 8 >= minSide) ?? 8;
}

/** Address of `jpeg_error_mgr` (jpeglib.h), where libjpeg keeps what it has to say. */
function errorManager({ memory }: CodecExports, decoder: number): number {
  return new DataView(memory.buffer).getUint32(decoder + COMPRESSOR_BYTES, true);
}

/** The message that the decoder stopped with, its numbers filled in. */
function stopMessage(codec: CodecExports, decoder: number): string {
  const manager = errorManager(codec, decoder);
  const view = new DataView(codec.memory.buffer);
  const table = view.getUint32(manager + 112, true);
  const text = view.getUint32(table + 4 * view.getUint32(manager + 20, true), true);
  const bytes = new Uint8Array(codec.memory.buffer, text, 200);
  let number = 0;
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0))).replaceAll(
    /%0?\d*l?[a-z]/g,
    (word) => {
      const value = view.getInt32(manager + 24 + 4 * number++, true);
      return word.endsWith("x") ? value.toString(16) : String(value);
    },
  );
}

function countWarnings(codec: CodecExports, decoder: number): number {
  return new DataView(codec.memory.buffer).getUint32(errorManager(codec, decoder) + 108, true);
}

/** As libjpeg stores them, inverted, the way all writers have followed Adobe in. */
function cmykToRgb(samples: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(samples.length / 4 * 3);
  for (let from = 0, to = 0; from < samples.length; from += 4) {
    const light = samples[from + 3]!;
    for (let ink = 0; ink < 3; ink++) {
      const product = (255 - samples[from + ink]!) * light + 128;
      rgb[to++] = light - ((product + (product >> 8)) >> 8);
    }
  }
  return rgb;
}

interface PixelRequest {
  /** Size wanted. */
  readonly width: number;
  readonly height: number;
  readonly format: typeof RGB | typeof CMYK;
  readonly flags: number;
  readonly header: JpegHeader;
}

function decodePixels(bytes: Uint8Array, request: PixelRequest): Uint8Array {
  const { width, height, format, flags, header } = request;
  let decoder = 0;
  const codec = startCodec<TurboJpeg>(URL_OF_CODEC, {
    setjmp: () => 0,
    longjmp: () => {
      throw new RangeError(stopMessage(codec, decoder));
    },
    environ_sizes_get: () => 0,
  });
  const source = handOver(codec, bytes);
  decoder = codec.tjInitDecompress();
  const found = reserve(codec, 16);
  const results = [found, found + 4, found + 8, found + 12];
  codec.tjDecompressHeader3(decoder, source, bytes.length, ...results);
  const [foundWidth, foundHeight] = new Uint32Array(codec.memory.buffer, found, 2);
  // Who reads another size than was checked would take more memory than was allowed.
  if (foundWidth !== header.width || foundHeight !== header.height) {
    throw new RangeError("its size is said twice");
  }
  const pitch = width * (format === CMYK ? 4 : 3);
  const target = reserve(codec, pitch * height);
  const place = [target, width, pitch, height];
  const status = codec.tjDecompress2(decoder, source, bytes.length, ...place, format, flags);
  if (status !== 0 && (flags !== 0 || countWarnings(codec, decoder) !== 1)) {
    throw new RangeError("its pixels are damaged");
  }
  const samples = new Uint8Array(codec.memory.buffer, target, pitch * height);
  return format === CMYK ? cmykToRgb(samples) : samples.slice();
}

function withEnd(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(bytes.length + 2);
  whole.set(bytes);
  whole.set([0xff, 0xd9], bytes.length);
  return whole;
}

/** Pixels of a picture without damage; a few bytes between segments, which other readers pass over, are none. */
function decodeUndamaged(
  bytes: Uint8Array,
  request: Omit<PixelRequest, "flags">,
): Uint8Array {
  try {
    return decodePixels(bytes, { ...request, flags: STOP_ON_WARNING });
  } catch (error) {
    if (!(error instanceof RangeError && EXTRANEOUS_DATA.test(error.message))) throw error;
    return decodePixels(bytes, { ...request, flags: 0 });
  }
}

/**
 * Decodes a JPEG with libjpeg-turbo: grey, YCbCr, RGB, CMYK and YCCK, baseline and progressive, upright by its EXIF
 * orientation.
 *
 * @param bytes The whole file.
 * @param options Bounds of its size.
 * @returns Size and pixels.
 * @throws {RangeError} if it is damaged, cut off, or beyond a bound.
 */
export function decodeJpeg(bytes: Uint8Array, options: DecodeJpegOptions): DecodedImage {
  const header = readJpegHeader(bytes);
  refuseExcess(header, bytes.length, options);
  const part = eighths(header, options.minSide);
  const size = {
    width: Math.ceil(header.width * part / 8),
    height: Math.ceil(header.height * part / 8),
  };
  const format = header.planes === 4 ? CMYK : RGB;
  // An end that is missing behind the pixels is put there: libjpeg still sees where pixels are missing. Of several scans
  // a whole one could be, unseen.
  const whole = header.isEnded || header.scans > 1 ? bytes : withEnd(bytes);
  const data = decodeUndamaged(whole, { ...size, format, header });
  return turnUpright({ ...size, data }, header.orientation);
}
