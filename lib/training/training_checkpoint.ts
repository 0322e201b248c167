import { decodeSafetensors, encodeSafetensors } from "../checkpoints/safetensors.ts";
import { CheckpointError } from "../errors.ts";
import {
  statisticsFromTensors,
  statisticsToTensors,
  withEveryLevel,
} from "../models/level_statistics.ts";
import type { ChannelStatistics } from "../datasets/standardization.ts";
import type { ModelConfig } from "../models/model_config.ts";
import type { LevelStatistics } from "../models/level_statistics.ts";
import type { TensorValues } from "../tensors/parameter_set.ts";
import type { Trainer } from "./trainer.ts";
import type { TrainingProgress } from "./training_progress.ts";

/** Version of the checkpoint's content; a reader refuses others. */
const FORMAT_VERSION = 1;

const CARD_FILE = "checkpoint.json";
const MODEL_FILE = "model.safetensors";
const OPTIMIZER_FILE = "optimizer.safetensors";
const STATISTICS_FILE = "statistics.safetensors";

/** What a checkpoint says about the model in it, enough to use it without the run's other files. */
export interface ModelCard {
  /** Configuration of the model. */
  readonly model: ModelConfig;
  /** Class names in the order of the labels. */
  readonly classNames: readonly string[];
  /** Height and width of the images that the model was trained on, in pixels. */
  readonly image: { readonly height: number; readonly width: number };
  /** Channel statistics of the training images. */
  readonly standardization: ChannelStatistics;
  /** Fingerprint of the training images. */
  readonly trainFingerprint: string;
  /** Backend and device that trained the model last. */
  readonly backend: string;
}

/** A checkpoint, decoded. */
export interface TrainingCheckpoint {
  /** What the checkpoint says about the model. */
  readonly card: ModelCard;
  /** Where the training stood. */
  readonly progress: TrainingProgress;
  /** Values of every parameter by name. */
  readonly parameters: ReadonlyMap<string, TensorValues>;
  /** Adam's moments and the updates per parameter. */
  readonly optimizer: {
    readonly moments: ReadonlyMap<string, TensorValues>;
    readonly updates: Readonly<Record<string, number>>;
  };
  /** Batch-norm statistics of these weights; `null` where they were not computed. */
  readonly statistics: LevelStatistics | null;
  /** Numbers that were tuned on validation images. */
  readonly calibration: Readonly<Record<string, number>>;
}

function encodeTensors(tensors: ReadonlyMap<string, TensorValues>): Uint8Array {
  return encodeSafetensors(
    new Map(
      [...tensors].map((
        [name, { shape, values }],
      ) => [name, { dtype: "F32", shape, data: values }]),
    ),
  );
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
  return tensors;
}

/**
 * Reads the whole state of a training from the device.
 *
 * @param trainer The training.
 * @param card What the checkpoint says about the model.
 * @returns Files by name: tensors as safetensors, the rest as JSON.
 */
export async function encodeCheckpoint(
  trainer: Trainer,
  card: ModelCard,
): Promise<Map<string, Uint8Array>> {
  const { moments, updates } = await trainer.optimizer.read();
  const { progress, statistics } = trainer;
  const calibration = trainer.classifier.calibration?.values ?? {};
  const content = { formatVersion: FORMAT_VERSION, card, progress, updates, calibration };
  const text = JSON.stringify(content, null, 2);
  const files = new Map([
    [CARD_FILE, new TextEncoder().encode(`${text}\n`)],
    [MODEL_FILE, encodeTensors(await trainer.classifier.parameters.read())],
    [OPTIMIZER_FILE, encodeTensors(moments)],
  ]);
  if (statistics !== null) {
    files.set(STATISTICS_FILE, encodeTensors(statisticsToTensors(statistics)));
  }
  return files;
}

function fileOf(files: ReadonlyMap<string, Uint8Array>, name: string, folder: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes === undefined) {
    throw new CheckpointError(`Cannot load checkpoint ${folder}: it holds no ${name}`);
  }
  return bytes;
}

interface CardFile {
  readonly formatVersion: number;
  readonly card: ModelCard;
  readonly progress: TrainingProgress;
  readonly updates: Readonly<Record<string, number>>;
  readonly calibration: Readonly<Record<string, number>>;
}

function readCard(bytes: Uint8Array, folder: string): CardFile {
  let content: CardFile;
  try {
    content = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new CheckpointError(`Cannot load checkpoint ${folder}: ${CARD_FILE} is not JSON`, {
      cause: error,
    });
  }
  if (content?.formatVersion !== FORMAT_VERSION) {
    throw new CheckpointError(
      `Cannot load checkpoint ${folder}: its format version must be ${FORMAT_VERSION}, current value is ${content?.formatVersion}; use the version of the toolkit that wrote it`,
    );
  }
  return content;
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
  const { card, progress, updates, calibration } = readCard(
    fileOf(files, CARD_FILE, folder),
    folder,
  );
  const tensorsOf = (name: string) =>
    decodeTensors(fileOf(files, name, folder), `${folder}/${name}`);
  return {
    card,
    progress,
    calibration,
    parameters: tensorsOf(MODEL_FILE),
    optimizer: { moments: tensorsOf(OPTIMIZER_FILE), updates },
    statistics: files.has(STATISTICS_FILE)
      ? statisticsFromTensors(tensorsOf(STATISTICS_FILE))
      : null,
  };
}

/**
 * Puts a training back to the state of a checkpoint.
 *
 * @param trainer A training of the same model, data and configuration.
 * @param checkpoint What was saved.
 * @throws {RangeError} if a tensor is missing or has another shape.
 */
export function restoreTrainer(trainer: Trainer, checkpoint: TrainingCheckpoint): void {
  trainer.classifier.parameters.write(checkpoint.parameters);
  trainer.optimizer.write(checkpoint.optimizer);
  trainer.progress = structuredClone(checkpoint.progress);
  const levels = trainer.classifier.levels.list.length;
  trainer.statistics = checkpoint.statistics && withEveryLevel(checkpoint.statistics, levels);
  trainer.classifier.calibration?.restore(checkpoint.calibration);
}
