import { resolve } from "node:path";

/**
 * Leaves out paths that lead where an earlier one leads, however they are spelled and whatever links they go through. One
 * that leads nowhere stays, for whoever opens it.
 *
 * @param paths Paths of files and folders.
 * @returns The others, in their order.
 */
export async function distinctPaths(paths: readonly string[]): Promise<string[]> {
  const pathOf = new Map<string, string>();
  for (const path of paths) {
    const place = await Deno.realPath(path).catch(() => resolve(path));
    if (!pathOf.has(place)) pathOf.set(place, path);
  }
  return [...pathOf.values()];
}
