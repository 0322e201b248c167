import { dtypeNames, dtypes, elementCount, maxDimensions } from "./safetensors_dtypes.ts";
import type { SafeTensor } from "./safetensors_dtypes.ts";
import { maxEntries, maxHeaderLength, quoteName } from "./safetensors_header.ts";

/**
 * Writes tensors in the safetensors format: 8 bytes of header length, a JSON header, the data. Equal tensors give
 * equal bytes: tensors are laid out by element type (largest first, as the reference implementation does, so that each
 * one is aligned) and then by name, and metadata by key.
 *
 * @param tensors Tensors by name.
 * @param metadata Short texts by key.
 * @returns The file. The data starts at a multiple of 8 bytes.
 * @throws {TypeError} If an array is not of the class that its element type asks for, or a name or a text is not
 * well-formed Unicode.
 * @throws {RangeError} If a shape does not agree with its data, a name is `__metadata__`, or the header grows
 * beyond what readers accept.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decodeSafetensors } from "./decode_safetensors.ts";
 *
 * const bias = { dtype: "F32", shape: [2], data: Float32Array.of(0.5, -1) } as const;
 * const file = encodeSafetensors({ bias }, { step: "7" });
 * const { tensors, metadata } = decodeSafetensors(file);
 * assert.deepEqual(tensors.get("bias"), bias);
 * assert.equal(metadata.get("step"), "7");
 * ```
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, SafeTensor> | Readonly<Record<string, SafeTensor>>,
  metadata: ReadonlyMap<string, string> | Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries = listEntries(tensors);
  for (const [name, tensor] of entries) checkTensor(name, tensor);
  const ranks = [...dtypes.keys()];
  entries.sort(([nameA, a], [nameB, b]) =>
    ranks.indexOf(b.dtype) - ranks.indexOf(a.dtype) || compareText(nameA, nameB)
  );
  const header = encodeHeader(entries, metadata);
  const total = entries.reduce((sum, [, tensor]) => sum + tensor.data.byteLength, 0);
  const file = new Uint8Array(8 + header.length + total);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  let offset = 8 + header.length;
  for (const [, { data }] of entries) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}

function listEntries<Value>(
  values: ReadonlyMap<string, Value> | Readonly<Record<string, Value>>,
): [string, Value][] {
  return values instanceof Map ? [...values] : Object.entries(values);
}

/** By code unit: unlike `localeCompare` the same on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function encodeHeader(
  entries: readonly (readonly [string, SafeTensor])[],
  metadata: ReadonlyMap<string, string> | Readonly<Record<string, string>>,
): Uint8Array {
  const parts: string[] = [];
  const texts = listEntries(metadata).sort(([a], [b]) => compareText(a, b));
  for (const text of texts.flat()) checkText(text);
  if (texts.length > 0) {
    const pairs = texts.map(([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`);
    parts.push(`"__metadata__":{${pairs.join(",")}}`);
  }
  let end = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    const start = end;
    end += data.byteLength;
    const entry = { dtype, shape, data_offsets: [start, end] };
    parts.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  }
  const json = new TextEncoder().encode(`{${parts.join(",")}}`);
  const header = new Uint8Array(8 * Math.ceil(json.length / 8)).fill(0x20);
  header.set(json);
  if (header.length > maxHeaderLength || entries.length > maxEntries) {
    throw new RangeError(
      `Cannot encode safetensors: a header holds at most ${maxEntries} tensors and ${maxHeaderLength} bytes, ` +
        `current values are ${entries.length} and ${header.length}`,
    );
  }
  return header;
}

function checkText(text: unknown): void {
  if (typeof text !== "string" || !text.isWellFormed()) {
    throw new TypeError(
      `Cannot encode safetensors: names and metadata must be well-formed text, current value is ` +
        quoteName(String(text)),
    );
  }
}

function checkTensor(name: string, tensor: SafeTensor): void {
  checkText(name);
  if (name === "__metadata__") {
    throw new RangeError(
      "Cannot encode safetensors: a tensor must not be named __metadata__; the format keeps that name for itself",
    );
  }
  const where = `tensor ${quoteName(name)}`;
  const { dtype, shape, data } = tensor;
  const info = dtypes.get(dtype);
  if (info === undefined) {
    throw new TypeError(
      `Cannot encode safetensors: dtype of ${where} must be one of ${dtypeNames}, current value is ${dtype}`,
    );
  }
  if (!(data instanceof info.arrayType)) {
    throw new TypeError(
      `Cannot encode safetensors: ${where} of dtype ${dtype} must hold its data in a ${info.arrayType.name}`,
    );
  }
  if (shape.length > maxDimensions || elementCount(shape) !== data.length) {
    throw new RangeError(
      `Cannot encode safetensors: ${where} has shape [${
        shape.slice(0, maxDimensions).join(", ")
      }] but ` +
        `${data.length} elements`,
    );
  }
}
