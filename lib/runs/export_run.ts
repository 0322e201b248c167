import { join } from "node:path";
import { writeFileAtomically } from "../files/atomic_write.ts";
import { saveCheckpoint } from "../checkpoints/save_checkpoint.ts";
import { CheckpointError } from "../errors.ts";
import { readBounded } from "../read_bounded.ts";
import { jsonlName, MAX_LOG_BYTES } from "../training/metrics_log.ts";
import { OPTIMIZER_FILE } from "../training/decode_checkpoint.ts";
import { defaultConfig } from "../configuration/experiment_config.ts";
import { formatConfig } from "../configuration/format_config.ts";
import { requireFittingCard } from "./require_fitting_card.ts";
import { fillExport } from "./fill_export.ts";
import { EXPORT_FOLDER, requireNewFolder } from "./require_new_folder.ts";
import { openCompleteCheckpoint } from "./open_checkpoint.ts";
import type { CheckpointRequest } from "./run_types.ts";
import { readRunConfig } from "./run_config_file.ts";
import { RUN_CONFIG_FILE } from "./run_folder.ts";
import { CHECKPOINTS_FOLDER } from "./run_folder.ts";

/** What `exportRun` wrote. */
export interface ExportSummary {
  /** Folder that was written. */
  readonly directory: string;
  /** Name of the checkpoint's folder. */
  readonly checkpoint: string;
  /** Bytes of the checkpoint. */
  readonly bytes: number;
}

/** Options of `exportRun`. */
export interface ExportRunOptions extends CheckpointRequest {
  /** Folder of the run. */
  readonly runDirectory: string;
  /** Folder to write; must not exist, or be empty. */
  readonly directory: string;
  /** Stops it; nothing is left of it. */
  readonly signal?: AbortSignal;
}

async function copyLog(from: string, to: string): Promise<void> {
  try {
    const bounds = { maxBytes: MAX_LOG_BYTES, refusal: CheckpointError };
    const log = await readBounded(join(from, jsonlName), bounds);
    await writeFileAtomically(join(to, jsonlName), log);
  } catch (error) {
    // A run that somebody put together by hand may have none.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Writes a trained model for use and for passing on: the run folder with one checkpoint, without the optimizer, which is
 * two thirds of it, and without the paths of the machine that trained it. `eval`, `predict` and `report` take it like a
 * run; it cannot be trained further.
 *
 * @param options Run folder, folder to write, which checkpoint.
 * @returns What was written.
 * @throws {CheckpointError} if the run or its checkpoint is missing or damaged, has no statistics (it was interrupted within
 * an epoch), or the folder to write is not empty.
 */
export async function exportRun(options: ExportRunOptions): Promise<ExportSummary> {
  const { runDirectory, directory } = options;
  await requireNewFolder(directory, EXPORT_FOLDER);
  const config = await readRunConfig(runDirectory);
  const { decoded, ...loaded } = await openCompleteCheckpoint(runDirectory, options);
  requireFittingCard(decoded.card, config, loaded.path);
  const files = new Map([...loaded.files].filter(([name]) => name !== OPTIMIZER_FILE));
  const data = { ...config.data, directory: defaultConfig().data.directory };
  const name = await fillExport(directory, async (stage) => {
    await writeFileAtomically(join(stage, RUN_CONFIG_FILE), formatConfig({ ...config, data }));
    await copyLog(runDirectory, stage);
    const content = { step: decoded.progress.step, files, best: false };
    return await saveCheckpoint(join(stage, CHECKPOINTS_FOLDER), content);
  }, { entry: RUN_CONFIG_FILE, signal: options.signal });
  const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  return { directory, checkpoint: name, bytes };
}
