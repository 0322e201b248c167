import * as tf from "@tensorflow/tfjs-core";
import { join } from "node:path";
import { removeStagedFiles, writeFileAtomically } from "../files/atomic_write.ts";
import { currentMath } from "../backends/bfloat16.ts";
import { explainOutOfMemory } from "../backends/out_of_memory.ts";
import { saveCheckpoint } from "../checkpoints/save_checkpoint.ts";
import { lockRunFolder } from "../checkpoints/run_lock.ts";
import { UsageError } from "../errors.ts";
import { createClassifier } from "../models/create_classifier.ts";
import { requireImageSize } from "../models/require_image_size.ts";
import { openMetricsLog, readMetricsLog } from "../training/metrics_log.ts";
import { endBefore } from "../training/early_stopping.ts";
import { Trainer } from "../training/trainer.ts";
import { withCheckpointErrors } from "../training/decode_checkpoint.ts";
import { encodeCheckpoint, restoreTrainer } from "../training/training_checkpoint.ts";
import { formatConfig } from "../configuration/format_config.ts";
import { loadExperimentImages, prepareTrainingData, whoNames } from "./prepare_data.ts";
import { fitNewHead, takeInitialWeights } from "./initial_weights.ts";
import { inspectImages } from "./inspect_images.ts";
import { describeFit, fitDepths, fitOf } from "./fit_depths.ts";
import { addProvenance, noteDivergence } from "./provenance_file.ts";
import { deviceOf, readLastCheckpoint } from "./resume_checkpoint.ts";
import { refuseLinks } from "./refuse_links.ts";
import { makeNewFolder } from "./require_new_folder.ts";
import { resolveRecompute } from "../configuration/resolve_recompute.ts";
import { openRunEvents, TENSORBOARD_FOLDER } from "./run_events.ts";
import { CHECKPOINTS_FOLDER, RUN_CONFIG_FILE } from "./run_folder.ts";
import type { Classifier } from "../classifiers/classifier.ts";
import type { TrainingData } from "../training/training_data.ts";
import type { StopReason } from "../training/training_event.ts";
import type { ModelCard } from "../training/checkpoint_card.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import type { Provenance, RunTrainingOptions, TrainingSummary } from "./run_types.ts";

async function writeConfig(directory: string, config: ExperimentConfig): Promise<void> {
  await writeFileAtomically(join(directory, RUN_CONFIG_FILE), formatConfig(config));
}

function cardOf(
  config: ExperimentConfig,
  { data, depthFit }: Pick<OpenRun, "data" | "depthFit">,
  provenance: Provenance,
): ModelCard {
  const { classNames, height, width, fingerprint } = data.train;
  return {
    model: config.model,
    classNames,
    image: { height, width },
    standardization: data.standardization,
    trainFingerprint: fingerprint,
    validationFingerprint: data.validation.fingerprint,
    backend: deviceOf(provenance),
    ...(depthFit === undefined ? {} : { depthFit }),
  };
}

/** With the time of `performance.now()` at which the time limit ends. */
type LockedRunOptions = RunTrainingOptions & { readonly deadline: number };

interface OpenRun {
  readonly trainer: Trainer;
  readonly data: TrainingData;
  readonly depthFit: ModelCard["depthFit"];
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
    divergence: trainer.divergence,
  };
}

/** Trains with everything open, and keeps log and checkpoints; `resumed` names the checkpoint it goes on from. */
async function trainInFolder(
  config: ExperimentConfig,
  open: Pick<OpenRun, "trainer" | "data" | "depthFit"> & { readonly resumed: string | null },
  options: LockedRunOptions,
): Promise<OpenRun> {
  const { trainer, resumed } = open;
  const root = join(options.runDirectory, CHECKPOINTS_FOLDER);
  const card = cardOf(config, open, options.provenance);
  const log = await openMetricsLog(options.runDirectory, {
    resumeAfterEpoch: trainer.progress.epoch,
  });
  if (log.missingEpochs.length > 0) {
    const text = `the log has lost epochs ${
      log.missingEpochs.join(", ")
    }; training is not affected`;
    options.report?.({ kind: "warning", text });
  }
  const events = await openRunEvents(trainer.progress, options);
  const started = performance.now();
  let parent = resumed;
  const stopReason = await trainer.run({
    save: async ({ isBest }) => {
      const files = await encodeCheckpoint(trainer, card);
      const step = trainer.progress.step;
      const content = { step, files, best: isBest };
      const folder = await saveCheckpoint(root, content, parent === null ? {} : { parent });
      parent = folder;
      options.report?.({ kind: "checkpoint", folder, isBest });
    },
    log: (record) => log.append(record),
    report: (event) => {
      events?.add(event);
      options.report?.(event);
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.saveEvery === undefined ? {} : { saveEvery: options.saveEvery }),
    deadline: options.deadline,
  });
  return { ...open, stopReason, seconds: (performance.now() - started) / 1000 };
}

/** Images, and the configuration that they have made complete. */
interface LoadedTraining {
  readonly config: ExperimentConfig;
  readonly data: TrainingData;
  readonly depthFit: ModelCard["depthFit"];
}

