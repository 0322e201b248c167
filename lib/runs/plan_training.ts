import { complexityMeasure } from "../complexity/measure_registry.ts";
import { measureDataset } from "../training/training_data.ts";
import type { ScheduleFit } from "../puppeteer/fit_schedule.ts";
import { createClassifier } from "../models/create_classifier.ts";
import { requireImageSize } from "../models/require_image_size.ts";
import { stepsInEpoch } from "../training/epoch_plan.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import { asksForFit, fitDepths } from "./fit_depths.ts";
import { type ImageInspection, inspectImages } from "./inspect_images.ts";
import { describeTaken, takeWeights } from "./initial_weights.ts";
import { loadExperimentImages, whoNames } from "./prepare_data.ts";
import { readLastCheckpoint } from "./resume_checkpoint.ts";
import type { ResumeOptions } from "./resume_checkpoint.ts";
import type { InitialWeights } from "./run_types.ts";

/** What a training would do. */
export interface TrainingPlan {
  /** Images to train on. */
  readonly trainImages: number;
  /** Images held out, which choose the best checkpoint. */
  readonly validationImages: number;
  /** Images of the test part. */
  readonly testImages: number;
  /** Number of classes. */
  readonly classes: number;
  /** What was fitted to the images so that their depths differ; `null` if nothing. */
  readonly fit: ScheduleFit | null;
  /** What the images are. */
  readonly inspection: ImageInspection;
  /** Complexity levels, each with its own trajectory. */
  readonly levels: number;
  /** Numbers of layers, smallest and largest. */
  readonly depth: { readonly min: number; readonly max: number };
  /** Optimizer steps of one epoch. */
  readonly stepsPerEpoch: number;
  /** Optimizer steps of all epochs. */
  readonly totalSteps: number;
  /** Parameters of the puppeteer (the paper's column) and all stored parameters. */
  readonly parameters: { readonly puppeteer: number; readonly total: number };
  /** What fits of the weights that the training begins with, in words; `null` without. */
  readonly weights: string | null;
}

/**
 * Works out what a training would do: reads the dataset and builds the model on the current backend, so that
 * what would stop the training stops the plan too, and throws both away. Writes nothing.
 *
 * @param config The experiment.
 * @param report Called with the images decoded and all images.
 * @param begun Weights that a new run begins with, or the run that goes on.
 * @returns Images, steps, levels and parameters.
 * @throws {DataError} if the data is missing or damaged, or holds fewer images than asked for.
 * @throws {UsageError} if the configuration does not fit the number or size of the images.
 * @throws {CheckpointError} if nothing of the weights fits, or the run cannot go on with these images.
 */
export async function planTraining(
  config: ExperimentConfig,
  report?: (done: number, total: number) => void,
  begun: { readonly weights?: InitialWeights | undefined; readonly resumed?: ResumeOptions } = {},
): Promise<TrainingPlan> {
  const { weights, resumed } = begun;
  const { training } = config;
  const namedBy = resumed === undefined ? null : await whoNames(config, resumed.runDirectory);
  const images = await loadExperimentImages(config, { namedBy });
  const { train, validation, test } = images;
  requireImageSize(config.model, train);
  const inspection = await inspectImages(images, report);
  if (resumed !== undefined) await readLastCheckpoint(config, images, resumed);
  // A run that goes on has what was fitted when it began.
  const { config: { model }, fit } = resumed === undefined && asksForFit(config)
    ? fitDepths(config, await measureDataset(train, complexityMeasure(config.model.complexity)))
    : { config, fit: null };
  const { classNames } = train;
  const classes = classNames.length;
  const stepsPerEpoch = stepsInEpoch(train.length, training);
  const classifier = createClassifier(model, { classes, seed: training.seed });
  try {
    const taken = weights && await takeWeights(classifier, weights, classNames);
    const depths = classifier.levels.list.map((level) => level.depth);
    return {
      trainImages: train.length,
      validationImages: validation.length,
      testImages: test.length,
      classes,
      inspection,
      fit,
      levels: depths.length,
      depth: { min: Math.min(...depths), max: Math.max(...depths) },
      stepsPerEpoch,
      totalSteps: stepsPerEpoch * training.epochs,
      parameters: {
        puppeteer: classifier.parameters.count("puppeteer."),
        total: classifier.parameters.count(),
      },
      weights: weights && taken ? describeTaken(weights, taken) : null,
    };
  } finally {
    classifier.dispose();
  }
}
