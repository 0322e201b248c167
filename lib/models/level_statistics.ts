import * as tf from "@tensorflow/tfjs-core";
import { batchMoments, batchNormWithMoments } from "../layers/batch_norm.ts";
import type { BatchMoments } from "../layers/batch_norm.ts";
import type { Classifier } from "./classifier.ts";
import type { ComplexityLevel } from "../puppeteer/complexity_levels.ts";
import type { TensorValues } from "../tensors/parameter_set.ts";

/** Batch-norm statistics of one layer. */
export interface LayerStatistics {
  /** `[channels]`, float32. */
  readonly mean: Float32Array;
  /** `[channels]`, float32, biased. */
  readonly variance: Float32Array;
}

/** Statistics of one level by name of the layer. */
export type StatisticsOfLevel = ReadonlyMap<string, LayerStatistics>;

/**
 * Batch-norm statistics by level and layer: data that belong to a trained model but are not parameters. They
 * are kept per level, since each level's network has its own kernels: shared ones cost ten points of
 * accuracy in our experiments.
 */
export type LevelStatistics = ReadonlyMap<number, StatisticsOfLevel>;

/** Running sums of one layer over batches. */
interface Sums {
  weight: number;
  readonly mean: Float64Array;
  readonly square: Float64Array;
}

function addMoments(
  sums: Sums,
  moments: { mean: ArrayLike<number>; variance: ArrayLike<number> },
  weight: number,
): void {
  sums.weight += weight;
  for (let channel = 0; channel < sums.mean.length; channel++) {
    const mean = moments.mean[channel]!;
    sums.mean[channel]! += weight * mean;
    sums.square[channel]! += weight * (moments.variance[channel]! + mean * mean);
  }
}

function finish(sums: Sums): LayerStatistics {
  const mean = sums.mean.map((value) => value / sums.weight);
  const variance = sums.square.map((value, channel) =>
    Math.max(value / sums.weight - mean[channel]! ** 2, 0)
  );
  return { mean: Float32Array.from(mean), variance: Float32Array.from(variance) };
}

/** Runs a batch with its own statistics and returns those of every layer. */
function momentsOfBatch(
  classifier: Classifier,
  images: tf.Tensor4D,
  levels: ComplexityLevel | readonly ComplexityLevel[],
): Map<string, BatchMoments> {
  const found = new Map<string, BatchMoments>();
  tf.tidy(() => {
    classifier.forward(images, levels, {
      normalize: (site, input) => {
        const moments = batchMoments(input);
        found.set(site.name, { mean: tf.keep(moments.mean), variance: tf.keep(moments.variance) });
        return batchNormWithMoments(input, moments, site);
      },
    });
  });
  return found;
}

/**
 * Computes the statistics of one level precisely: images pass the level's network with the statistics of
 * their batch, as in training, and the moments are pooled over all of them ("precise batch norm"; Wu and
 * Johnson, "Rethinking 'batch' in BatchNorm", 2021).
 *
 * @param classifier The model, with its current weights.
 * @param batches Training images of the level, drawn by the rule of its training batches: standardised
 * `[batch, height, width, 3]` tensors, disposed of here, each with the level (or in exact mode the levels
 * of its images).
 * @returns Mean and variance of every layer of the level's network.
 * @throws {RangeError} if there is no batch.
 */
export async function computeLevelStatistics(
  classifier: Classifier,
  batches: AsyncIterable<
    { images: tf.Tensor4D; levels: ComplexityLevel | readonly ComplexityLevel[] }
  >,
): Promise<StatisticsOfLevel> {
  const sums = new Map<string, Sums>();
  let count = 0;
  for await (const { images, levels } of batches) {
    const weight = images.shape[0];
    count += weight;
    const found = momentsOfBatch(classifier, images, levels);
    images.dispose();
    for (const [name, moments] of found) {
      const [mean, variance] = await Promise.all([moments.mean.data(), moments.variance.data()]);
      moments.mean.dispose();
      moments.variance.dispose();
      const entry = sums.get(name) ??
        { weight: 0, mean: new Float64Array(mean.length), square: new Float64Array(mean.length) };
      sums.set(name, entry);
      addMoments(entry, { mean, variance }, weight);
    }
  }
  if (count === 0) {
    throw new RangeError("Cannot compute batch-norm statistics: no batch of images was given");
  }
  return new Map([...sums].map(([name, entry]) => [name, finish(entry)]));
}

/** Statistics as named tensors `level<index>.<layer>.mean` and `.variance`, for storage. */
export function statisticsToTensors(statistics: LevelStatistics): Map<string, TensorValues> {
  const tensors = new Map<string, TensorValues>();
  for (const [level, layers] of statistics) {
    for (const [layer, { mean, variance }] of layers) {
      tensors.set(`level${level}.${layer}.mean`, { shape: [mean.length], values: mean });
      tensors.set(`level${level}.${layer}.variance`, {
        shape: [variance.length],
        values: variance,
      });
    }
  }
  return tensors;
}

/**
 * The reverse of `statisticsToTensors`.
 *
 * @throws {RangeError} if a name has another form, a layer lacks its mean or variance, or a variance is negative.
 */
export function statisticsFromTensors(tensors: ReadonlyMap<string, TensorValues>): LevelStatistics {
  const levels = new Map<number, Map<string, LayerStatistics>>();
  for (const [name, { values }] of tensors) {
    const parts = /^level(\d+)\.(.+)\.(mean|variance)$/.exec(name);
    if (parts === null) {
      throw new RangeError(`Cannot read batch-norm statistics: "${name}" is not the name of one`);
    }
    if (parts[3] === "variance") continue;
    const [, level, layer] = parts as unknown as [string, string, string];
    const variance = tensors.get(`level${level}.${layer}.variance`)?.values;
    if (variance?.length !== values.length) {
      throw new RangeError(
        `Cannot read batch-norm statistics: "${name}" has no variance of its length`,
      );
    }
    if (variance.some((value) => value < 0)) {
      throw new RangeError(
        `Cannot read batch-norm statistics: the variance beside "${name}" is negative`,
      );
    }
    const layers = levels.get(Number(level)) ?? new Map<string, LayerStatistics>();
    levels.set(Number(level), layers.set(layer, { mean: values, variance }));
  }
  return levels;
}

/**
 * Statistics with every level of a model: a network without norms has none to store, and its level would be lost.
 *
 * @param statistics What was stored.
 * @param levels Number of levels of the model.
 * @returns The same, with empty statistics for levels that are not in it.
 */
export function withEveryLevel(statistics: LevelStatistics, levels: number): LevelStatistics {
  const indices = Array.from({ length: levels }, (_, index) => index);
  return new Map(indices.map((index) => [index, statistics.get(index) ?? new Map()]));
}
