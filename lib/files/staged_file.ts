import { dirname } from "node:path";
import { CheckpointError, messageOf } from "../errors.ts";
import { removeQuietlySync, stagingSuffix, writeFully } from "./atomic_write.ts";
import { syncPath } from "./sync_path.ts";

/**
 * A file that is written piece by piece and appears whole or not at all: staged beside its target, flushed and renamed at
 * the end. For what is too long to be held in memory first.
 */
export class StagedFile {
  readonly #path: string;
  readonly #staged: string;
  readonly #file: Deno.FsFile;
  #bytes = 0;
  #isOpen = true;

  private constructor(path: string, staged: string, file: Deno.FsFile) {
    this.#path = path;
    this.#staged = staged;
    this.#file = file;
  }

  /**
   * Stages a file.
   *
   * @param path Where the file goes; its folder must exist.
   * @returns The file, empty; the caller completes or discards it.
   * @throws {CheckpointError} if nothing can be written there.
   */
  static async open(path: string): Promise<StagedFile> {
    const staged = `${path}${stagingSuffix()}`;
    try {
      return new StagedFile(
        path,
        staged,
        await Deno.open(staged, { write: true, createNew: true }),
      );
    } catch (error) {
      throw refusal(path, 0, error);
    }
  }

  /**
   * Adds text.
   *
   * @throws {CheckpointError} if it cannot be written; the file is discarded.
   */
  async write(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    try {
      await writeFully(this.#file, bytes);
    } catch (error) {
      this.discard();
      throw refusal(this.#path, this.#bytes + bytes.length, error);
    }
    this.#bytes += bytes.length;
  }

  /**
   * Puts the file in its place.
   *
   * @returns Its length in bytes.
   * @throws {CheckpointError} if that fails; the target is as it was and the staged file is removed.
   */
  async complete(): Promise<number> {
    try {
      await this.#file.sync();
      this.#close();
      await Deno.rename(this.#staged, this.#path);
      await syncPath(dirname(this.#path));
    } catch (error) {
      this.#close();
      removeQuietlySync(this.#staged);
      throw refusal(this.#path, this.#bytes, error);
    }
    return this.#bytes;
  }

  /** Removes what was staged, at once: a process that is about to end can wait for nothing. */
  discard(): void {
    // Closed is not in its place: that may be what is waited for.
    this.#close();
    removeQuietlySync(this.#staged);
  }

  #close(): void {
    if (this.#isOpen) this.#file.close();
    this.#isOpen = false;
  }
}

function refusal(path: string, bytes: number, error: unknown): CheckpointError {
  return new CheckpointError(
    `Cannot write file: ${bytes} bytes to ${path} failed (${
      messageOf(error)
    }); check free space and permissions of ` +
      "the folder",
    { cause: error },
  );
}
