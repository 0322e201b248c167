import { inflateSync } from "node:zlib";

/** Samples per pixel by PNG's colour type: grey, -, RGB, palette, grey + alpha, -, RGBA. */
const SAMPLES = [1, 0, 3, 1, 2, 0, 4];

/**
 * Whether a chunk decides on the pixels: the critical ones, whose names begin with a capital, and transparency. The others
 * are texts, colour profiles and frames of a film; some are packed, so that a few bytes may unfold into gigabytes.
 */
function isNeeded({ type }: Chunk): boolean {
  return /^[A-Z]/.test(type) || type === "tRNS";
}

/** Packed pixels up to this length cannot unfold into more than some 64 MB (deflate packs by 1032 at most). */
const HARMLESS_BYTES = 60_000;

interface Chunk {
  readonly type: string;
  /** Place of its first byte, which is part of its length. */
  readonly begin: number;
  /** Place of its data, and the end of it; the checksum follows. */
  readonly data: number;
  readonly end: number;
}

/** The chunks up to the first one that is cut off; what is wrong with it, the decoder says. */
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

/** Bytes that the pixels of a PNG unfold to at most: rows with a filter byte each, in up to seven passes. */
function unpackedBytes(header: DataView): number {
  const [width, height] = [header.getUint32(16), header.getUint32(20)];
  const bits = (SAMPLES[header.getUint8(25)] ?? 4) * header.getUint8(24);
  return Math.ceil(width * bits / 8) * height + 7 * (width + height) + 8 * height + 64;
}

/**
 * Makes a PNG safe to decode: its decoder unfolds whatever is packed, however much comes out.
 *
 * @param bytes A PNG whose header is complete.
 * @returns The same picture without what does not belong to its pixels.
 * @throws {RangeError} if the packed pixels unfold to more than the header says.
 */
export function checkPng(bytes: Uint8Array): Uint8Array {
  const chunks = listChunks(bytes);
  const pixels = chunks.filter(({ type }) => type === "IDAT");
  const packed = pixels.reduce((sum, { data, end }) => sum + end - data, 0);
  if (packed > HARMLESS_BYTES) {
    const joined = new Uint8Array(packed);
    let at = 0;
    for (const { data, end } of pixels) {
      joined.set(bytes.subarray(data, end), at);
      at += end - data;
    }
    const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    inflateSync(joined, { maxOutputLength: unpackedBytes(header) });
  }
  if (chunks.every(isNeeded)) return bytes;
  const last = chunks.at(-1)!.end + 4;
  const kept = [bytes.subarray(0, 8)];
  for (const { begin, end } of chunks.filter(isNeeded)) kept.push(bytes.subarray(begin, end + 4));
  kept.push(bytes.subarray(last));
  const out = new Uint8Array(kept.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of kept) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
