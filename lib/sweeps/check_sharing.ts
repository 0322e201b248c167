import { join } from "node:path";
import { removeQuietly, stagingSuffix } from "../files/atomic_write.ts";

/**
 * Tries what tasks rely on in the folder that they share: that a file can be locked, and that a locked one refuses a second
 * lock.
 *
 * @param folder Folder of the plan; must exist.
 * @returns A sentence about what does not work; `null` if all does.
 */
export async function findSharingProblem(folder: string): Promise<string | null> {
  const path = join(folder, `.lock-test${stagingSuffix()}`);
  try {
    using first = await Deno.open(path, { read: true, write: true, create: true });
    using second = await Deno.open(path, { read: true, write: true });
    const isLocked = await first.tryLock(true).catch(() => false);
    if (isLocked && !await second.tryLock(true)) return null;
  } finally {
    await removeQuietly(path);
  }
  return `the file system of ${folder} does not lock files: tasks are kept apart by the records of their attempts and ` +
    "signs of life alone, and a killed task counts as lost only after two minutes";
}
