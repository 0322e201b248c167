import { computeLevelStatistics } from "../classifiers/compute_level_statistics.ts";
import { yieldToEventLoop } from "../tensors/event_loop.ts";
import { drawStatisticsImages } from "./epoch_plan.ts";
import { loadBatch } from "./training_data.ts";
import type { Classifier } from "../classifiers/classifier.ts";
import type { LevelStatistics, StatisticsOfLevel } from "../classifiers/level_statistics.ts";
import type { TrainingConfig } from "./training_config.ts";
import type { TrainingData } from "./training_data.ts";

/** What the statistics of a training are computed from. */
export interface StatisticsSource {
  /** The model with the weights that they are of. */
  readonly classifier: Classifier;
  /** Training images, with what was measured on them. */
  readonly data: TrainingData;
  /** Seed, images per level, and how far levels share images. */
  readonly config: TrainingConfig;
  /** Every image has its own trajectory. */
  readonly exact: boolean;
  /** Level of every training image. */
  readonly levelOfImage: ArrayLike<number>;
  /** Hears how many levels are done, also in part, of how many. */
  readonly report?: ((done: number, total: number) => void) | undefined;
}

/**
 * The level of every training image.
 *
 * @param classifier Its levels.
 * @param data Complexities of the images.
 * @returns `[data.train.length]`, indices of levels.
 */
export function levelsOfImages(classifier: Classifier, data: TrainingData): Uint32Array {
  return Uint32Array.from(data.complexities, (complexity) => classifier.levels.levelOf(complexity));
}

async function* batchesOfLevel(source: StatisticsSource, level: number) {
  const { classifier, data, config, exact, levelOfImage } = source;
  const { levels } = classifier;
  const plan = { ...config, levelOfImage };
  const images = drawStatisticsImages(level, config.statisticsImages, plan);
  const options = { level: levels.list[level]!, ...(exact ? { exactLevels: levels } : {}) };
  for (let first = 0; first < images.length; first += config.batchSize) {
    await yieldToEventLoop();
    const indices = images.subarray(first, first + config.batchSize);
    const batch = await loadBatch(data, indices, options);
    batch.labels.dispose();
    yield batch;
    const share = Math.min((first + config.batchSize) / images.length, 1);
    source.report?.(level + share, levels.list.length);
  }
}

/**
 * Computes the batch-norm statistics of every level from training images, by the rule of the level's training batches.
 *
 * @param source Weights, images, and the rule.
 * @returns Statistics of every level.
 */
export async function computeStatistics(source: StatisticsSource): Promise<LevelStatistics> {
  const statistics = new Map<number, StatisticsOfLevel>();
  for (const { index } of source.classifier.levels.list) {
    const batches = batchesOfLevel(source, index);
    statistics.set(index, await computeLevelStatistics(source.classifier, batches));
  }
  return statistics;
}
