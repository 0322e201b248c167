import type { PuppetError } from "./errors.ts";

/** Options of {@linkcode readBounded}. */
export interface ReadBoundedOptions {
  /** Largest length in bytes that is read. */
  readonly maxBytes: number;
  /** Class of the error for what is not read. */
  readonly refusal: new (message: string) => PuppetError;
  /**
   * Takes pipes and devices too, up to the bound: for a path that the user named. What a stranger's folder holds could
   * be a pipe that nobody writes to, or a link to a device that never ends.
   *
   * @default false
   */
  readonly pipe?: boolean;
}

function tooLong(path: string, { maxBytes, refusal }: ReadBoundedOptions): PuppetError {
  return new refusal(
    `Cannot read ${path}: it must have at most ${maxBytes} bytes, it has more; put the right file there`,
  );
}

/** Reads to the end of something whose length nobody knows. */
async function readStream(
  source: Pick<Deno.FsFile, "read">,
  name: string,
  options: ReadBoundedOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (;;) {
    const piece = new Uint8Array(1 << 16);
    const count = await source.read(piece);
    if (count === null) break;
    length += count;
    if (length > options.maxBytes) throw tooLong(name, options);
    // A copy: a program that writes line by line gives pieces of a few bytes.
    pieces.push(piece.slice(0, count));
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/**
 * Reads a file that somebody else may have made: not more than it may reasonably hold, and nothing that has no end.
 *
 * @param path The file; a link is followed.
 * @param options Bound, and which error refuses.
 * @returns The content.
 * @throws {PuppetError} of the class given, if the file is too long, or is a pipe or device. What the system says otherwise
 * (missing, no permission, a folder) comes as it is.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DataError } from "./errors.ts";
 *
 * const path = Deno.makeTempFileSync();
 * Deno.writeTextFileSync(path, "12345");
 * assert.equal((await readBounded(path, { maxBytes: 5, refusal: DataError })).length, 5);
 * await assert.rejects(readBounded(path, { maxBytes: 4, refusal: DataError }), /at most 4 bytes/);
 * Deno.removeSync(path);
 * ```
 */
export async function readBounded(
  path: string,
  options: ReadBoundedOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { maxBytes, refusal, pipe = false } = options;
  const { isFile, isDirectory, size } = await Deno.stat(path);
  // A folder: reading it says so.
  if (isDirectory) return await Deno.readFile(path);
  if (!isFile) {
    if (pipe) {
      using file = await Deno.open(path);
      return await readStream(file, path, options);
    }
    throw new refusal(
      `Cannot read ${path}: it must be a file, it is a pipe or a device; put the file itself there`,
    );
  }
  if (size > maxBytes) throw tooLong(path, options);
  return await Deno.readFile(path);
}

/** Encoding by the byte order mark: what Windows PowerShell's `>` and Notepad write is UTF-16. */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}

/**
 * Reads text as {@linkcode readBounded} reads bytes.
 *
 * @param path The file.
 * @param options Bound, and which error refuses.
 * @returns The content, from UTF-8, or from UTF-16 where it begins with a byte order mark; without the mark.
 * @throws {PuppetError} as {@linkcode readBounded} does.
 */
export async function readBoundedText(path: string, options: ReadBoundedOptions): Promise<string> {
  return decode(await readBounded(path, options));
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

/**
 * Reads the text on stdin to its end.
 *
 * @param options Bound, and which error refuses.
 * @returns The content, decoded as {@linkcode readBoundedText} does.
 * @throws {PuppetError} of the class given, if it is too long.
 */
export async function readBoundedInput(
  options: Omit<ReadBoundedOptions, "pipe">,
): Promise<string> {
  return decode(await readStream(Deno.stdin, "stdin", options));
}
