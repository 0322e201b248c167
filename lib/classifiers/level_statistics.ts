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
    const [, level, layer, kind] = parts as unknown as [string, string, string, string];
    if (kind === "variance") {
      if (tensors.has(`level${level}.${layer}.mean`)) continue;
      throw new RangeError(`Cannot read batch-norm statistics: "${name}" has no mean`);
    }
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