/** Loads and looks at every image, and fits the rule for depth to them where that is asked for. */
async function loadForTraining(
  given: ExperimentConfig,
  { report, onInspection, resume, runDirectory }: RunTrainingOptions,
): Promise<LoadedTraining> {
  report?.({ kind: "phase", text: "loading images" });
  const namedBy = resume ? await whoNames(given, runDirectory) : null;
  const images = await loadExperimentImages(given, { namedBy });
  requireImageSize(given.model, images.train);
  const inspection = await inspectImages(images, (done, total) => {
    report?.({ kind: "images", done, total });
  });
  onInspection?.(inspection);
  const data = await prepareTrainingData(images, given.model.complexity);
  // A run that goes on has what was fitted when it began.
  if (resume) {
    return { config: given, data, depthFit: fitOf(given, data.complexities) ?? undefined };
  }
  const { config, fit } = fitDepths(given, data.complexities);
  if (fit !== null) report?.({ kind: "phase", text: describeFit(fit) });
  return { config, data, depthFit: fit ?? undefined };
}

/** What stands in the run's configuration has to be what was computed. */
function requireMath({ math }: ExperimentConfig): void {
  if (math === currentMath()) return;
  throw new UsageError(
    `Cannot train: the configuration says math ${math}, the backend computes in ${currentMath()}; select the ` +
      `backend with math ${math}`,
  );
}

/**
 * Trains a model in a run folder: configuration, provenance, log per epoch, last and best checkpoint.
 * The backend must have been selected before.
 *
 * @param given The experiment, complete.
 * @param options Run folder, resume, interruption, progress.
 * @returns What was reached, and why it ended.
 * @throws {DataError} if the images are missing or damaged.
 * @throws {UsageError} if the configuration does not fit the number or size of the images.
 * @throws {CheckpointError} if the folder is in use, or does not fit the configuration when resuming.
 */
export async function runTraining(
  given: ExperimentConfig,
  options: RunTrainingOptions,
): Promise<TrainingSummary> {
  const { runDirectory, resume, timeLimit = Infinity } = options;
  const deadline = performance.now() + timeLimit * 1000;
  requireMath(given);
  const loaded = await loadForTraining(given, options);
  if (!resume) await makeNewFolder(runDirectory);
  const lock = await lockRunFolder(runDirectory);
  try {
    await refuseLinks(runDirectory, [CHECKPOINTS_FOLDER, TENSORBOARD_FOLDER]);
    await removeStagedFiles(runDirectory);
    return await trainLocked(loaded, { ...options, deadline });
  } catch (error) {
    const { training: { batchSize }, model: { name } } = loaded.config;
    const remedy = resume
      ? "set training.recompute (--recompute)"
      : "lower batchSize (--batch-size) or maxChannels (--channels)";
    throw explainOutOfMemory(error, `a training step of ${batchSize} images with ${name}`, remedy);
  } finally {
    lock.release();
  }
}

/** Trains in a run folder that no other process works on. */
async function trainLocked(
  loaded: LoadedTraining,
  options: LockedRunOptions,
): Promise<TrainingSummary> {
  const { model, training: { seed } } = loaded.config;
  const classes = loaded.data.train.classNames.length;
  const classifier = createClassifier(model, { classes, seed });
  try {
    return await trainClassifier(classifier, loaded, options);
  } finally {
    classifier.dispose();
  }
}

async function trainClassifier(
  classifier: Classifier,
  { config, data, depthFit }: LoadedTraining,
  options: LockedRunOptions,
): Promise<TrainingSummary> {
  const { runDirectory, resume } = options;
  // As written, though it can be idle: a run goes on with the rounding that it began with.
  const { exact } = config.model;
  const recompute = resolveRecompute(config, tf.getBackend());
  if (recompute && config.training.recompute === "auto") {
    const text =
      "states are recomputed in the backward pass: they would not fit into WASM's memory";
    options.report?.({ kind: "phase", text });
  }
  const taken = resume ? null : await takeInitialWeights(classifier, data, options);
  const trainer = new Trainer({ classifier, data, config: config.training, exact, recompute });
  try {
    if (taken !== null) await fitNewHead(trainer, { ...options, data, taken, exact });
    const checkpoint = resume ? await readLastCheckpoint(config, data, options) : null;
    if (checkpoint !== null) {
      withCheckpointErrors(runDirectory, () => restoreTrainer(trainer, checkpoint));
    }
    // Before the configuration, which makes a run of the folder: one that is resumed must know what it began with.
    const source = resume ? undefined : options.weights?.source;
    const provenance = {
      ...options.provenance,
      ...(source === undefined ? {} : { weights: source }),
    };
    // Who finds nothing left to train has not trained it: the last entry says where it was trained.
    const hasEnded = endBefore(trainer.progress, config.training) !== null;
    if (!hasEnded) await addProvenance(runDirectory, provenance, resume);
    await writeConfig(runDirectory, config);
    const open = {
      ...{ trainer, data, resumed: checkpoint?.folder ?? null },
      depthFit: checkpoint === null ? depthFit : checkpoint.card.depthFit,
    };
    const ended = await trainInFolder(config, open, options);
    if (trainer.divergence !== null) await noteDivergence(runDirectory, trainer.divergence);
    return await summarize(ended, options);
  } finally {
    trainer.dispose();
  }
}
