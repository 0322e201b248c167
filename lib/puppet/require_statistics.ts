import { convolutionsOf } from "../architectures/layer.ts";
import { requireLength } from "../classifiers/folded_convolution.ts";
import type { LevelStatistics } from "../classifiers/level_statistics.ts";
import type { LevelNetworks } from "./level_networks.ts";

/**
 * Makes sure that every norm of a level has statistics of its own, before anything is generated for the level.
 *
 * @param classifier The model.
 * @param statistics Batch-norm statistics by level.
 * @param levels Indices of the levels that are needed.
 * @throws {RangeError} if the model has no such level, or a norm has no statistics, or those of another layer.
 */
export function requireStatistics(
  classifier: LevelNetworks,
  statistics: LevelStatistics,
  levels: Iterable<number>,
): void {
  for (const index of levels) {
    const level = classifier.levels.list[index];
    if (level === undefined) {
      throw new RangeError(
        `Cannot prepare for inference: the model has ${classifier.levels.list.length} levels, statistics are of level ${index}`,
      );
    }
    for (const { name, norm } of convolutionsOf(classifier.layersOf(level))) {
      if (!norm) continue;
      const found = statistics.get(index)?.get(name);
      if (found === undefined) {
        throw new RangeError(
          `Cannot prepare for inference: batch norm "${name}" has no statistics of level ${index}; compute them with the current model`,
        );
      }
      const channels = classifier.weights.norm(name).scale.size;
      requireLength(name, { found: found.mean.length, channels });
    }
  }
}
