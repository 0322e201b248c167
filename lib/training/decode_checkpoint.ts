import { decodeSafetensors } from "../checkpoints/decode_safetensors.ts";
import { statisticsFromTensors } from "../classifiers/level_statistics.ts";
import { CheckpointError } from "../errors.ts";
import { readCheckpointCard } from "./checkpoint_card.ts";
import type { LevelStatistics } from "../classifiers/level_statistics.ts";
import type { TensorValues } from "../tensors/parameter_set.ts";
import type { ModelCard } from "./checkpoint_card.ts";
import type { TrainingProgress } from "./training_progress.ts";

/** The part of a checkpoint that is not a tensor. */
export const CARD_FILE = "checkpoint.json";

/** The parameters. */
export const MODEL_FILE = "model.safetensors";

/** The state of the optimizer, which only a training that goes on needs. */
export const OPTIMIZER_FILE = "optimizer.safetensors";

/** Batch-norm statistics by level. */
export const STATISTICS_FILE = "statistics.safetensors";

/** A checkpoint, decoded. */
export interface TrainingCheckpoint {
  /** What the checkpoint says about the model. */
  readonly card: ModelCard;
  /** Where the training stood. */
  readonly progress: TrainingProgress;
  /** Values of every parameter by name. */
  readonly parameters: ReadonlyMap<string, TensorValues>;
  /** The optimizer's moments and the updates per parameter; `null` in a model that was exported. */
  readonly optimizer: {
    readonly moments: ReadonlyMap<string, TensorValues>;
    readonly updates: Readonly<Record<string, number>>;
  } | null;
  /** Batch-norm statistics of these weights; `null` where they were not computed. */
  readonly statistics: LevelStatistics | null;
  /** Numbers that were tuned on validation images. */
  readonly calibration: Readonly<Record<string, number>>;
}

/**
 * Finds a number that is not finite.
 *
 * @param tensors Tensors by name.
 * @returns The name of the first tensor that holds one; `null` if none does.
 */
export function findNonFinite(tensors: ReadonlyMap<string, TensorValues>): string | null {
  for (const [name, { values }] of tensors) if (!values.every(Number.isFinite)) return name;
  return null;
}

function decodeTensors(bytes: Uint8Array, source: string): Map<string, TensorValues> {
  const tensors = new Map<string, TensorValues>();
  for (const [name, { shape, data }] of decodeSafetensors(bytes, source).tensors) {
    if (!(data instanceof Float32Array)) {
      throw new CheckpointError(
        `Cannot load checkpoint: tensor "${name}" of ${source} is not float32`,
      );
    }
    tensors.set(name, { shape, values: data });
  }
  const broken = findNonFinite(tensors);
  if (broken === null) return tensors;
  throw new CheckpointError(
    `Cannot load checkpoint: tensor ${
      JSON.stringify(broken)
    } of ${source} holds numbers that are not finite; ` +
      `use another checkpoint`,
  );
}

function fileOf(files: ReadonlyMap<string, Uint8Array>, name: string, folder: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes === undefined) {
    throw new CheckpointError(`Cannot load checkpoint ${folder}: it holds no ${name}`);
  }
  return bytes;
}

/**
 * Decodes the files of a checkpoint, whose checksums were verified when they were read.
 *
 * @param files Files by name.
 * @param folder Where they come from, for messages.
 * @returns The checkpoint.
 * @throws {CheckpointError} if a file is missing or malformed, or the format version is another.
 */
export function decodeCheckpoint(
  files: ReadonlyMap<string, Uint8Array>,
  folder: string,
): TrainingCheckpoint {
  const { card, progress, updates, calibration } = readCheckpointCard(
    fileOf(files, CARD_FILE, folder),
    `${folder}/${CARD_FILE}`,
  );
  const tensorsOf = (name: string) =>
    decodeTensors(fileOf(files, name, folder), `${folder}/${name}`);
  return {
    card,
    progress,
    calibration,
    parameters: tensorsOf(MODEL_FILE),
    optimizer: files.has(OPTIMIZER_FILE) ? { moments: tensorsOf(OPTIMIZER_FILE), updates } : null,
    statistics: files.has(STATISTICS_FILE)
      ? withCheckpointErrors(folder, () => statisticsFromTensors(tensorsOf(STATISTICS_FILE)))
      : null,
  };
}

/**
 * Does something with the tensors of a checkpoint. That they do not fit the model is no fault of the caller's, as
 * the `RangeError` of a parameter set would say, but of the checkpoint.
 *
 * @param folder The checkpoint, for messages.
 * @param action Uses the tensors.
 * @returns What the action returns.
 * @throws {CheckpointError} in place of a `RangeError`.
 */
export function withCheckpointErrors<Result>(folder: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CheckpointError(
      `Cannot load checkpoint: ${folder} does not fit its model (${error.message}); use another checkpoint`,
      { cause: error },
    );
  }
}

/**
 * The error for a model that cannot be trained further.
 *
 * @param what What was to be continued.
 * @returns The error, with what to do instead.
 */
export function exportedModelError(what: string): CheckpointError {
  return new CheckpointError(
    `Cannot continue ${what}: the model was exported, without the state of its optimizer; use it with eval and ` +
      "predict, or continue the run that it was exported from",
  );
}
