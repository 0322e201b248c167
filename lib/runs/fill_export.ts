import { dirname, join, resolve, sep } from "node:path";
import { PuppetError } from "../errors.ts";
import { stagingSuffix, wholeOrRemoved } from "../files/atomic_write.ts";
import { pathExists } from "../files/path_exists.ts";
import { describePathFailure } from "../files/path_failure.ts";
import { syncPath } from "../files/sync_path.ts";
import { EXPORT_FOLDER, folderRefusal, notEmpty, requireNewFolder } from "./require_new_folder.ts";

/** Folder that is filled first. In a folder that is there it has no other name: a second export finds it. */
const STAGE = ".unfinished-export";

/** How an export is put in its place. */
export interface FillExportOptions {
  /** The file that readers begin with; it appears last. */
  readonly entry: string;
  /** Stops it; nothing is left of it. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fills the folder of an export. One that is not there appears whole or not at all. One that is there, by itself or through
 * a link, stays what it is and gets the files at the end. The target is the user's: nothing else is touched, and where
 * another process was faster the export is refused.
 *
 * @param directory The folder, for which `requireNewFolder` has passed.
 * @param fill Fills the folder whose path it is given.
 * @param options The file that appears last, and what stops it.
 * @returns What `fill` returns.
 * @throws {CheckpointError} if the folder is not empty by now, or cannot be written.
 */
export async function fillExport<Result>(
  directory: string,
  fill: (stage: string) => Promise<Result>,
  { entry, signal }: FillExportOptions,
): Promise<Result> {
  try {
    const isThere = await pathExists(directory);
    const stage = isThere ? join(directory, STAGE) : await stageBeside(directory);
    signal?.throwIfAborted();
    await unlessFilled(directory, () => Deno.mkdirSync(stage));
    const result = await wholeOrRemoved(stage, async () => {
      const result = await fill(stage);
      await syncPath(stage);
      // After an abort the stage is gone, and made again in part by what was still being written.
      signal?.throwIfAborted();
      if (isThere) moveUp(stage, directory, entry);
      else await unlessFilled(directory, () => Deno.renameSync(stage, resolve(directory)));
      return result;
    }, signal);
    await syncPath(isThere ? directory : dirname(resolve(directory)));
    return result;
  } catch (error) {
    throw exportRefusal(error, directory);
  }
}

/** The place of a stage beside a folder that is not there, on the same disk. */
async function stageBeside(directory: string): Promise<string> {
  const parent = dirname(resolve(directory));
  await Deno.mkdir(parent, { recursive: true });
  return join(parent, `${STAGE}${stagingSuffix()}`);
}

/** Takes a step that fails where somebody else was faster; the refusal says so then. */
async function unlessFilled(directory: string, step: () => void): Promise<void> {
  try {
    step();
  } catch (error) {
    await requireNewFolder(directory, EXPORT_FOLDER);
    throw error;
  }
}

/** Moves what a stage holds into the folder around it at once, so that no signal comes between. */
function moveUp(stage: string, directory: string, entry: string): void {
  const other = [...Deno.readDirSync(directory)].find(({ name }) => name !== STAGE);
  if (other !== undefined) throw notEmpty(directory, other.name, EXPORT_FOLDER);
  const names = [...Deno.readDirSync(stage)].map(({ name }) => name);
  for (const name of [...names.filter((name) => name !== entry), entry]) {
    Deno.renameSync(join(stage, name), join(directory, name));
  }
  Deno.removeSync(stage);
}

/** Whether a failure names a place outside of the export: what could not be read of the run. */
function isElsewhere(cause: unknown, directory: string): boolean {
  const place = cause instanceof Error ? /'([^']+)'/.exec(cause.message)?.[1] : undefined;
  // With the separator: `model-2` is no part of `model`.
  return place !== undefined && !place.includes(STAGE) &&
    !`${resolve(place)}${sep}`.startsWith(join(resolve(directory), sep));
}

/** Says of a file that could not be written that the export could not: what else is advised for it is for other commands. */
function exportRefusal(error: unknown, directory: string): unknown {
  const cause = error instanceof PuppetError ? error.cause : error;
  return describePathFailure(cause) === null || isElsewhere(cause, directory)
    ? error
    : folderRefusal(cause, directory, EXPORT_FOLDER);
}
