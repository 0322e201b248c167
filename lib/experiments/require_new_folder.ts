import { stagingPattern } from "../checkpoints/atomic_write.ts";
import { CheckpointError } from "../errors.ts";

/** What a run that ended before its first file leaves behind. */
const LOCK_FILE = ".lock";

/**
 * Makes sure that a new run overwrites nothing. Changes nothing.
 *
 * @param directory Folder of the run that is to be.
 * @throws {CheckpointError} if it holds anything, or is a file.
 */
export async function requireNewFolder(directory: string): Promise<void> {
  try {
    for await (const entry of Deno.readDir(directory)) {
      // A run that was killed while it wrote its first file can be neither resumed nor be in anyone's way.
      if (entry.name === LOCK_FILE || (entry.isFile && stagingPattern.test(entry.name))) continue;
      throw new CheckpointError(
        `Cannot start a run in ${directory}: the folder is not empty (it holds ${entry.name}); ` +
          `name another with --run, or continue that run with --resume ${directory}`,
      );
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (!(error instanceof Deno.errors.NotADirectory)) throw error;
    throw new CheckpointError(
      `Cannot start a run in ${directory}: it is a file; name another folder with --run`,
      { cause: error },
    );
  }
}
