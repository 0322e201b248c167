/**
 * Asks the system to bring a file's content, or a folder's entries, to disk, so that a rename survives a
 * power cut. Systems that cannot open a folder as a file (Windows) do without.
 *
 * @param path The file or folder.
 */
export async function syncPath(path: string): Promise<void> {
  try {
    using opened = await Deno.open(path);
    await opened.sync();
  } catch {
    return;
  }
}

/**
 * Writes a file so that a reader sees the old or the new content, never a part: beside it, to disk, renamed.
 *
 * @param path Path of the file.
 * @param content Bytes or text.
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.tmp-${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  try {
    {
      using file = await Deno.open(temporary, { createNew: true, write: true });
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      await file.sync();
    }
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}
