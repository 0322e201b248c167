/**
 * Asks the system to bring a file's content, or a folder's entries, to the disk: a file created or renamed is still there
 * after a power cut. What cannot be opened is left to the system: Windows opens no folders, and its file system orders
 * these changes by itself; a folder above those that Deno may read is nobody's to flush.
 *
 * @param path The file or folder.
 * @throws The system's error if it was opened and cannot be flushed.
 */
export async function syncPath(path: string): Promise<void> {
  const opened = await Deno.open(path).catch(() => null);
  try {
    await opened?.sync();
  } finally {
    opened?.close();
  }
}
