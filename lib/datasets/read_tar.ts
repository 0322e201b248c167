import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { DataError } from "../errors.ts";

/** Bytes of a tar block; headers take one, contents are padded to whole ones (POSIX ustar). */
const BLOCK = 512;

/** What an archive says about one member, before anything is believed. */
export interface TarMember {
  /** Name as the archive spells it. */
  readonly name: string;
  /** Length in bytes. */
  readonly bytes: number;
  /** Whether the member is a regular file. */
  readonly isRegular: boolean;
}

/** A file that was written. */
export interface ExtractedFile {
  /** Path below the folder; ours, never the archive's. */
  readonly name: string;
  /** Length in bytes. */
  readonly bytes: number;
  /** SHA-256, 64 hexadecimal digits. */
  readonly sha256: string;
}

/** Options of `readTar`. */
export interface ReadTarOptions {
  /** Folder to write to; must exist. */
  readonly folder: string;
  /**
   * Decides on each member: where to put it below the folder, or `null` to leave it. May throw. A path is
   * made of names the caller knows to be harmless; it is never taken over from the archive unchecked.
   */
  readonly select: (member: TarMember) => string | null;
  /** Bytes that the archive may unpack to, wanted members and others together. */
  readonly maxBytes: number;
  /**
   * Brings every file to disk before the next; costly with many small files.
   *
   * @default false
   */
  readonly durable?: boolean | undefined;
  /** Hears the unpacked bytes so far. */
  readonly onProgress?: ((done: number) => void) | undefined;
  /** Stops the reading. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a tar or tar.gz file and writes the wanted members under names of our own.
 *
 * General extraction is not offered on purpose: archives that name `../x`, `/x`, links or devices are an
 * endless source of holes. Here a name of the archive is only ever compared. Extended headers (pax, GNU)
 * count as members that nobody wants, so they cannot rename or resize the next member.
 *
 * @param archive Path of the archive.
 * @param options What to take, and where to.
 * @returns The files written, in the order of the archive.
 * @throws {DataError} if the archive is damaged, truncated, too large, or puts two members in one place.
 */
export async function readTar(
  archive: string,
  options: ReadTarOptions,
): Promise<readonly ExtractedFile[]> {
  const source = await openArchive(archive, options.maxBytes);
  const written = new Map<string, ExtractedFile>();
  try {
    for (;;) {
      options.signal?.throwIfAborted();
      const header = await source.take(BLOCK);
      // A zero block ends an archive; what follows is padding.
      if (header.every((byte) => byte === 0)) break;
      const member = parseHeader(header, archive);
      const output = options.select(member);
      if (output === null) {
        await source.pass(member.bytes, () => {});
      } else {
        if (written.has(output)) {
          throw new DataError(
            `Cannot unpack ${archive}: two members want to be ${output}, the second is ` +
              `${printable(member.name)}; the archive is not the expected one`,
          );
        }
        written.set(output, await writeMember(source, { ...options, member, output }));
      }
      await source.pass((BLOCK - member.bytes % BLOCK) % BLOCK, () => {});
      options.onProgress?.(source.taken);
    }
    // To the very end: only there does gzip compare its checksum.
    await source.drain();
  } finally {
    await source.close();
  }
  return [...written.values()];
}

/** A name in a message: control characters of a hostile archive must not reach the terminal. */
function printable(name: string): string {
  return JSON.stringify(name);
}

/** Opens the archive as a stream, unpacked if it begins like gzip. */
async function openArchive(archive: string, maxBytes: number): Promise<ByteSource> {
  let file: Deno.FsFile | undefined;
  let count: number | null;
  const magic = new Uint8Array(2);
  try {
    file = await Deno.open(archive);
    count = await file.read(magic);
    await file.seek(0, Deno.SeekMode.Start);
  } catch (error) {
    // A folder can be opened, and not be read.
    file?.close();
    throw new DataError(`Cannot unpack ${archive}: it cannot be opened; check the path`, {
      cause: error,
    });
  }
  const isGzip = count === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
  const stream = isGzip
    ? file.readable.pipeThrough(new DecompressionStream("gzip"))
    : file.readable;
  return new ByteSource(stream, { archive, maxBytes });
}

/** Hands out a stream in pieces of the length asked for, and never more than was agreed. */
class ByteSource {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #archive: string;
  readonly #maxBytes: number;
  #rest: Uint8Array = new Uint8Array(0);
  /** Bytes handed out. */
  taken = 0;

  constructor(
    stream: ReadableStream<Uint8Array>,
    options: { readonly archive: string; readonly maxBytes: number },
  ) {
    this.#reader = stream.getReader();
    this.#archive = options.archive;
    this.#maxBytes = options.maxBytes;
  }

