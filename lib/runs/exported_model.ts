import { join } from "node:path";
import { manifestName, parseManifest } from "../checkpoints/checkpoint_manifest.ts";
import { readPointer } from "../checkpoints/checkpoint_pointer.ts";
import { CheckpointError } from "../errors.ts";
import { readBoundedText } from "../read_bounded.ts";
import { exportedModelError, OPTIMIZER_FILE } from "../training/decode_checkpoint.ts";
import { CHECKPOINTS_FOLDER } from "./run_folder.ts";

const MANIFEST_BOUNDS = { maxBytes: 1e6, refusal: CheckpointError };

/** Files of the checkpoint that `last` names; `null` where something is missing or damaged. */
async function filesOfLast(runDirectory: string): Promise<ReadonlyMap<string, unknown> | null> {
  const root = join(runDirectory, CHECKPOINTS_FOLDER);
  try {
    const name = await readPointer(root, "last");
    if (name === null) return null;
    const path = join(root, name, manifestName);
    return parseManifest(await readBoundedText(path, MANIFEST_BOUNDS), path).files;
  } catch {
    // Loading the checkpoint says what is wrong, and looks for an older one.
    return null;
  }
}

/**
 * Whether a run folder is an exported model: its last checkpoint lacks what only a training that goes on needs.
 *
 * @param runDirectory Folder of the run.
 * @returns The answer; false where there is no checkpoint, or a damaged one.
 */
export async function isExported(runDirectory: string): Promise<boolean> {
  const files = await filesOfLast(runDirectory);
  return files !== null && !files.has(OPTIMIZER_FILE);
}

/**
 * Refuses to continue a model that was exported without the state of its optimizer, before images are loaded and a backend
 * is started.
 *
 * @param runDirectory Folder of the run.
 * @throws {CheckpointError} if its last checkpoint is one of an exported model; a damaged one passes.
 */
export async function refuseExported(runDirectory: string): Promise<void> {
  if (await isExported(runDirectory)) throw exportedModelError(runDirectory);
}
