import { UsageError } from "../errors.ts";
import type { ComplexityLevels } from "../puppeteer/complexity_levels.ts";

/**
 * Finds the level of a depth that a person chose in place of the images' own.
 *
 * @param levels Levels of the model.
 * @param depth Number of layers.
 * @param exact Whether every image has its own trajectory, which goes with the statistics of its own level only.
 * @returns Index of the level; `undefined` where all levels have that depth, so that each image keeps its own.
 * @throws {UsageError} if the model has no network of that depth, or it would be another than the images' own in exact
 * mode.
 */
export function requireDepth(
  levels: ComplexityLevels,
  depth: number,
  exact: boolean,
): number | undefined {
  if (levels.list.every((level) => level.depth === depth)) return undefined;
  const level = levels.levelOfDepth(depth);
  if (level !== null && exact) {
    throw new UsageError(
      `Cannot use depth ${depth} in exact mode: its network has one trajectory for all images; leave the depth (--depth) or the ` +
        "exact mode (--exact) out, or take a model that was not trained in it",
    );
  }
  if (level !== null) return level;
  const depths = [...new Set(levels.list.map((each) => each.depth))].sort((one, other) =>
    one - other
  );
  throw new UsageError(
    `Cannot use depth ${depth}: the model has networks of ${
      depths.join(", ")
    } layers; give one of them (--depth)`,
  );
}
