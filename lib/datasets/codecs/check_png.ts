import { inflateSync } from "node:zlib";

/** Samples per pixel, and bits that a sample may have, by PNG's colour type: grey, RGB, palette, grey + alpha, RGBA. */
const KINDS: ReadonlyMap<number, { readonly samples: number; readonly bits: readonly number[] }> =
  new Map([
    [0, { samples: 1, bits: [1, 2, 4, 8, 16] }],
    [2, { samples: 3, bits: [8, 16] }],
    [3, { samples: 1, bits: [1, 2, 4, 8] }],
    [4, { samples: 2, bits: [8, 16] }],
    [6, { samples: 4, bits: [8, 16] }],
  ]);

/** Bits of a pixel; 255 a sample, as a header can claim, would let eight gigabytes unfold. */
function bitsOfPixel(header: DataView): number {
  const [bits, type] = [header.getUint8(24), header.getUint8(25)];
  const kind = KINDS.get(type);
  if (kind === undefined || !kind.bits.includes(bits)) {
    throw new RangeError(`its colour type ${type} with ${bits} bits is none of PNG's`);
  }
  return kind.samples * bits;
}

/**
 * Whether a chunk decides on the pixels: the critical ones, whose names begin with a capital, and transparency. The others
 * are texts, colour profiles and frames of an animation; some are packed, so that a few bytes may unfold into gigabytes.
 */
function isNeeded({ type }: Chunk): boolean {
  return /^[A-Z]/.test(type) || type === "tRNS";
}

interface Chunk {
  readonly type: string;
  /** Place of its first byte, which is part of its length. */
  readonly begin: number;
  /** Place of its data, and the end of it; the checksum follows. */
  readonly data: number;
  readonly end: number;
}

/** A complete chunk IEND: no data, and its checksum. */
const END = Uint8Array.of(0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82);

/** The chunks up to the first one that is cut off. */
function listChunks(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let begin = 8; begin + 12 <= bytes.length;) {
    const data = begin + 8;
    const end = data + view.getUint32(begin);
    if (end + 4 > bytes.length) break;
    chunks.push({
      type: String.fromCharCode(...bytes.subarray(begin + 4, data)),
      begin,
      data,
      end,
    });
    begin = end + 4;
  }
  return chunks;
}

/** Columns and rows that the seven passes of an interlaced picture begin at, and their steps. */
const PASSES = [
  [0, 8, 0, 8],
  [4, 8, 0, 8],
  [0, 4, 4, 8],
  [2, 4, 0, 4],
  [0, 2, 2, 4],
  [1, 2, 0, 2],
  [0, 1, 1, 2],
] as const;

/** Bytes that the pixels of a PNG unfold to: rows with a filter byte each, in one pass or seven. */
function unfoldedBytes(header: DataView): number {
  const [width, height] = [header.getUint32(16), header.getUint32(20)];
  const bits = bitsOfPixel(header);
  const passes = header.getUint8(28) === 0 ? [[0, 1, 0, 1] as const] : PASSES;
  let bytes = 0;
  for (const [left, columnStep, top, rowStep] of passes) {
    const columns = Math.ceil((width - left) / columnStep);
    const rows = Math.ceil((height - top) / rowStep);
    if (columns > 0 && rows > 0) bytes += rows * (1 + Math.ceil(columns * bits / 8));
  }
  return bytes;
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/**
 * Finds the EXIF block of a PNG.
 *
 * @param bytes The whole file.
 * @returns Its data; `null` if there is none.
 */
export function pngExif(bytes: Uint8Array): Uint8Array | null {
  const chunk = listChunks(bytes).find(({ type }) => type === "eXIf");
  return chunk === undefined ? null : bytes.subarray(chunk.data, chunk.end);
}

/**
 * Makes a PNG safe to decode: its decoder unfolds whatever is packed, however much comes out. An end that is missing
 * behind complete pixels is put there, as other readers do without it.
 *
 * @param bytes A PNG whose header is complete.
 * @returns The same picture without what does not belong to its pixels.
 * @throws {Error} if the header names no kind of PNG, or the packed pixels are damaged, cut off, or unfold to more than
 * it says.
 */
export function checkPng(bytes: Uint8Array): Uint8Array {
  const chunks = listChunks(bytes);
  const pixels = chunks.filter(({ type }) => type === "IDAT");
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wanted = unfoldedBytes(header);
  const packed = join(pixels.map(({ data, end }) => bytes.subarray(data, end)));
  // Some encoders leave a few bytes over; nobody reads them.
  const { length } = inflateSync(packed, { maxOutputLength: wanted + 64 });
  if (length < wanted) throw new RangeError("its pixels are cut off");
  const isWhole = chunks.at(-1)?.type === "IEND" && chunks.at(-1)!.end + 4 === bytes.length;
  if (isWhole && chunks.every(isNeeded)) return bytes;
  const kept = chunks.filter((chunk) => isNeeded(chunk) && chunk.type !== "IEND");
  const pieces = kept.map(({ begin, end }) => bytes.subarray(begin, end + 4));
  return join([bytes.subarray(0, 8), ...pieces, END]);
}
