import { CheckpointError } from "../errors.ts";
import { maxDimensions } from "./safetensors_dtypes.ts";

/** Most tensors that a file may list: a header can be valid and still be made to exhaust its reader. */
export const maxEntries = 100_000;

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

const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const space = 0x20;
/** The last printable character of ASCII. */
const lastPlain = 0x7e;
/** Strings longer than this are read in the general way. */
const plainLength = 60;
const digitZero = 0x30;
const digitNine = 0x39;

/**
 * Parses the JSON header of a safetensors file. `JSON.parse` would keep the last of two equal keys, so that two
 * readers could see two different files in the same bytes; this parser knows only what a header may hold,
 * stops at the first thing that differs, and keeps names in maps, where `__proto__` is a name like others.
 *
 * @param bytes The header, from its brace to the padding.
 * @param source What is read, for messages.
 * @returns Tensors in the order of the file, and the metadata.
 * @throws {CheckpointError} If the header is no valid header.
 */
export function parseSafetensorsHeader(bytes: Uint8Array, source: string): SafetensorsHeader {
  return new HeaderParser(bytes, source).parse();
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

class HeaderParser {
  #position = 0;
  readonly #bytes: Uint8Array;
  readonly #source: string;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  constructor(bytes: Uint8Array, source: string) {
    this.#bytes = bytes;
    this.#source = source;
  }

  parse(): SafetensorsHeader {
    if (this.#bytes[0] !== openBrace) this.#fail("must start with {");
    const entries = new Map<string, HeaderEntry>();
    let metadata: Map<string, string> | undefined;
    this.#readObject((key) => {
      if (key === "__metadata__") {
        if (metadata !== undefined) {
          this.#fail("must hold each name once, __metadata__ comes twice");
        }
        metadata = this.#readMetadata();
        return;
      }
      if (entries.has(key)) this.#fail(`must hold each name once, ${quoteName(key)} comes twice`);
      if (entries.size >= maxEntries) this.#fail(`must list at most ${maxEntries} tensors`);
      entries.set(key, this.#readEntry());
    });
    // Anything but padding here would be seen by one reader and not by the next.
    for (; this.#position < this.#bytes.length; this.#position++) {
      if (this.#bytes[this.#position] !== space) this.#fail("must end with its object and spaces");
    }
    return { entries, metadata: metadata ?? new Map<string, string>() };
  }

  #readMetadata(): Map<string, string> {
    const metadata = new Map<string, string>();
    this.#readObject((key) => {
      if (metadata.has(key)) this.#fail(`must hold each key once, ${quoteName(key)} comes twice`);
      if (metadata.size >= maxEntries) this.#fail(`must hold at most ${maxEntries} metadata keys`);
      metadata.set(key, this.#readString());
    });
    return metadata;
  }

  #readEntry(): HeaderEntry {
    let dtype: string | undefined;
    let shape: number[] | undefined;
    let offsets: number[] | undefined;
    this.#readObject((key) => {
      if (key === "dtype" && dtype === undefined) dtype = this.#readString();
      else if (key === "shape" && shape === undefined) shape = this.#readIntegers(maxDimensions);
      else if (key === "data_offsets" && offsets === undefined) offsets = this.#readIntegers(2);
      else this.#fail(`must give dtype, shape and data_offsets once each, found ${quoteName(key)}`);
    });
    if (dtype === undefined || shape === undefined || offsets?.length !== 2) {
      return this.#fail("must give dtype, shape and two data_offsets for every tensor");
    }
    return { dtype, shape, offsets: [offsets[0]!, offsets[1]!] };
  }

  #readObject(readValue: (key: string) => void): void {
    this.#expect(openBrace, "{");
    if (this.#take(closeBrace)) return;
    do {
      const key = this.#readString();
      this.#expect(colon, ":");
      readValue(key);
    } while (this.#take(comma));
    this.#expect(closeBrace, "}");
  }

  #readIntegers(most: number): number[] {
    this.#expect(openBracket, "[");
    const integers: number[] = [];
    if (this.#take(closeBracket)) return integers;
    do {
      if (integers.length >= most) this.#fail(`must have at most ${most} numbers here`);
      integers.push(this.#readInteger());
    } while (this.#take(comma));
    this.#expect(closeBracket, "]");
    return integers;
  }

  #readInteger(): number {
    this.#skipSpace();
    const start = this.#position;
    let value = 0;
    for (let digits = 0;; digits++) {
      const byte = this.#bytes[this.#position] ?? 0;
      if (byte < digitZero || byte > digitNine) break;
      if (digits > 0 && value === 0) this.#fail("must not write numbers with leading zeros");
      value = 10 * value + (byte - digitZero);
      if (!Number.isSafeInteger(value)) this.#fail("must hold numbers below 2^53");
      this.#position++;
    }
    if (this.#position === start) this.#fail("must hold a non-negative integer here");
    return value;
  }

  #readString(): string {
    this.#skipSpace();
    const start = this.#position;
    if (this.#bytes[start] !== quote) this.#fail("must hold a string here");
    // Nearly all strings are short and plain; the general way costs ten times as much.
    let end = start + 1;
    let text = "";
    for (; end - start <= plainLength; end++) {
      const byte = this.#bytes[end] ?? 0;
      if (byte === quote) {
        this.#position = end + 1;
        return text;
      }
      if (byte < space || byte > lastPlain || byte === backslash) break;
      text += String.fromCharCode(byte);
    }
    return this.#readAnyString(start, end);
  }

  #readAnyString(start: number, plainEnd: number): string {
    let end = plainEnd;
    while (end < this.#bytes.length && this.#bytes[end] !== quote) {
      end += this.#bytes[end] === backslash ? 2 : 1;
    }
    if (end >= this.#bytes.length) this.#fail("must end its strings");
    try {
      const text: unknown = JSON.parse(this.#decoder.decode(this.#bytes.subarray(start, end + 1)));
      if (typeof text === "string" && text.isWellFormed()) {
        this.#position = end + 1;
        return text;
      }
    } catch {
      // Bytes that are no UTF-8, bare control characters, unknown escapes: reported below.
    }
    return this.#fail("must hold well-formed strings");
  }

  #take(byte: number): boolean {
    this.#skipSpace();
    if (this.#bytes[this.#position] !== byte) return false;
    this.#position++;
    return true;
  }

  #expect(byte: number, name: string): void {
    if (!this.#take(byte)) this.#fail(`must have ${name} here`);
  }

  /** The white space of JSON. */
  #skipSpace(): void {
    for (;; this.#position++) {
      const byte = this.#bytes[this.#position];
      if (byte !== space && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return;
    }
  }

  #fail(problem: string): never {
    throw new CheckpointError(
      `Cannot read safetensors file: header ${problem}, see byte ${8 + this.#position} of ` +
        `${this.#source}; the file is damaged or was not written as safetensors, use another copy`,
    );
  }
}
