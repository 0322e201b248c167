import { refuseFolderInUse } from "../checkpoints/run_lock.ts";
import { stagingPattern } from "../files/atomic_write.ts";
import { describePathFailure } from "../files/path_failure.ts";
import { resolve } from "node:path";
import { CheckpointError } from "../errors.ts";
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
      // An export is passed on, and nothing else with it.
      if (words !== EXPORT_FOLDER && isOfNoRun(entry)) continue;
      await refuseFolderInUse(directory);
      throw notEmpty(directory, entry.name, words);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw folderRefusal(error, directory, words);
    if (await isLink(directory)) throw folderRefusal(error, directory, words, DANGLING);
  }
}

/** What is wrong with a link whose target is missing. */
const DANGLING = "it is a link that leads nowhere";

async function isLink(path: string): Promise<boolean> {
  // A slash at the end would follow the link.
  const status = await Deno.lstat(resolve(path)).catch(() => null);
  return status?.isSymlink === true;
}

/**
 * The refusal of a folder that holds something.
 *
 * @param directory The folder.
 * @param name Name of something in it.
 * @param words What the refusal says.
 * @returns The error to throw.
 */
export function notEmpty(directory: string, name: string, words: NewFolderWords): CheckpointError {
  return new CheckpointError(
    `Cannot ${words.action} ${directory}: the folder is not empty (it holds ${name}); ${words.advice}` +
      (words.otherAdvice ?? ""),
  );
}

/**
 * Makes the folder of a new run, which overwrites nothing.
 *
 * @param directory Folder of the run that is to be.
 * @throws {CheckpointError} as `requireNewFolder` does, and if the folder cannot be made.
 */
export async function makeNewFolder(directory: string): Promise<void> {
  await requireNewFolder(directory);
  try {
    await Deno.mkdir(directory, { recursive: true });
  } catch (error) {
    throw folderRefusal(error, directory, wordsOfRun(directory));
  }
}

/**
 * The refusal of a folder that cannot be looked at or written. Names no option: a folder is made for several commands, whose
 * options have other names.
 *
 * @param error What the system said.
 * @param directory The folder.
 * @param words What the refusal says.
 * @param reason Half a sentence, where more is known than the system says.
 * @returns The error to throw.
 */
export function folderRefusal(
  error: unknown,
  directory: string,
  { action }: Pick<NewFolderWords, "action">,
  reason: string | null = null,
): unknown {
  const failure = reason ??
    (error instanceof Deno.errors.NotADirectory ? "it is a file" : describePathFailure(error));
  if (failure === null) return error;
  return new CheckpointError(`Cannot ${action} ${directory}: ${failure}; name another folder`, {
    cause: error,
  });
}
