import { computeStatistics, levelsOfImages } from "../training/compute_statistics.ts";
import { loadExperimentImages, prepareTrainingData, requireSameImages } from "./prepare_data.ts";
import { VALIDATION_BATCH } from "../training/trainer.ts";
import { labelledBatches } from "../training/training_data.ts";
import type { Classifier } from "../classifiers/classifier.ts";
import type { LevelStatistics } from "../classifiers/level_statistics.ts";
import type { LoadImagesOptions } from "./prepare_data.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import type { TrainingCheckpoint } from "../training/decode_checkpoint.ts";

/**
 * Computes the statistics of a checkpoint that was saved without them (training was interrupted within an
 * epoch), exactly as a validation would, and tunes what a validation tunes.
 *
 * @param config Configuration of the run.
 * @param classifier The model with the checkpoint's weights; its calibration is changed.
 * @param checkpoint What the checkpoint says, and the run whose configuration says where the images are.
 * @returns Statistics of every level.
 * @throws {DataError} if the training images are missing.
 * @throws {CheckpointError} if they are not those of the run.
 */
export async function computeMissingStatistics(
  config: ExperimentConfig,
  classifier: Classifier,
  { card, namedBy }: Pick<TrainingCheckpoint, "card"> & Pick<LoadImagesOptions, "namedBy">,
): Promise<LevelStatistics> {
  const images = await loadExperimentImages(config, { namedBy });
  requireSameImages(images.train, card.trainFingerprint);
  const data = await prepareTrainingData(images, config.model.complexity);
  const statistics = await computeStatistics({
    classifier,
    data,
    config: config.training,
    exact: config.model.exact,
    levelOfImage: levelsOfImages(classifier, data),
  });
  // What the checkpoint holds was tuned for the weights of the validation before.
  await classifier.calibration?.tune(statistics, labelledBatches(data, VALIDATION_BATCH));
  return statistics;
}
