import assert from "node:assert/strict";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Compares a text with a file that was reviewed. With `UPDATE_SNAPSHOTS=1` the file is written instead.
 *
 * @param text The text.
 * @param file The file, as a URL: `new URL("snapshots/help.txt", import.meta.url)`.
 * @throws {assert.AssertionError} if they differ or the file does not exist.
 */
export async function assertSnapshot(text: string, file: URL): Promise<void> {
  const path = fileURLToPath(file);
  if (Deno.env.get("UPDATE_SNAPSHOTS") === "1") {
    await Deno.mkdir(dirname(path), { recursive: true });
    return await Deno.writeTextFile(path, text);
  }
  let expected: string;
  try {
    expected = await Deno.readTextFile(path);
  } catch (cause) {
    throw new assert.AssertionError({
      message: `Cannot read snapshot ${path}: ${cause}; write it with UPDATE_SNAPSHOTS=1`,
    });
  }
  assert.equal(
    text,
    expected,
    `${path} differs; if that is meant, run again with UPDATE_SNAPSHOTS=1`,
  );
}
