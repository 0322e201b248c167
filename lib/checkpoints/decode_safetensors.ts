import { CheckpointError } from "../errors.ts";
import { dtypeNames, dtypes, elementCount } from "./safetensors_dtypes.ts";
import { maxHeaderLength, parseSafetensorsHeader, quoteName } from "./safetensors_header.ts";
import type { SafeTensor, SafetensorsDtype } from "./safetensors_dtypes.ts";
import type { HeaderEntry } from "./safetensors_header.ts";

/** What a safetensors file holds. */
export interface DecodedSafetensors {
  /** Tensors by name, in the order of the header; every one has its own memory. */
  readonly tensors: Map<string, SafeTensor>;
  /** Texts by key; empty if the file has none. */
  readonly metadata: Map<string, string>;
}

/**
 * Reads the safetensors format strictly. A file is accepted only if its bytes can be read in one way: the header
 * has no duplicate names and is followed by padding only, and the tensors fill the rest of the file exactly, without
 * gaps, overlaps or trailing bytes.
 *
 * @param bytes The whole file.
 * @param source What is read, for messages; usually the path.
 * @returns Tensors and metadata.
 * @throws {CheckpointError} If the file is not valid; the message says what is wrong and where.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.throws(
 *   () => decodeSafetensors(new Uint8Array(5), "weights.safetensors"),
 *   /length must be 8 bytes or more, weights.safetensors has 5/,
 * );
 * ```
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  source = "the given bytes",
): DecodedSafetensors {
  const headerLength = readHeaderLength(bytes, source);
  const dataStart = 8 + headerLength;
  const header = parseSafetensorsHeader(bytes.subarray(8, dataStart), source);
  checkCoverage(header.entries, { source, dataLength: bytes.length - dataStart });
  const tensors = new Map<string, SafeTensor>();
  for (const [name, entry] of header.entries) {
    const { arrayType } = dtypes.get(entry.dtype)!;
    // A copy: the data of a tensor need not be aligned in the file, and must not keep the whole file alive. Not
    // by `slice`, which shares memory if the bytes are a Node Buffer.
    const copy = new Uint8Array(entry.offsets[1] - entry.offsets[0]);
    copy.set(bytes.subarray(dataStart + entry.offsets[0], dataStart + entry.offsets[1]));
    tensors.set(name, {
      dtype: entry.dtype as SafetensorsDtype,
      shape: entry.shape,
      data: new arrayType(copy.buffer),
    });
  }
  return { tensors, metadata: new Map(header.metadata) };
}

function readHeaderLength(bytes: Uint8Array, source: string): number {
  if (bytes.length < 8) {
    return fail(`length must be 8 bytes or more, ${source} has ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(maxHeaderLength)) {
    return fail(`header must be at most ${maxHeaderLength} bytes, ${source} announces ${length}`);
  }
  if (length > BigInt(bytes.length - 8)) {
    return fail(
      `header must lie within the file, ${source} announces ${length} bytes and has ${
        bytes.length - 8
      }`,
    );
  }
  return Number(length);
}

/** Checks each tensor by itself, then that all of them together fill the data exactly. */
function checkCoverage(
  entries: ReadonlyMap<string, HeaderEntry>,
  file: { readonly source: string; readonly dataLength: number },
): void {
  const { source, dataLength } = file;
  for (const [name, entry] of entries) checkEntry(entry, `tensor ${quoteName(name)} of ${source}`);
  const inFileOrder = [...entries].sort(([, a], [, b]) =>
    a.offsets[0] - b.offsets[0] || a.offsets[1] - b.offsets[1]
  );
  let end = 0;
  for (const [name, { offsets }] of inFileOrder) {
    if (offsets[0] !== end) {
      fail(
        `tensors must follow each other without gap or overlap, ${
          quoteName(name)
        } of ${source} starts at ` +
          `${offsets[0]} instead of ${end}`,
      );
    }
    end = offsets[1];
  }
  if (end !== dataLength) {
    fail(
      `tensors must fill the file, those of ${source} end at ${end} of ${dataLength} bytes of data`,
    );
  }
}

function checkEntry(entry: HeaderEntry, where: string): void {
  const info = dtypes.get(entry.dtype);
  if (info === undefined) {
    fail(`dtype must be one of ${dtypeNames}, ${where} has ${quoteName(entry.dtype)}`);
  }
  const count = elementCount(entry.shape);
  const [start, end] = entry.offsets;
  if (count === null || !Number.isSafeInteger(count * info.size)) {
    fail(`shape must be of a size below 2^53 bytes, ${where} has [${entry.shape.join(", ")}]`);
  }
  if (end - start !== count * info.size) {
    fail(
      `data_offsets must span ${count * info.size} bytes for ${entry.dtype} [${
        entry.shape.join(", ")
      }], ` +
        `${where} has ${start} to ${end}`,
    );
  }
}

function fail(problem: string): never {
  throw new CheckpointError(
    `Cannot read safetensors file: ${problem}; the file is damaged or was not written as safetensors, use ` +
      `another copy`,
  );
}
