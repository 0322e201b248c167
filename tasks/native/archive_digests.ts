import { basename } from "node:path";
import type { NativeArchive } from "../../lib/backends/native_cache.ts";
import { BackendError } from "../../lib/errors.ts";
import { readBoundedText } from "../../lib/read_bounded.ts";
import { sha256OfFile } from "./file_digests.ts";

/** SHA-256 of the archives that were seen here: whoever serves them, they are the same bytes. */
export const PINNED_DIGESTS: ReadonlyMap<string, string> = new Map([
  [
    "tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl",
    "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
  ],
]);

/** A hundred wheels have some 15 kB. */
const BOUNDS = { maxBytes: 1e6, refusal: BackendError };

/** Where a digest can be checked, and how it comes to be known here. */
export const DIGESTS_ADVICE =
  "compare with the publisher's page (PyPI shows the SHA-256 of every file), and give them in a file with --digests";

/**
 * Reads digests in the form of `sha256sum`: a line a file, 64 hexadecimal digits, two blanks, the name.
 *
 * @param path The file.
 * @returns Digests by file name, without folders.
 * @throws {BackendError} if the file is missing, or a line has another form.
 */
export async function readDigests(path: string): Promise<ReadonlyMap<string, string>> {
  let text: string;
  try {
    text = await readBoundedText(path, BOUNDS);
  } catch (error) {
    if (error instanceof BackendError) throw error;
    throw new BackendError(`Cannot read digests: ${path} cannot be opened; check --digests`, {
      cause: error,
    });
  }
  const digests = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const match = /^([0-9a-fA-F]{64}) [ *](\S+)$/.exec(line);
    if (match === null) {
      throw new BackendError(
        `Cannot read digests: line ${
          index + 1
        } of ${path} must have the form that sha256sum writes; fix it`,
      );
    }
    digests.set(basename(match[2]!), match[1]!.toLowerCase());
  }
  return digests;
}

/** Compares the archives of one installation with what is pinned. Nothing that is not pinned gets used. */
export class ArchiveDigests {
  readonly #given: ReadonlyMap<string, string>;
  readonly #missing: string[] = [];
  readonly #archives: NativeArchive[] = [];

  /**
   * Takes what the user vouches for beside what is pinned here.
   *
   * @param given Digests by file name.
   */
  constructor(given: ReadonlyMap<string, string> = new Map()) {
    this.#given = given;
  }

  /** The archives that were compared. */
  get archives(): readonly NativeArchive[] {
    return this.#archives;
  }

  /**
   * Compares one archive.
   *
   * @param path The archive; its name tells which digest it must have.
   * @returns Whether it may be used; if not, {@linkcode refuseMissing} tells which digest it has.
   * @throws {BackendError} if it has another digest than the one that is pinned or given.
   */
  async check(path: string): Promise<boolean> {
    const name = basename(path);
    const sha256 = await sha256OfFile(path);
    const pinned = PINNED_DIGESTS.get(name);
    const expected = pinned ?? this.#given.get(name);
    if (expected === undefined) {
      this.#missing.push(`${sha256}  ${name}`);
      return false;
    }
    if (expected !== sha256) {
      throw new BackendError(
        `Cannot use ${name}: its SHA-256 is ${sha256}, ${
          pinned === undefined ? "given" : "pinned"
        } is ${expected}; clear pip's cache and check where the file comes from`,
      );
    }
    this.#archives.push({ name, sha256, pinned: pinned !== undefined });
    return true;
  }

  /**
   * Refuses to go on where an archive had no digest to compare with.
   *
   * @throws {BackendError} if there was one; the message has the lines that a file of digests needs.
   */
  refuseMissing(): void {
    if (this.#missing.length === 0) return;
    throw new BackendError([
      "Cannot use archives without a known SHA-256, these came:",
      ...this.#missing,
      DIGESTS_ADVICE,
    ]);
  }
}
