import * as tf from "@tensorflow/tfjs-core";
import { complexityMeasure } from "../complexity/measure_registry.ts";
import { createClassifier } from "../models/create_classifier.ts";
import { withEveryLevel } from "../classifiers/level_statistics.ts";
import { withCheckpointErrors } from "../training/decode_checkpoint.ts";
import { requireFittingCard } from "./require_fitting_card.ts";
import { BackendError, UsageError } from "../errors.ts";
import { CHECKPOINT_CHOICES } from "./run_types.ts";
import { dataOfModel } from "./data_of_model.ts";
import { openCheckpoint } from "./open_checkpoint.ts";
import { readRunConfig } from "./run_config_file.ts";
import type { TrainedClassifier } from "../evaluation/trained_classifier.ts";
import type { Classifier } from "../classifiers/classifier.ts";
import type { LevelStatistics } from "../classifiers/level_statistics.ts";
import type { ModelCard } from "../training/checkpoint_card.ts";
import type { TrainingCheckpoint } from "../training/decode_checkpoint.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import type { CheckpointChoice } from "./run_types.ts";

/** A classifier from a run folder, ready to look at images. */
export interface LoadedClassifier {
  /** Classifier and what it needs to look at images. */
  readonly trained: TrainedClassifier;
  /** What the checkpoint says about the model. */
  readonly card: ModelCard;
  /** Configuration of the run. */
  readonly config: ExperimentConfig;
  /** Name of the checkpoint's folder. */
  readonly folder: string;
  /** The run whose configuration says where the images are; `null` where that was said otherwise. */
  readonly namedBy: string | null;
  /** Whether the images are of another dataset than those of the run. */
  readonly areOthers: boolean;
}

/** What only a checkpoint without statistics needs is loaded for it: the training images and their readers. */
async function missingStatistics(
  config: ExperimentConfig,
  classifier: Classifier,
  checkpoint: Pick<TrainingCheckpoint, "card"> & Pick<LoadedClassifier, "namedBy">,
): Promise<LevelStatistics> {
  const { computeMissingStatistics } = await import("./compute_missing_statistics.ts");
  return await computeMissingStatistics(config, classifier, checkpoint);
}

function requireChoice(checkpoint: CheckpointChoice): void {
  if (CHECKPOINT_CHOICES.includes(checkpoint)) return;
  throw new UsageError(
    `Cannot load a model: checkpoint must be one of ${CHECKPOINT_CHOICES.join(", ")}, ` +
      `current value is ${JSON.stringify(checkpoint)}`,
  );
}

/**
 * Loads a trained classifier from a run folder onto the current backend.
 *
 * @param options Run folder, which checkpoint, fields of the data configuration to replace, and who is warned.
 * @returns Classifier, statistics, and what the checkpoint says; the caller disposes of the classifier.
 * @throws {CheckpointError} if the folder or the checkpoint is missing or damaged.
 * @throws {BackendError} if no backend is selected.
 * @throws {UsageError} if there is no such choice of a checkpoint.
 * @throws {DataError} if statistics have to be computed and the training images are not there.
 */
export async function loadTrained(options: {
  readonly runDirectory: string;
  readonly checkpoint: CheckpointChoice;
  readonly data?: Partial<ExperimentConfig["data"]>;
  readonly warn?: (text: string) => void;
}): Promise<LoadedClassifier> {
  requireChoice(options.checkpoint);
  // TensorFlow.js has no name for its backend before one was set.
  if (!tf.getBackend()) {
    throw new BackendError(
      'Cannot load a model: no backend is selected; call selectBackend("auto")',
    );
  }
  const saved = await readRunConfig(options.runDirectory);
  const config = { ...saved, data: await dataOfModel(saved.data, options.data) };
  const checkpoint = await openCheckpoint(options.runDirectory, options);
  const { folder, path } = checkpoint;
  const { parameters, statistics, calibration, ...decoded } = checkpoint.decoded;
  requireFittingCard(decoded.card, saved, path);
  const card = { ...decoded.card, model: config.model };
  const classes = card.classNames.length;
  const namedBy = options.data?.directory === undefined ? options.runDirectory : null;
  const classifier = createClassifier(card.model, { classes, seed: config.training.seed });
  try {
    withCheckpointErrors(path, () => {
      classifier.parameters.write(parameters);
      classifier.calibration?.restore(calibration);
    });
    const trained = {
      classifier,
      statistics: statistics === null
        ? await missingStatistics(config, classifier, { ...decoded, namedBy })
        : withEveryLevel(statistics, classifier.levels.list.length),
      standardization: card.standardization,
      measure: complexityMeasure(card.model.complexity),
    };
    const areOthers = config.data.dataset !== saved.data.dataset;
    return { trained, card, config, folder, namedBy, areOthers };
  } catch (error) {
    classifier.dispose();
    throw error;
  }
}
