import { complexityMeasure } from "../complexity/measure_registry.ts";
import { measureSpeed, type MeasureSpeedOptions } from "../evaluation/measure_speed.ts";
import { createClassifier } from "../models/create_classifier.ts";
import { waysOfGeneration } from "../runs/ways_of_generation.ts";
import { hasOwnTrajectories } from "../models/model_layers.ts";
import { requireImageSize } from "../models/require_image_size.ts";
import { computeStatistics, levelsOfImages } from "../training/compute_statistics.ts";
import { loadExperimentImages, prepareTrainingData } from "../runs/prepare_data.ts";
import type { SpeedReport } from "../evaluation/speed_report.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";

/** Images behind the batch-norm statistics of a level: their values do not change how long a pass takes. */
const STATISTICS_IMAGES = 32;

/**
 * Measures the speed of a network as it is initialised, on the test images of its configuration. Weights that were
 * trained would take the same time, unless the network decides by them what it computes. The backend must have been
 * selected before.
 *
 * @param config Data, model and seed.
 * @param options Batch sizes, repetitions, time, signal.
 * @returns Wall times of the whole pipeline.
 * @throws {UsageError} if the configuration does not fit the number or size of the images.
 * @throws {DataError} if images are missing; and the signal's reason when aborted.
 */
export async function measureUntrained(
  config: ExperimentConfig,
  options: Omit<MeasureSpeedOptions, "generations">,
): Promise<SpeedReport> {
  const { model } = config;
  const images = await loadExperimentImages(config);
  requireImageSize(model, images.train);
  const data = await prepareTrainingData(images, model.complexity);
  const classes = images.train.classNames.length;
  const classifier = createClassifier(model, { classes, seed: config.training.seed });
  try {
    const trained = {
      classifier,
      statistics: await computeStatistics({
        ...{ classifier, data, exact: hasOwnTrajectories(model) },
        config: { ...config.training, statisticsImages: STATISTICS_IMAGES },
        levelOfImage: levelsOfImages(classifier, data),
      }),
      standardization: data.standardization,
      measure: complexityMeasure(model.complexity),
    };
    return await measureSpeed(trained, images.test, {
      ...options,
      generations: waysOfGeneration(model),
    });
  } finally {
    classifier.dispose();
  }
}
