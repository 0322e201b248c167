import { maskedCrc32c } from "./crc32c.ts";

/** Numbers by name, all at one step. */
export type Scalars = Readonly<Record<string, number>>;

/** One event of an event file: scalars, or the version that begins a file. */
export interface TensorBoardEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  /** Optimizer steps since the start of training. */
  readonly step: number;
  /** Numbers by tag; stored as float32. */
  readonly scalars?: Scalars;
  /** `brain.Event:2`; only in the first record of a file. */
  readonly fileVersion?: string;
}

/** An unsigned number, seven bits to a byte, lowest first. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  // Division, not shifts: steps may exceed 32 bits.
  while (rest >= 128) {
    bytes.push(rest % 128 + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

const [VARINT, FIXED64, LENGTH, FIXED32] = [0, 1, 2, 5] as const;

function fieldKey(field: number, wireType: number): number {
  return field * 8 + wireType;
}

function double(field: number, value: number): number[] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  return [fieldKey(field, FIXED64), ...new Uint8Array(view.buffer)];
}

function float(field: number, value: number): number[] {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value, true);
  return [fieldKey(field, FIXED32), ...new Uint8Array(view.buffer)];
}

function message(field: number, bytes: ArrayLike<number>): number[] {
  return [fieldKey(field, LENGTH), ...varint(bytes.length), ...Array.from(bytes)];
}

function text(field: number, value: string): number[] {
  return message(field, new TextEncoder().encode(value));
}

/** The message `Event` with a `Summary` of simple values (event.proto and summary.proto of TensorFlow). */
function encodeMessage({ wallTime, step, scalars, fileVersion }: TensorBoardEvent): Uint8Array {
  const values = Object.entries(scalars ?? {}).flatMap(([tag, value]) =>
    message(1, [...text(1, tag), ...float(2, value)])
  );
  return Uint8Array.from([
    ...double(1, wallTime),
    ...step === 0 ? [] : [fieldKey(2, VARINT), ...varint(step)],
    ...fileVersion === undefined ? [] : text(3, fileVersion),
    ...values.length === 0 ? [] : message(5, values),
  ]);
}

/**
 * Writes an event as a record: length (uint64, little-endian), its checksum, the message, its checksum.
 *
 * @param event The event.
 * @returns The record.
 * @throws {RangeError} if the step is not an integer >= 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const record = encodeEvent({ wallTime: 0, step: 1, scalars: { loss: 0.5 } });
 * assert.equal(new DataView(record.buffer).getUint32(0, true) + 16, record.length);
 * ```
 */
export function encodeEvent(event: TensorBoardEvent): Uint8Array<ArrayBuffer> {
  if (!Number.isSafeInteger(event.step) || event.step < 0) {
    throw new RangeError(
      `Cannot encode event: step must be an integer of 0 or more, current value is ${event.step}`,
    );
  }
  const content = encodeMessage(event);
  const record = new Uint8Array(content.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(content.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(content, 12);
  view.setUint32(12 + content.length, maskedCrc32c(content), true);
  return record;
}
