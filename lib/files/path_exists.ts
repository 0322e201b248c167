/**
 * Whether a path exists; a broken permission counts as an error, not as absence.
 *
 * @param path Path of a file or folder.
 * @returns `true` if something is there.
 */
export async function pathExists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
