import { statfs } from "node:fs/promises";

/**
 * Room that a user may still fill on the disk of a path.
 *
 * @param path A file or folder that exists.
 * @returns Bytes; `null` where the system does not tell, or Deno may not look.
 */
export async function freeSpace(path: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(path);
    const bytes = bavail * bsize;
    // Some network file systems tell nothing but zeros.
    return Number.isFinite(bytes) && bsize > 0 ? bytes : null;
  } catch {
    return null;
  }
}
