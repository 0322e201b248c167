import { join } from "node:path";
import { loadCheckpoint } from "../checkpoints/load_checkpoint.ts";
import { refuseFolderInUse } from "../checkpoints/run_lock.ts";
import { CHECKPOINTS_FOLDER } from "./run_folder.ts";
import type { LoadedCheckpoint } from "../checkpoints/load_checkpoint.ts";
import type { CheckpointChoice, CheckpointRequest } from "./run_types.ts";

/** The pointer that a choice stands for: a run without validation images has no best checkpoint. */
async function resolveChoice(root: string, choice: CheckpointChoice): Promise<"best" | "last"> {
  if (choice !== "auto") return choice;
  try {
    await Deno.stat(join(root, "best"));
    return "best";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "last";
    throw error;
  }
}

/** Whether a training works in a folder; what it is saving at the moment is no save that was cut short. */
async function isInUse(runDirectory: string): Promise<boolean> {
  return await refuseFolderInUse(runDirectory).then(() => false, () => true);
}

/**
 * Loads a checkpoint of a run, verified.
 *
 * @param runDirectory Folder of the run, or of an exported model.
 * @param request Which one, and who is warned.
 * @returns Its files, and where it lies.
 * @throws {CheckpointError} if there is none, or none is complete.
 */
export async function loadRunCheckpoint(
  runDirectory: string,
  { checkpoint, warn }: CheckpointRequest,
): Promise<Omit<LoadedCheckpoint, "skipped" | "unreached"> & { readonly path: string }> {
  const root = join(runDirectory, CHECKPOINTS_FOLDER);
  const { skipped, unreached, ...loaded } = await loadCheckpoint(
    root,
    await resolveChoice(root, checkpoint),
  );
  const cutShort = unreached.length > 0 && !await isInUse(runDirectory) ? unreached : [];
  for (const reason of [...skipped, ...cutShort]) {
    warn?.(`${reason}; taking ${loaded.folder} instead`);
  }
  return { ...loaded, path: join(root, loaded.folder) };
}
