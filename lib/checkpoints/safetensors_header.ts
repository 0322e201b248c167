import { CheckpointError } from "../errors.ts";
import { isObject } from "../files/is_object.ts";
import { maxDimensions } from "./safetensors_dtypes.ts";

/** Most tensors that a file may list: a header can be valid and still be made to exhaust its reader. */
export const maxEntries = 100_000;

/** Largest header that readers accept, in bytes. */
export const maxHeaderLength = 100_000_000;

/** Most keys of a header: a name and three more for every tensor, and as many texts of metadata. */
const maxKeys = 5 * maxEntries;

/** Objects and lists in each other: the header, a tensor in it, its shape in that. */
const maxDepth = 3;

/** One tensor as the header describes it; nothing is checked but the types. */
export interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** First byte and the byte after the last, counted from the end of the header. */
  readonly offsets: readonly [number, number];
}

/** The parsed header. */
export interface SafetensorsHeader {
  readonly entries: ReadonlyMap<string, HeaderEntry>;
  readonly metadata: ReadonlyMap<string, string>;
}

const TOO_MANY = `must list at most ${maxEntries} tensors`;
const TOO_DEEP = `must not nest deeper than ${maxDepth} levels`;

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const OPENING = codesOf("{[");
const CLOSING = codesOf("}]");
/** What may stand outside of strings. */
const PLAIN = codesOf('{}[]:,"0123456789 \t\n\r');

function codesOf(characters: string): ReadonlySet<number> {
  return new Set(new TextEncoder().encode(characters));
}

/** What is wrong with a header; becomes a `CheckpointError` that names the file. */
class HeaderFault extends Error {}

/**
 * Parses the JSON header of a safetensors file strictly. `JSON.parse` alone would keep the last of two equal keys, so
 * that two readers could see two different files in the same bytes: the keys of the text are counted before, and as
 * many must come out. Names are kept in maps, where `__proto__` is a name like others.
 *
 * @param bytes The header, from its brace to the padding.
 * @param source What is read, for messages.
 * @returns Tensors by name, and the metadata.
 * @throws {CheckpointError} If the header is not a valid header.
 */
export function parseSafetensorsHeader(bytes: Uint8Array, source: string): SafetensorsHeader {
  try {
    return parseStrictly(bytes);
  } catch (error) {
    if (!(error instanceof HeaderFault)) throw error;
    throw new CheckpointError(
      `Cannot read safetensors file: the header of ${source} ${error.message}; the file is damaged or was not ` +
        "written as safetensors, use another copy",
    );
  }
}

/**
 * Shortens a name that may be long or hold control characters, to quote it in a message.
 *
 * @param name Any text.
 * @returns The name in JSON's spelling, at most about 80 characters.
 */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 77)}...` : name);
}

function demand(holds: boolean, problem: string): asserts holds {
  if (!holds) throw new HeaderFault(problem);
}

/** Whether bytes are UTF-8; without Node's function of the same purpose, since pages in a browser read files too. */
function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function parseStrictly(bytes: Uint8Array): SafetensorsHeader {
  // Anything but padding around the object would be seen by one reader and not by the next.
  const last = bytes.findLastIndex((byte) => byte !== 0x20);
  demand(bytes[0] === 0x7b, "must start with {");
  demand(bytes[last] === 0x7d, "must end with its object and spaces");
  const written = countKeys(bytes);
  demand(isUtf8(bytes), "must hold well-formed strings");
  const tensors = membersOf(parseJson(bytes));
  const entries = new Map<string, HeaderEntry>();
  let metadata = new Map<string, string>();
  let read = tensors.size;
  for (const [name, value] of tensors) {
    try {
      const members = membersOf(value);
      read += members.size;
      if (name !== "__metadata__") entries.set(name, readEntry(members));
      else metadata = new Map([...members].map(([key, text]) => [key, textOf(text)]));
    } catch (error) {
      throw new HeaderFault(`${(error as Error).message} for ${quoteName(name)}`);
    }
  }
  demand(entries.size <= maxEntries, TOO_MANY);
  demand(read === written, `must hold each name once, ${written - read} of its keys come again`);
  return { entries, metadata };
}

/**
 * Looks at a header before it is parsed: whether it is made of nothing but objects, strings and lists of
 * non-negative integers, not too many of them and not too deep.
 *
 * @returns The number of keys.
 */
function countKeys(bytes: Uint8Array): number {
  let [keys, depth, inString] = [0, 0, false];
  for (let position = 0; position < bytes.length; position++) {
    const byte = bytes[position]!;
    if (byte === QUOTE) inString = !inString;
    else if (inString) position += byte === BACKSLASH ? 1 : 0;
    else if (!PLAIN.has(byte)) {
      throw new HeaderFault(
        `must hold strings and non-negative integers only, see byte ${8 + position} of the file`,
      );
    } else if (byte === COLON) keys++;
    else if (OPENING.has(byte)) depth++;
    else if (CLOSING.has(byte)) depth--;
    demand(keys <= maxKeys, TOO_MANY);
    demand(depth <= maxDepth, TOO_DEEP);
  }
  return keys;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new HeaderFault("must be valid JSON");
  }
}

function membersOf(value: unknown): Map<string, unknown> {
  demand(isObject(value), "must hold an object");
  const members = new Map(Object.entries(value));
  for (const key of members.keys()) textOf(key);
  return members;
}

function textOf(value: unknown): string {
  demand(typeof value === "string" && value.isWellFormed(), "must hold well-formed strings");
  return value;
}

function integersOf(value: unknown): number[] {
  demand(
    Array.isArray(value) && value.every(Number.isSafeInteger),
    "must give lists of integers below 2^53",
  );
  demand(value.length <= maxDimensions, `must have at most ${maxDimensions} numbers`);
  return value;
}

function readEntry(members: ReadonlyMap<string, unknown>): HeaderEntry {
  const isComplete = ["dtype", "shape", "data_offsets"].every((key) => members.has(key));
  demand(isComplete && members.size === 3, "must give dtype, shape, data_offsets and nothing else");
  const [start, end, ...rest] = integersOf(members.get("data_offsets"));
  demand(
    start !== undefined && end !== undefined && rest.length === 0,
    "must give two data_offsets",
  );
  return {
    dtype: textOf(members.get("dtype")),
    shape: integersOf(members.get("shape")),
    offsets: [start, end],
  };
}
