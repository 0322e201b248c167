import { join } from "node:path";
import { CheckpointError, messageOf } from "../errors.ts";
import { writeFully } from "../files/atomic_write.ts";

/** A lock file holds the number of a process and a line end. */
const MAX_LOCK_BYTES = 20;

/** Another process works in a run folder: that passes, where a damaged folder stays what it is. */
export class FolderInUseError extends CheckpointError {}

/** The right to write to a run folder, held by one process at a time. */
export interface RunLock extends Disposable {
  /** Gives the folder back; a second call does nothing. */
  release(): void;
}

/**
 * Takes the right to write to a run folder. The operating system keeps the lock and drops it with the process, however
 * that ends, so a killed training never leaves its folder locked. The file `.lock` stays: removing it would let two
 * processes lock two files of the same name.
 *
 * @param directory The run folder; it must exist.
 * @returns The lock; call `release`, or declare it with `using`.
 * @throws {FolderInUseError} If another process (or another part of this one) holds the lock, whose number the message
 * tells.
 * @throws {CheckpointError} If the folder cannot be written to.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const folder = Deno.makeTempDirSync();
 * const lock = await lockRunFolder(folder);
 * await assert.rejects(lockRunFolder(folder), /in use by process/);
 * lock.release();
 * (await lockRunFolder(folder)).release();
 * Deno.removeSync(folder, { recursive: true });
 * ```
 */
export async function lockRunFolder(directory: string): Promise<RunLock> {
  const path = join(directory, ".lock");
  let file: Deno.FsFile | undefined;
  try {
    await requireLockFile(path);
    file = await Deno.open(path, { read: true, write: true, create: true });
    if (!await file.tryLock(true)) throw heldByOther(directory, file);
    await file.truncate(0);
    await writeFully(file, new TextEncoder().encode(`${Deno.pid}\n`));
    return lockOn(file);
  } catch (error) {
    file?.close();
    if (error instanceof CheckpointError) throw error;
    throw new CheckpointError(
      `Cannot lock run folder: ${path} cannot be written (${messageOf(error)}); ` +
        `check that the folder exists and may be written to`,
      { cause: error },
    );
  }
}

/**
 * Makes sure that no other process works in a run folder, without taking it. Changes nothing.
 *
 * @param directory The run folder; need not exist.
 * @throws {FolderInUseError} if it is in use, with the number of the process.
 */
export async function refuseFolderInUse(directory: string): Promise<void> {
  const path = join(directory, ".lock");
  try {
    if (!(await Deno.lstat(path)).isFile) return;
    using file = await Deno.open(path, { read: true });
    if (!await file.tryLock(true)) throw heldByOther(directory, file);
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    // Whoever wants to work in the folder says what is wrong with it.
  }
}

/**
 * The lock file is emptied and written to: in a folder from a stranger it must not be a link to somebody's file, nor
 * that file itself.
 */
async function requireLockFile(path: string): Promise<void> {
  let found: Deno.FileInfo;
  try {
    found = await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  const isOurs = found.isFile && found.size <= MAX_LOCK_BYTES &&
    /^\d*\n?$/.test(await Deno.readTextFile(path));
  if (isOurs) return;
  throw new CheckpointError(
    `Cannot lock run folder: ${path} must be a file with the number of a process, it is something else; remove it`,
  );
}

function lockOn(file: Deno.FsFile): RunLock {
  let held = true;
  function release(): void {
    if (!held) return;
    held = false;
    try {
      // The number of a process that is done would only mislead.
      file.truncateSync(0);
    } finally {
      file.close();
    }
  }
  return { release, [Symbol.dispose]: release };
}

function heldByOther(directory: string, file: Deno.FsFile): FolderInUseError {
  const buffer = new Uint8Array(20);
  const text = new TextDecoder().decode(buffer.subarray(0, file.readSync(buffer) ?? 0)).trim();
  const holder = /^\d+$/.test(text) ? `process ${text}` : "another process";
  return new FolderInUseError(
    `Cannot lock run folder: ${directory} is in use by ${holder}; wait for it to end, or choose another folder`,
  );
}
