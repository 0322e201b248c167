import { join } from "node:path";
import { pathExists } from "../files/path_exists.ts";
import { openEventLog } from "../training/tensorboard/event_log.ts";
import type { EventLog, EventLogPosition } from "../training/tensorboard/event_log.ts";
import type { RunTrainingOptions } from "./run_types.ts";

/** Folder of the event file within a run folder. */
export const TENSORBOARD_FOLDER = "tensorboard";

/**
 * Opens the event file of a run. A run that goes on and has one continues it without being asked: the curves would have a
 * hole otherwise.
 *
 * @param position Where the training stands.
 * @param options Run folder, resume, and whether events are wanted.
 * @returns The event file; `null` where none is wanted.
 * @throws {CheckpointError} if the file cannot be written.
 */
export async function openRunEvents(
  { step, epoch }: EventLogPosition,
  options: Pick<RunTrainingOptions, "runDirectory" | "resume" | "tensorboard">,
): Promise<EventLog | null> {
  const { runDirectory, resume, tensorboard = false } = options;
  const folder = join(runDirectory, TENSORBOARD_FOLDER);
  const isWanted = tensorboard || (resume && await pathExists(folder));
  return isWanted ? openEventLog(folder, { position: { step, epoch } }) : null;
}
