import { setTimeout } from "node:timers/promises";
import { dirname } from "node:path";

/** A lock that goes with the process. */
export interface ProcessLock extends Disposable {
  /** `null` where the file system knows no locks. */
  readonly isHeld: boolean | null;
}

/**
 * Locks a file for as long as this process lives, and writes the number of the process into it.
 *
 * @param path The file; made if it is not there, with its folder.
 * @returns The lock; where another process has it, `isHeld` is `false`.
 */
export async function lockFile(path: string): Promise<ProcessLock> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const file = await Deno.open(path, { read: true, write: true, create: true });
  const isHeld = await tryLock(file);
  if (isHeld !== false) {
    // A full disk ends no task: whoever asks for the number then goes by the record of the attempt.
    await file.truncate().then(() => file.write(new TextEncoder().encode(`${Deno.pid}\n`)))
      .catch(() => {});
  }
  return {
    isHeld,
    [Symbol.dispose]: () => file.close(),
  };
}

/**
 * Locks a file as {@linkcode lockFile} does, and waits where another process has it: for what takes no time.
 *
 * @param path The file.
 * @returns The lock.
 */
export async function waitForLock(path: string): Promise<ProcessLock> {
  for (;;) {
    const lock = await lockFile(path);
    if (lock.isHeld !== false) return lock;
    lock[Symbol.dispose]();
  }
}

/** Whoever only looks holds the lock for a moment too: it is tried for that long. */
async function tryLock(file: Deno.FsFile): Promise<boolean | null> {
  for (let tries = 0; tries < 5; tries++) {
    const isHeld = await file.tryLock(true).catch(() => null);
    if (isHeld !== false) return isHeld;
    await setTimeout(20);
  }
  return false;
}

/**
 * Whether a process has a file locked.
 *
 * @param path The file.
 * @returns `false` without the file; `null` where its file system cannot tell.
 */
export async function isLocked(path: string): Promise<boolean | null> {
  try {
    using file = await Deno.open(path, { read: true, write: true });
    return !await file.tryLock(true);
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? false : null;
  }
}

/**
 * Number of the process that has a file locked.
 *
 * @param path The file.
 * @returns The number; `null` where none has, or where that cannot be told.
 */
export async function holderOf(path: string): Promise<number | null> {
  if (!await isLocked(path)) return null;
  const number = Number(await Deno.readTextFile(path).catch(() => ""));
  return Number.isInteger(number) && number > 0 ? number : null;
}