  /** Passes `count` bytes to a function, piece by piece. */
  async pass(count: number, use: (piece: Uint8Array) => Promise<void> | void): Promise<void> {
    if (this.taken + count > this.#maxBytes) {
      throw new DataError(
        `Cannot unpack ${this.#archive}: it unpacks to more than ${this.#maxBytes} bytes; ` +
          `the archive is not the expected one`,
      );
    }
    let missing = count;
    while (missing > 0) {
      if (this.#rest.length === 0 && !await this.#refill()) {
        throw new DataError(
          `Cannot unpack ${this.#archive}: it ends early, after ${this.taken} bytes; fetch it again`,
        );
      }
      const piece = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(piece.length);
      missing -= piece.length;
      this.taken += piece.length;
      await use(piece);
    }
  }

  /** The next `count` bytes as one array. */
  async take(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count);
    let at = 0;
    await this.pass(count, (piece) => {
      bytes.set(piece, at);
      at += piece.length;
    });
    return bytes;
  }

  /** Reads what is left, so that the decompressor checks it. */
  async drain(): Promise<void> {
    do await this.pass(this.#rest.length, () => {}); while (await this.#refill());
  }

  /** Gets the next piece; `false` at the end of the stream. */
  async #refill(): Promise<boolean> {
    let result: ReadableStreamReadResult<Uint8Array>;
    try {
      result = await this.#reader.read();
    } catch (error) {
      throw new DataError(
        `Cannot unpack ${this.#archive}: the compressed data is damaged or ends early after ` +
          `${this.taken} unpacked bytes; fetch it again`,
        { cause: error },
      );
    }
    if (result.done) return false;
    this.#rest = result.value;
    return true;
  }

  async close(): Promise<void> {
    // Cancelling a stream that has already failed repeats its error; that one was reported.
    await this.#reader.cancel().catch(() => {});
  }
}

/** Reads a ustar header block and checks its sum, which tells a header from anything else. */
function parseHeader(header: Uint8Array, archive: string): TarMember {
  const text = (begin: number, length: number) => {
    const field = header.subarray(begin, begin + length);
    const end = field.indexOf(0);
    return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
  };
  // The checksum counts its own eight bytes as spaces.
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  const size = text(124, 12).trim();
  const checksum = text(148, 8).trim();
  if (!/^[0-7]+$/.test(checksum) || parseInt(checksum, 8) !== sum || !/^[0-7]*$/.test(size)) {
    throw new DataError(
      `Cannot unpack ${archive}: a member header is damaged or not in tar format; give a .tar or .tar.gz, ` +
        "or the folder it unpacks to, or fetch it again",
    );
  }
  const type = header[156]!;
  const prefix = text(257, 5) === "ustar" && text(263, 2) === "00" ? text(345, 155) : "";
  const name = text(0, 100);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    bytes: size === "" ? 0 : parseInt(size, 8),
    isRegular: type === 0 || type === "0".charCodeAt(0),
  };
}

interface MemberTarget {
  readonly member: TarMember;
  readonly output: string;
  readonly folder: string;
  readonly durable?: boolean | undefined;
}

async function writeMember(source: ByteSource, target: MemberTarget): Promise<ExtractedFile> {
  const { member, output, folder } = target;
  const path = join(folder, output);
  if (output.includes("/")) await Deno.mkdir(dirname(path), { recursive: true });
  const hash = createHash("sha256");
  // createNew: nothing that is already there, a link least of all, is written through.
  using file = await Deno.open(path, { createNew: true, write: true });
  await source.pass(member.bytes, async (piece) => {
    hash.update(piece);
    for (let at = 0; at < piece.length;) at += await file.write(piece.subarray(at));
  });
  if (target.durable) await file.sync();
  return { name: output, bytes: member.bytes, sha256: hash.digest("hex") };
}

/** A member that an archive must or may hold. */
export interface ExpectedMember {
  /** Name as the archive spells it. */
  readonly name: string;
  /** Name of our file. */
  readonly output: string;
  /** Exact length in bytes, or the greatest one for an optional member. */
  readonly bytes: number;
  /** May be missing, and may be shorter. */
  readonly isOptional: boolean;
}

/**
 * Makes the selection of an allow-list: exact names, regular files, agreed lengths; all else is left.
 *
 * @param expected The members to take.
 * @returns A function for `ReadTarOptions.select`.
 */
export function selectExpected(
  expected: readonly ExpectedMember[],
): (member: TarMember) => string | null {
  return (member) => {
    const wanted = expected.find(({ name }) => name === member.name);
    if (wanted === undefined) return null;
    const fits = wanted.isOptional ? member.bytes <= wanted.bytes : member.bytes === wanted.bytes;
    if (!member.isRegular || !fits) {
      throw new DataError(
        `Cannot unpack archive: ${wanted.name} must be a regular file of ` +
          `${wanted.isOptional ? "at most " : ""}${wanted.bytes} bytes, the archive has ` +
          `${member.isRegular ? `${member.bytes} bytes` : "something else"}; ` +
          `the archive is not the expected one`,
      );
    }
    return wanted.output;
  };
}
