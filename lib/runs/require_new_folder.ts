import { refuseFolderInUse } from "../checkpoints/run_lock.ts";
import { stagingPattern } from "../files/atomic_write.ts";
import { describePathFailure } from "../files/path_failure.ts";
import { resolve } from "node:path";
import { installFolder } from "../datasets/install_folder.ts";
import { CheckpointError, PuppetError } from "../errors.ts";
import { PROVENANCE_FILE } from "./provenance_file.ts";
import { quoteWord } from "../safe_text.ts";

/** What a run that ended before its first file leaves behind. */
const LOCK_FILE = ".lock";

/**
 * Whether an entry of a folder is what a training leaves behind that was killed before it wrote its configuration, which
 * makes a run of it: such a folder can be neither resumed nor be in anyone's way.
 *
 * @param entry Name, and whether it is a file.
 * @returns The answer.
 */
export function isOfNoRun({ name, isFile }: Pick<Deno.DirEntry, "name" | "isFile">): boolean {
  return name === LOCK_FILE || isFile && (name === PROVENANCE_FILE || stagingPattern.test(name));
}

/** Words of the refusal. */
export interface NewFolderWords {
  /** What is to be done there: `start a run in`. */
  readonly action: string;
  /** What to do instead. */
  readonly advice: string;
  /** What else to do where the folder holds something. */
  readonly otherAdvice?: string;
}

/** What is said of the folder of an export. */
export const EXPORT_FOLDER: NewFolderWords = {
  action: "export to",
  advice: "name a folder that does not exist yet",
};

/** What is said of the folder of a run. */
function wordsOfRun(directory: string): NewFolderWords {
  return {
    action: "start a run in",
    advice: "name another folder (--run)",
    otherAdvice: `, or continue that run (--resume ${quoteWord(directory)})`,
  };
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
  words: NewFolderWords = wordsOfRun(directory),
): Promise<void> {
  try {
    for await (const entry of Deno.readDir(directory)) {
      // An export is passed on, and nothing of a run's origin with it.
      const stays = words === EXPORT_FOLDER && entry.name === PROVENANCE_FILE;
      if (isOfNoRun(entry) && !stays) continue;
      await refuseFolderInUse(directory);
      throw new CheckpointError(
        `Cannot ${words.action} ${directory}: the folder is not empty (it holds ${entry.name}); ${words.advice}` +
          (words.otherAdvice ?? ""),
      );
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw refusal(error, directory, words);
  }
}

/**
 * Makes the folder of a new run, which overwrites nothing.
 *
 * @param directory Folder of the run that is to be.
 * @param words What a refusal says; by default that of a training.
 * @throws {CheckpointError} as `requireNewFolder` does, and if the folder cannot be made.
 */
export async function makeNewFolder(
  directory: string,
  words: NewFolderWords = wordsOfRun(directory),
): Promise<void> {
  await requireNewFolder(directory, words);
  try {
    await Deno.mkdir(directory, { recursive: true });
  } catch (error) {
    throw refusal(error, directory, words);
  }
}

/**
 * Fills the folder of an export, which appears whole or not at all.
 *
 * @param directory The folder, for which `requireNewFolder` has passed.
 * @param fill Fills the folder whose path it is given.
 * @param signal Stops it; nothing is left of it.
 * @returns What `fill` returns.
 * @throws {CheckpointError} if the folder cannot be written.
 */
export async function fillExport<Result>(
  directory: string,
  fill: (stage: string) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  try {
    return await installFolder(resolve(directory), fill, signal);
  } catch (error) {
    throw exportRefusal(error, directory);
  }
}

/**
 * Says of a file that could not be written that the export could not: what else is advised for it is for other commands.
 *
 * @param error What was thrown.
 * @param directory Folder of the export.
 * @returns The error to throw.
 */
export function exportRefusal(error: unknown, directory: string): unknown {
  const cause = error instanceof PuppetError ? error.cause : undefined;
  if (describePathFailure(cause) === null) return error;
  return refusal(cause, directory, EXPORT_FOLDER);
}

/** Names no option: a folder is made for several commands, whose options have other names. */
function refusal(error: unknown, directory: string, { action }: NewFolderWords): unknown {
  const failure = error instanceof Deno.errors.NotADirectory
    ? "it is a file"
    : describePathFailure(error);
  if (failure === null) return error;
  return new CheckpointError(`Cannot ${action} ${directory}: ${failure}; name another folder`, {
    cause: error,
  });
}
