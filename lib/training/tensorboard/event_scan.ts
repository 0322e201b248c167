import { maskedCrc32c } from "./crc32c.ts";

/** What resuming needs to know of a record. */
export interface ScannedEvent {
  /** Where the record ends in the file, in bytes. */
  readonly end: number;
  /** Its step. */
  readonly step: number;
  /** Its tags with their values. */
  readonly scalars: ReadonlyMap<string, number>;
}

/** A field of a message: its number, and its value as number or bytes. */
interface Field {
  readonly field: number;
  readonly value: number | Uint8Array;
}

function readVarint(bytes: Uint8Array, at: number): readonly [value: number, next: number] {
  let [value, factor, next] = [0, 1, at];
  for (;;) {
    const byte = bytes[next++];
    if (byte === undefined) throw new RangeError("the message ends within a number");
    value += (byte % 128) * factor;
    factor *= 128;
    if (byte < 128) return [value, next];
  }
}

/** The fields of a message, of the wire types that events use. */
function* readFields(bytes: Uint8Array): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const [key, next] = readVarint(bytes, at);
    const field = Math.floor(key / 8);
    switch (key % 8) {
      case 0: {
        const [value, end] = readVarint(bytes, next);
        yield { field, value };
        at = end;
        break;
      }
      case 1:
        yield { field, value: view.getFloat64(next, true) };
        at = next + 8;
        break;
      case 2: {
        const [length, start] = readVarint(bytes, next);
        if (start + length > bytes.length) throw new RangeError("a field exceeds its message");
        yield { field, value: bytes.subarray(start, start + length) };
        at = start + length;
        break;
      }
      case 5:
        yield { field, value: view.getFloat32(next, true) };
        at = next + 4;
        break;
      default:
        throw new RangeError(`wire type ${key % 8} is not known`);
    }
  }
}

function readScalar(bytes: Uint8Array): readonly [tag: string, value: number] {
  let [tag, scalar] = ["", NaN];
  for (const { field, value } of readFields(bytes)) {
    if (field === 1 && typeof value !== "number") tag = new TextDecoder().decode(value);
    if (field === 2 && typeof value === "number") scalar = value;
  }
  return [tag, scalar];
}

function readContent(bytes: Uint8Array): Pick<ScannedEvent, "step" | "scalars"> {
  let step = 0;
  const scalars = new Map<string, number>();
  for (const { field, value } of readFields(bytes)) {
    if (field === 2 && typeof value === "number") step = value;
    if (field !== 5 || typeof value === "number") continue;
    for (const entry of readFields(value)) {
      if (entry.field !== 1 || typeof entry.value === "number") continue;
      scalars.set(...readScalar(entry.value));
    }
  }
  return { step, scalars };
}

/**
 * Reads the records of an event file as far as they are whole: a crash may have cut the last one.
 *
 * @param bytes The file.
 * @returns The records before the first that is cut or damaged.
 */
export function scanEvents(bytes: Uint8Array): ScannedEvent[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: ScannedEvent[] = [];
  for (let start = 0; start + 16 <= bytes.length;) {
    const length = Number(view.getBigUint64(start, true));
    const end = start + length + 16;
    const isWhole =
      view.getUint32(start + 8, true) === maskedCrc32c(bytes.subarray(start, start + 8)) &&
      end <= bytes.length;
    if (!isWhole) break;
    const content = bytes.subarray(start + 12, end - 4);
    if (view.getUint32(end - 4, true) !== maskedCrc32c(content)) break;
    try {
      events.push({ end, ...readContent(content) });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      break;
    }
    start = end;
  }
  return events;
}
