import * as tf from "@tensorflow/tfjs-core";
import { batchMoments, batchNormWithMoments } from "../layers/batch_norm.ts";
import type { BatchMoments } from "../layers/batch_norm.ts";
import type { ComplexityLevel } from "../puppeteer/complexity_levels.ts";
import type { Classifier, LevelKernels } from "./classifier.ts";
import type { LayerStatistics, StatisticsOfLevel } from "./level_statistics.ts";

/** Training images of a level. */
export interface StatisticsBatch {
  /** `[batch, height, width, 3]`, float32, standardised. */
  readonly images: tf.Tensor4D;
  /** Their level; in exact mode the level of each. */
  readonly levels: ComplexityLevel | readonly ComplexityLevel[];
}

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

function disposeMoments(found: ReadonlyMap<string, BatchMoments>): void {
  for (const { mean, variance } of found.values()) tf.dispose([mean, variance]);
}

/** Adds the moments of a batch to the sums of every layer. */
async function addBatch(
  sums: Map<string, Sums>,
  found: ReadonlyMap<string, BatchMoments>,
  weight: number,
): Promise<void> {
  for (const [name, moments] of found) {
    const [mean, variance] = await Promise.all([moments.mean.data(), moments.variance.data()]);
    const entry = sums.get(name) ??
      { weight: 0, mean: new Float64Array(mean.length), square: new Float64Array(mean.length) };
    sums.set(name, entry);
    addMoments(entry, { mean, variance }, weight);
  }
}

/** The kernels of a level, kept until they are disposed of; stored ones are copies, which share their numbers. */
function keepKernels(classifier: Classifier, level: ComplexityLevel): LevelKernels | undefined {
  const kernels = new Map<string, tf.Tensor4D>();
  tf.tidy(() => {
    for (const [name, kernel] of classifier.kernelsOf?.(level) ?? []) {
      kernels.set(name, tf.keep(kernel.clone()));
    }
  });
  return kernels.size === 0 ? undefined : kernels;
}

/** Runs a batch with its own statistics and returns those of every layer. */
function momentsOfBatch(
  classifier: Classifier,
  { images, levels }: StatisticsBatch,
  kernels: LevelKernels | undefined,
): Map<string, BatchMoments> {
  const found = new Map<string, BatchMoments>();
  try {
    tf.tidy(() => {
      classifier.forward(images, levels, {
        kernels,
        normalize: (site, input) => {
          const { mean, variance } = batchMoments(input);
          found.set(site.name, { mean: tf.keep(mean), variance: tf.keep(variance) });
          return batchNormWithMoments(input, { mean, variance }, site);
        },
      });
    });
    return found;
  } catch (error) {
    disposeMoments(found);
    throw error;
  }
}

/**
 * Computes the statistics of one level precisely: images pass the level's network with the statistics of
 * their batch, as in training, and the moments are pooled over all of them ("precise batch norm"; Wu and
 * Johnson, "Rethinking 'batch' in BatchNorm", 2021).
 *
 * @param classifier The model, with its current weights.
 * @param batches Training images of the level, drawn by the rule of its training batches; they are
 * disposed of here.
 * @returns Mean and variance of every layer of the level's network.
 * @throws {RangeError} if there is no batch.
 */
export async function computeLevelStatistics(
  classifier: Classifier,
  batches: AsyncIterable<StatisticsBatch>,
): Promise<StatisticsOfLevel> {
  const sums = new Map<string, Sums>();
  let count = 0;
  let kernels: LevelKernels | undefined;
  try {
    for await (const batch of batches) {
      const { images, levels } = batch;
      const weight = images.shape[0];
      count += weight;
      let found: ReadonlyMap<string, BatchMoments> = new Map();
      try {
        if ("depth" in levels) kernels ??= keepKernels(classifier, levels);
        found = momentsOfBatch(classifier, batch, kernels);
        images.dispose();
        await addBatch(sums, found, weight);
      } finally {
        images.dispose();
        disposeMoments(found);
      }
    }
  } finally {
    tf.dispose([...kernels?.values() ?? []]);
  }
  if (count === 0) {
    throw new RangeError("Cannot compute batch-norm statistics: no batch of images was given");
  }
  return new Map([...sums].map(([name, entry]) => [name, finish(entry)]));
}
