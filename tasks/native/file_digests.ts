import { createHash } from "node:crypto";
import { join } from "node:path";
import type { NativeFile } from "../../lib/backends/native_cache.ts";

/**
 * SHA-256 of a file, read in pieces: the library has almost a gigabyte.
 *
 * @param path - the file.
 * @returns lower-case hexadecimal.
 */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await Deno.open(path);
  // The stream closes the file at its end and when reading fails.
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}

/**
 * Lists the regular files under a folder with their sizes and digests. Symbolic links are left out.
 *
 * @param directory - the folder.
 * @param prefix - path of the folder relative to the installation; for the recursion.
 * @returns the files, sorted by path.
 */
export async function listNativeFiles(directory: string, prefix = ""): Promise<NativeFile[]> {
  const files: NativeFile[] = [];
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    const name = prefix + entry.name;
    if (entry.isDirectory) files.push(...await listNativeFiles(path, `${name}/`));
    if (!entry.isFile) continue;
    const { size } = await Deno.stat(path);
    files.push({ path: name, bytes: size, sha256: await sha256OfFile(path) });
  }
  return files.sort((first, second) => first.path < second.path ? -1 : 1);
}
