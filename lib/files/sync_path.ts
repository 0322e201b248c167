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
