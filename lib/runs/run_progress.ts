import { createHash } from "node:crypto";
import { join } from "node:path";
import { type PointerName, readPointer } from "../checkpoints/checkpoint_pointer.ts";
import { manifestName } from "../checkpoints/checkpoint_manifest.ts";
import { CheckpointError } from "../errors.ts";
import { readBounded } from "../read_bounded.ts";
import { pathExists } from "../files/path_exists.ts";
import { type CardFile, type ModelCard, readCheckpointCard } from "../training/checkpoint_card.ts";
import { CARD_FILE } from "../training/decode_checkpoint.ts";
import { hasStoppedEarly } from "../training/early_stopping.ts";
import { bestValidation, readMetricsLog } from "../training/metrics_log.ts";
import { readProvenance } from "./provenance_file.ts";
import { isOfNoRun } from "./require_new_folder.ts";
import { readRunConfig } from "./run_config_file.ts";
import { CHECKPOINTS_FOLDER } from "./run_folder.ts";
import type { EpochRecord } from "../training/training_event.ts";
import type { TrainingProgress } from "../training/training_progress.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import type { MachineConditions } from "./machine_conditions.ts";

/** For the small files of a run folder. */
const BOUNDS = { maxBytes: 64e6, refusal: CheckpointError };

/** How far a run folder has come. */
export interface RunProgress {
  /** The run's configuration. */
  readonly config: ExperimentConfig;
  /** Epochs completed according to the last checkpoint. */
  readonly epochs: number;
  /** Whether nothing is left to train. */
  readonly isFinished: boolean;
  /** Lines of the log. */
  readonly log: readonly EpochRecord[];
  /** Its best validation, of the images that it trains on now, or by the log where no checkpoint says; `null` where there is none. */
  readonly best: TrainingProgress["best"];
  /** Where it was trained last; `null` where the folder does not say. */
  readonly trainedOn: MachineConditions | null;
}

/** The checkpoint that an evaluation takes, recognisable without reading it. */
export interface CheckpointMark {
  /** Name of its folder. */
  readonly checkpoint: string;
  /** SHA-256 of its manifest, which holds the digests of its files. */
  readonly manifestSha256: string;
}

/** What the first checkpoint that a pointer names says; its checksums are verified when it is loaded. */
async function readCard(
  runDirectory: string,
  pointers: readonly PointerName[],
): Promise<CardFile | null> {
  const root = join(runDirectory, CHECKPOINTS_FOLDER);
  try {
    for (const pointer of pointers) {
      const checkpoint = await readPointer(root, pointer);
      if (checkpoint === null) continue;
      const file = join(root, checkpoint, CARD_FILE);
      return readCheckpointCard(await readBounded(file, BOUNDS), file);
    }
    return null;
  } catch (error) {
    // A damaged checkpoint counts as an interruption: resuming verifies it and falls back to the one before.
    if (error instanceof CheckpointError || error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/**
 * Reads what the checkpoint that an evaluation takes says about its model and images, without loading either.
 *
 * @param runDirectory Folder of the run.
 * @returns The card; `null` if there is no checkpoint yet, or a damaged one, which whoever loads it reports.
 */
export async function readRunCard(runDirectory: string): Promise<ModelCard | null> {
  return (await readCard(runDirectory, ["best", "last"]))?.card ?? null;
}

/** The last command that worked on the run. */
async function readTrainedOn(runDirectory: string): Promise<MachineConditions | null> {
  try {
    const last = (await readProvenance(runDirectory)).at(-1);
    if (last === undefined) return null;
    const { versions, machine } = last;
    return { backend: versions.backend ?? null, device: null, machine, versions };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof CheckpointError) return null;
    throw error;
  }
}

/**
 * Reads how far a run has come, without loading a model.
 *
 * @param runDirectory Folder of the run.
 * @returns The progress; `null` if there is no run yet.
 * @throws {CheckpointError} if the folder holds something else, or the run's configuration is damaged.
 */
export async function readRunProgress(runDirectory: string): Promise<RunProgress | null> {
  if (!await pathExists(runDirectory)) return null;
  const entries = await Array.fromAsync(Deno.readDir(runDirectory));
  if (entries.every(isOfNoRun)) return null;
  const config = await readRunConfig(runDirectory);
  const progress = (await readCard(runDirectory, ["last"]))?.progress ?? null;
  const log = await readMetricsLog(runDirectory);
  const isFinished = progress !== null && (progress.epoch >= config.training.epochs ||
    hasStoppedEarly(progress, config.training));
  return {
    config,
    epochs: progress?.epoch ?? 0,
    isFinished,
    log,
    best: progress === null ? bestValidation(log) : progress.best,
    trainedOn: await readTrainedOn(runDirectory),
  };
}

/**
 * The digest of a checkpoint's manifest, which tells it from one of the same name that another training left there.
 *
 * @param runDirectory Folder of the run.
 * @param checkpoint Name of the checkpoint's folder.
 * @returns SHA-256 in hexadecimal digits; `null` if there is no such checkpoint, or its manifest is missing.
 */
export async function digestManifest(
  runDirectory: string,
  checkpoint: string,
): Promise<string | null> {
  // The name may come from a stranger's document.
  if (!/^\w[\w.-]{0,99}$/.test(checkpoint)) return null;
  try {
    const path = join(runDirectory, CHECKPOINTS_FOLDER, checkpoint, manifestName);
    return createHash("sha256").update(await readBounded(path, BOUNDS)).digest("hex");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/**
 * Names the checkpoint that an evaluation takes: the best by validation, else the last.
 *
 * @param runDirectory Folder of the run.
 * @returns Name and digest; `null` if there is none, or its manifest is missing.
 */
export async function readCheckpointMark(runDirectory: string): Promise<CheckpointMark | null> {
  const root = join(runDirectory, CHECKPOINTS_FOLDER);
  const checkpoint = await readPointer(root, "best") ?? await readPointer(root, "last");
  if (checkpoint === null) return null;
  const manifestSha256 = await digestManifest(runDirectory, checkpoint);
  return manifestSha256 === null ? null : { checkpoint, manifestSha256 };
}
