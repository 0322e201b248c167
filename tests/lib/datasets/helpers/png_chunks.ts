import { crc32 } from "node:zlib";
import { concatenate } from "./make_tar.ts";

/** What the header of a PNG says. */
export interface PngForm {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colorType: number;
  readonly isInterlaced: boolean;
}

/** A chunk with its length and checksum. */
export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** A PNG of the chunks between its header and its end. */
export function pngFile(form: PngForm, chunks: readonly Uint8Array[]): Uint8Array {
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, form.width);
  new DataView(header.buffer).setUint32(4, form.height);
  header.set([form.depth, form.colorType, 0, 0, form.isInterlaced ? 1 : 0], 8);
  return concatenate([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    pngChunk("IHDR", header),
    ...chunks,
    pngChunk("IEND", new Uint8Array(0)),
  ]);
}
