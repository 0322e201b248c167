import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { CheckpointError } from "../errors.ts";
import { writeFileAtomically } from "../files/atomic_write.ts";
import { readBoundedText } from "../read_bounded.ts";
import { claimEventFolder, openEventLog } from "../training/tensorboard/event_log.ts";
import type { EventLog, EventLogPosition } from "../training/tensorboard/event_log.ts";
import type { RunTrainingOptions } from "./run_types.ts";

/** Folder of the event file within a run folder, where no other is named. */
export const TENSORBOARD_FOLDER = "tensorboard";

/**
 * File of a run folder with the id in the names of its event files elsewhere. It goes where the run folder goes, which
 * neither a path nor the name of a folder would.
 */
const ID_FILE = "tensorboard-id";

const ID_PATTERN = /^[0-9a-f]{12}$/;

type RunEventsOptions = Pick<RunTrainingOptions, "runDirectory" | "resume" | "tensorboard">;

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The same path for a folder under all its names; also for one that is yet to be made. */
async function realPath(path: string): Promise<string> {
  return await Deno.realPath(path).catch(() => resolve(path));
}

/** Where events go, and whether that is the run's own folder; `null` where none are wanted. */
async function chooseFolder(
  { runDirectory, resume, tensorboard }: RunEventsOptions,
): Promise<{ readonly folder: string; readonly isOwn: boolean } | null> {
  const own = join(runDirectory, TENSORBOARD_FOLDER);
  const folder = tensorboard ?? (resume && await isFolder(own) ? own : null);
  if (folder === null) return null;
  return { folder, isOwn: await realPath(folder) === await realPath(own) };
}

/** The run's id; `null` if it has none yet. */
async function readId(runDirectory: string): Promise<string | null> {
  const path = join(runDirectory, ID_FILE);
  try {
    const text = await readBoundedText(path, { maxBytes: 100, refusal: CheckpointError });
    return ID_PATTERN.test(text.trim()) ? text.trim() : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function makeId(): string {
  return randomBytes(6).toString("hex");
}

/**
 * Makes sure that a run may write its events where it is to, before anything of the run is written: a run folder that is
 * half made would be in the way of the corrected command.
 *
 * @param options Run folder, resume, and the folder that was named.
 * @throws {UsageError} if the folder holds another training's events only.
 * @throws {CheckpointError} if the folder cannot be made or read.
 */
export async function checkRunEvents(options: RunEventsOptions): Promise<void> {
  const chosen = await chooseFolder(options);
  if (chosen === null) return;
  const { folder, isOwn } = chosen;
  // The folder of a new run is empty, and is not to be made before the run's.
  if (isOwn && !options.resume) return;
  // An id that was just made is that of no file.
  const run = isOwn ? null : await readId(options.runDirectory) ?? makeId();
  claimEventFolder(folder, { resume: options.resume, run });
}

/**
 * Opens the event file of a run. A run that goes on and has one in its folder continues it without being asked: the curves
 * would have a hole otherwise.
 *
 * @param position Where the training stands.
 * @param options Run folder, resume, and the folder that was named.
 * @returns The event file; `null` where none is wanted.
 * @throws {UsageError} if the folder holds another training's events only.
 * @throws {CheckpointError} if the file cannot be written.
 */
export async function openRunEvents(
  position: EventLogPosition,
  options: RunEventsOptions,
): Promise<EventLog | null> {
  const { runDirectory, resume } = options;
  const chosen = await chooseFolder(options);
  if (chosen === null) return null;
  let run: string | null = null;
  if (!chosen.isOwn) {
    run = await readId(runDirectory);
    if (run === null) {
      run = makeId();
      await writeFileAtomically(join(runDirectory, ID_FILE), `${run}\n`);
    }
  }
  const { step, epoch } = position;
  return openEventLog(chosen.folder, { position: { step, epoch }, resume, run });
}
