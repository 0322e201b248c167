import { refuseFolderInUse } from "../checkpoints/run_lock.ts";
import { stagingPattern } from "../files/atomic_write.ts";
import { describePathFailure } from "../files/path_failure.ts";
import { CheckpointError } from "../errors.ts";

/** What a run that ended before its first file leaves behind. */
const LOCK_FILE = ".lock";

/** Words of the refusal. */
export interface NewFolderWords {
  /** What is to be done there: `start a run in`. */
  readonly action: string;
  /** What to do instead. */
  readonly advice: string;
}

/**
 * Makes sure that a new run overwrites nothing. Changes nothing.
 *
 * @param directory Folder of the run that is to be.
 * @param words What a refusal says; by default that of a training.
 * @throws {CheckpointError} if it holds anything, is in use, is a file, or cannot be looked at.
 */
export async function requireNewFolder(
  directory: string,
  words: NewFolderWords = {
    action: "start a run in",
    advice: `name another with --run, or continue that run with --resume ${directory}`,
  },
): Promise<void> {
  try {
    for await (const entry of Deno.readDir(directory)) {
      // A run that was killed while it wrote its first file can be neither resumed nor be in anyone's way.
      if (entry.name === LOCK_FILE || (entry.isFile && stagingPattern.test(entry.name))) continue;
      await refuseFolderInUse(directory);
      throw new CheckpointError(
        `Cannot ${words.action} ${directory}: the folder is not empty (it holds ${entry.name}); ${words.advice}`,
      );
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    const failure = error instanceof Deno.errors.NotADirectory
      ? "it is a file"
      : describePathFailure(error);
    if (failure === null) throw error;
    throw new CheckpointError(
      `Cannot ${words.action} ${directory}: ${failure}; ${words.advice}`,
      { cause: error },
    );
  }
}
