/**
 * Runs a test in a temporary folder, which is removed afterwards with all it holds.
 *
 * @param test Receives the path of the folder.
 */
export async function withFolder(test: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
