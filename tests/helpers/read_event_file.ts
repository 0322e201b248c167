import assert from "node:assert/strict";

/** A scalar of an event file. */
export interface EventScalar {
  readonly tag: string;
  readonly step: number;
  readonly value: number;
}

/** CRC-32C bit by bit, to check the table of the library by other means. */
function slowCrc32c(bytes: Uint8Array): number {
  let remainder = 0xffffffffn;
  for (const byte of bytes) {
    remainder ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      remainder = remainder & 1n ? (remainder >> 1n) ^ 0x82f63b78n : remainder >> 1n;
    }
  }
  return Number(remainder ^ 0xffffffffn);
}

function masked(bytes: Uint8Array): number {
  const checksum = BigInt(slowCrc32c(bytes));
  const turned = (checksum >> 15n) | ((checksum << 17n) & 0xffffffffn);
  return Number((turned + 0xa282ead8n) & 0xffffffffn);
}

/** Reads a protocol buffer field by field; strings and messages stay bytes. */
function readMessage(bytes: Uint8Array): [field: number, value: number | Uint8Array][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fields: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n;; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(value);
    }
  };
  while (at < bytes.length) {
    const key = varint();
    if ((key & 7) === 0) fields.push([key >> 3, varint()]);
    else if ((key & 7) === 1) fields.push([key >> 3, view.getFloat64((at += 8) - 8, true)]);
    else if ((key & 7) === 5) fields.push([key >> 3, view.getFloat32((at += 4) - 4, true)]);
    else {
      assert.equal(key & 7, 2);
      const length = varint();
      fields.push([key >> 3, bytes.slice(at, at += length)]);
    }
  }
  return fields;
}

function valueOf(fields: [number, number | Uint8Array][], field: number) {
  return fields.find(([number]) => number === field)?.[1];
}

/**
 * Reads an event file of TensorBoard as strictly as can be: every length, checksum and field must be right, and
 * nothing may be left over.
 */
export function readEventFile(
  bytes: Uint8Array,
): { readonly version: string; readonly wallTimes: number[]; readonly scalars: EventScalar[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const decoder = new TextDecoder();
  const [wallTimes, scalars]: [number[], EventScalar[]] = [[], []];
  let [version, at] = ["", 0];
  while (at < bytes.length) {
    const length = Number(view.getBigUint64(at, true));
    assert.equal(view.getUint32(at + 8, true), masked(bytes.slice(at, at + 8)));
    const content = bytes.slice(at + 12, at + 12 + length);
    assert.equal(content.length, length);
    assert.equal(view.getUint32(at + 12 + length, true), masked(content));
    const event = readMessage(content);
    wallTimes.push(valueOf(event, 1) as number);
    const step = (valueOf(event, 2) ?? 0) as number;
    if (at === 0) version = decoder.decode(valueOf(event, 3) as Uint8Array);
    else assert.equal(valueOf(event, 3), undefined);
    const summary = valueOf(event, 5);
    for (const [, entry] of summary === undefined ? [] : readMessage(summary as Uint8Array)) {
      const scalar = readMessage(entry as Uint8Array);
      const tag = decoder.decode(valueOf(scalar, 1) as Uint8Array);
      scalars.push({ tag, step, value: valueOf(scalar, 2) as number });
    }
    at += length + 16;
  }
  return { version, wallTimes, scalars };
}
