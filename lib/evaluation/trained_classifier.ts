import type { Classifier } from "../classifiers/classifier.ts";
import type { LevelStatistics } from "../classifiers/level_statistics.ts";
import type { ComplexityMeasure } from "../complexity/complexity_measure.ts";
import type { ChannelStatistics } from "../datasets/standardization.ts";

/** What a trained classifier needs to look at images. */
export interface TrainedClassifier {
  /** The model with its weights. */
  readonly classifier: Classifier;
  /** Batch-norm statistics of every level. */
  readonly statistics: LevelStatistics;
  /** Channel statistics of the training images. */
  readonly standardization: ChannelStatistics;
  /** What routes an image to its level. */
  readonly measure: ComplexityMeasure;
}
