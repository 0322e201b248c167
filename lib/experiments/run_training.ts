import * as tf from "@tensorflow/tfjs-core";
import { join } from "node:path";
import { writeFileAtomically } from "../checkpoints/atomic_write.ts";
import { loadCheckpoint, saveCheckpoint } from "../checkpoints/checkpoint_store.ts";
import { lockRunFolder } from "../checkpoints/run_lock.ts";
import { CheckpointError } from "../errors.ts";
import { createClassifier } from "../models/create_classifier.ts";
import { openMetricsLog, readMetricsLog } from "../training/metrics_log.ts";
import { Trainer } from "../training/trainer.ts";
import {
  decodeCheckpoint,
  encodeCheckpoint,
  restoreTrainer,
} from "../training/training_checkpoint.ts";
import { formatConfig } from "./format_config.ts";
import { loadExperimentImages, prepareTrainingData } from "./prepare_data.ts";
import { RUN_CONFIG_FILE } from "./run_config_file.ts";
import type { TrainingData } from "../training/training_data.ts";
import type { StopReason } from "../training/training_event.ts";
import type { ModelCard, TrainingCheckpoint } from "../training/training_checkpoint.ts";
import type { ExperimentConfig } from "./experiment_config.ts";
import type { Provenance, RunTrainingOptions, TrainingSummary } from "./run_types.ts";

/** Folder of the checkpoints within a run folder. */
export const CHECKPOINTS_FOLDER = "checkpoints";

const PROVENANCE_FILE = "provenance.json";

async function requireEmptyFolder(directory: string): Promise<void> {
  await Deno.mkdir(directory, { recursive: true });
  for await (const entry of Deno.readDir(directory)) {
    throw new CheckpointError(
      `Cannot start a run in ${directory}: the folder is not empty (it holds ${entry.name}); choose another folder, or resume the run that is in it`,
    );
  }
}

/** One entry for every command that worked on the run, oldest first. */
async function addProvenance(directory: string, provenance: Provenance): Promise<void> {
  const path = join(directory, PROVENANCE_FILE);
  let earlier: unknown[] = [];
  try {
    earlier = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof SyntaxError)) throw error;
  }
  const text = JSON.stringify([...earlier, provenance], null, 2);
  await writeFileAtomically(path, new TextEncoder().encode(`${text}\n`));
}

async function writeConfig(directory: string, config: ExperimentConfig): Promise<void> {
  const text = new TextEncoder().encode(formatConfig(config));
  await writeFileAtomically(join(directory, RUN_CONFIG_FILE), text);
}

function cardOf(config: ExperimentConfig, data: TrainingData): ModelCard {
  const { classNames, height, width, fingerprint } = data.train;
  return {
    model: config.model,
    classNames,
    image: { height, width },
    standardization: data.standardization,
    trainFingerprint: fingerprint,
    backend: tf.getBackend(),
  };
}

async function readLastCheckpoint(
  options: RunTrainingOptions,
  data: TrainingData,
): Promise<TrainingCheckpoint> {
  const root = join(options.runDirectory, CHECKPOINTS_FOLDER);
  const { folder, files, skipped } = await loadCheckpoint(root, "last");
  for (const reason of skipped) options.report?.({ kind: "phase", text: `skipped ${reason}` });
  const checkpoint = decodeCheckpoint(files, join(root, folder));
  const { trainFingerprint, backend } = checkpoint.card;
  if (trainFingerprint !== data.train.fingerprint) {
    throw new CheckpointError(
      `Cannot resume ${options.runDirectory}: its training images have fingerprint ${trainFingerprint}, those found have ${data.train.fingerprint}; give the same data with --data`,
    );
  }
  if (backend !== tf.getBackend()) {
    const text =
      `resuming on ${tf.getBackend()} what ${backend} trained: close, but not bit for bit`;
    options.report?.({ kind: "phase", text });
  }
  return checkpoint;
}

interface OpenRun {
  readonly trainer: Trainer;
  readonly data: TrainingData;
  readonly stopReason: StopReason;
  readonly seconds: number;
}

async function summarize(run: OpenRun, options: RunTrainingOptions): Promise<TrainingSummary> {
  const { trainer, data, stopReason, seconds } = run;
  const { progress, classifier } = trainer;
  const records = await readMetricsLog(options.runDirectory);
  return {
    runDirectory: options.runDirectory,
    stopReason,
    epochs: progress.epoch,
    steps: progress.step,
    lastEpoch: records.at(-1) ?? null,
    best: progress.best,
    parameters: {
      puppeteer: classifier.parameters.count("puppeteer."),
      total: classifier.parameters.count(),
    },
    trainImages: data.train.length,
    validationImages: data.validation.length,
    seconds,
  };
}

/** Trains with everything open, and keeps log and checkpoints. */
async function trainInFolder(
  config: ExperimentConfig,
  trainer: Trainer,
  data: TrainingData,
  options: RunTrainingOptions,
): Promise<OpenRun> {
  const root = join(options.runDirectory, CHECKPOINTS_FOLDER);
  const card = cardOf(config, data);
  const log = await openMetricsLog(options.runDirectory, {
    resumeAfterEpoch: trainer.progress.epoch,
  });
  if (log.missingEpochs.length > 0) {
    const text = `the log has lost epochs ${
      log.missingEpochs.join(", ")
    }; training is not affected`;
    options.report?.({ kind: "phase", text });
  }
  const started = performance.now();
  const stopReason = await trainer.run({
    save: async ({ isBest }) => {
      const files = await encodeCheckpoint(trainer, card);
      const step = trainer.progress.step;
      const folder = await saveCheckpoint(root, { step, files, best: isBest });
      options.report?.({ kind: "checkpoint", folder, isBest });
    },
    log: (record) => log.append(record),
    ...(options.report === undefined ? {} : { report: options.report }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return { trainer, data, stopReason, seconds: (performance.now() - started) / 1000 };
}

/**
 * Trains a model in a run folder: configuration, provenance, log per epoch, last and best checkpoint.
 * The backend must have been selected before.
 *
 * @param config The experiment, complete.
 * @param options Run folder, resume, interruption, progress.
 * @returns What was reached, and why it ended.
 * @throws {DataError} if the images are missing or damaged.
 * @throws {CheckpointError} if the folder is in use, or does not fit the configuration when resuming.
 */
export async function runTraining(
  config: ExperimentConfig,
  options: RunTrainingOptions,
): Promise<TrainingSummary> {
  const { runDirectory, resume } = options;
  options.report?.({ kind: "phase", text: "loading images" });
  const images = await loadExperimentImages(config);
  const data = await prepareTrainingData(images, config.model.complexity);
  if (!resume) await requireEmptyFolder(runDirectory);
  const lock = await lockRunFolder(runDirectory);
  try {
    return await trainLocked(config, data, options);
  } finally {
    lock.release();
  }
}

/** Trains in a run folder that no other process works on. */
async function trainLocked(
  config: ExperimentConfig,
  data: TrainingData,
  options: RunTrainingOptions,
): Promise<TrainingSummary> {
  const { runDirectory, resume } = options;
  const { seed } = config.training;
  const classes = data.train.classNames.length;
  const classifier = createClassifier(config.model, { classes, seed });
  const { exact } = config.model;
  const trainer = new Trainer({ classifier, data, config: config.training, exact });
  try {
    if (resume) restoreTrainer(trainer, await readLastCheckpoint(options, data));
    await writeConfig(runDirectory, config);
    await addProvenance(runDirectory, options.provenance);
    return await summarize(await trainInFolder(config, trainer, data, options), options);
  } finally {
    trainer.dispose();
    classifier.dispose();
  }
}
