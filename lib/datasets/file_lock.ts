import { dirname } from "node:path";
import { DataError } from "../errors.ts";
import { describePathFailure } from "../files/path_failure.ts";

/** Options of `withFileLock`. */
export interface FileLockOptions {
  /** Called once if another process holds the lock. */
  readonly onWait?: () => void;
  /** Gives up waiting. */
  readonly signal?: AbortSignal | undefined;
}

/** Pause between two attempts, in milliseconds. */
const POLL_MILLISECONDS = 100;

/**
 * Runs an action while no other process (and no other call in this one) runs one under the same path.
 *
 * The lock belongs to the open file, so it goes with a process that dies: nothing is left to clean up by
 * hand. The file is removed afterwards; who waited on the removed file sees that the path no longer leads
 * to it, and asks again.
 *
 * @param path Path of the lock file; its folder is created.
 * @param action What to do under the lock.
 * @param options Waiting.
 * @returns What the action returns.
 * @throws {DataError} if the folder cannot be made or written to.
 */
export async function withFileLock<Result>(
  path: string,
  action: () => Promise<Result>,
  options: FileLockOptions = {},
): Promise<Result> {
  await makeFolder(dirname(path));
  using file = await acquire(path, options);
  try {
    return await action();
  } finally {
    // Removed while still held. Some systems refuse to remove an open file; the empty file then stays.
    await Deno.remove(path).catch(() => {});
    await file.unlock();
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    throw refusal(`make the folder ${folder}`, error);
  }
}

async function openLock(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { create: true, write: true });
  } catch (error) {
    throw refusal(`write ${path}`, error);
  }
}

function refusal(action: string, error: unknown): unknown {
  const failure = describePathFailure(error);
  if (failure === null) return error;
  return new DataError(
    `Cannot ${action}: ${failure}; name another folder with --directory, or give permission`,
    { cause: error },
  );
}

async function acquire(path: string, options: FileLockOptions): Promise<Deno.FsFile> {
  let hasWaited = false;
  for (;;) {
    options.signal?.throwIfAborted();
    const file = await openLock(path);
    try {
      if (await file.tryLock(true) && await isSameFile(file, path)) return file;
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
    if (!hasWaited) options.onWait?.();
    hasWaited = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
}

/** Whether the path still leads to the open file, not to one that was created after it was removed. */
async function isSameFile(file: Deno.FsFile, path: string): Promise<boolean> {
  const held = await file.stat();
  try {
    const named = await Deno.stat(path);
    return held.ino === named.ino && held.dev === named.dev;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
