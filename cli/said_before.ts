import { createHash } from "node:crypto";
import { join } from "node:path";
import { pathExists } from "../lib/files/path_exists.ts";
import { toolkitCache } from "../lib/backends/native_cache.ts";

async function isAllowed(name: "env" | "write"): Promise<boolean> {
  return (await Deno.permissions.query({ name })).state === "granted";
}

/**
 * Whether a remark was made on this machine before; from now on it was. An empty file in the toolkit's cache folder,
 * named by a digest of the text, remembers it.
 *
 * @param text The remark.
 * @param folder Folder of such files.
 * @returns `false` where nothing can be remembered, too.
 */
export async function wasSaidBefore(text: string, folder?: string): Promise<boolean> {
  if (!await isAllowed("env") || !await isAllowed("write")) return false;
  const name = createHash("sha256").update(text).digest("hex").slice(0, 32);
  try {
    const said = folder ?? join(toolkitCache(), "said");
    if (await pathExists(join(said, name))) return true;
    await Deno.mkdir(said, { recursive: true });
    await Deno.writeTextFile(join(said, name), "");
  } catch {
    // A cache that cannot be written: the remark is made again, which is better than a failure.
  }
  return false;
}
