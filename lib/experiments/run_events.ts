import { join } from "node:path";
import { openEventLog } from "../training/tensorboard/event_log.ts";
import type { EventLog, EventLogPosition } from "../training/tensorboard/event_log.ts";
import type { RunTrainingOptions } from "./run_types.ts";

/** Folder of the event file within a run folder, where no other is named. */
export const TENSORBOARD_FOLDER = "tensorboard";

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Opens the event file of a run. A run that goes on and has one in its folder continues it without being asked: the curves
 * would have a hole otherwise.
 *
 * @param position Where the training stands.
 * @param options Run folder, resume, and the folder that was named.
 * @returns The event file; `null` where none is wanted.
 * @throws {UsageError} if a new training would write into the file of another.
 * @throws {CheckpointError} if the file cannot be written.
 */
export async function openRunEvents(
  position: EventLogPosition,
  options: Pick<RunTrainingOptions, "runDirectory" | "resume" | "tensorboard">,
): Promise<EventLog | null> {
  const { runDirectory, resume } = options;
  const own = join(runDirectory, TENSORBOARD_FOLDER);
  const folder = options.tensorboard ?? (resume && await isFolder(own) ? own : null);
  if (folder === null) return null;
  const { step, epoch } = position;
  return openEventLog(folder, { position: { step, epoch }, resume });
}
