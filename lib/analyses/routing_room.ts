import { correlate } from "./describe_values.ts";
import type { TrainedImages } from "./classify_images.ts";
import type { RoutingRoom } from "./depth_analysis.ts";

/** The values of a measure of complexity. */
export interface MeasuredValues {
  /** Name of the measure. */
  readonly name: string;
  /** `[images]`. */
  readonly values: Float64Array;
}

/** What all images came to through one level. */
export type PassedLevel = Pick<TrainedImages, "right" | "loss" | "multiplyAdds">;

/** The shallowest right level of every image, as if it were known; the shallowest of all where none is right. */
function askOracle(levels: readonly PassedLevel[]): RoutingRoom["oracle"] {
  const images = levels[0]!.right.length;
  const sums = { right: 0, multiplyAdds: 0 };
  for (let index = 0; index < images; index++) {
    const { right, multiplyAdds } = levels.find((level) => level.right[index] === 1) ?? levels[0]!;
    sums.right += right[index]!;
    sums.multiplyAdds += multiplyAdds[index]!;
  }
  return { top1: sums.right / images, multiplyAdds: sums.multiplyAdds / images };
}

/** Top-1 when images in order of a measure take the levels in order, so many each. */
function routeInOrder(
  values: Float64Array,
  levels: readonly PassedLevel[],
  counts: readonly number[],
): number {
  const order = Uint32Array.from(values, (_, index) => index)
    .sort((left, right) => values[left]! - values[right]! || left - right);
  let [right, start] = [0, 0];
  for (const [level, count] of counts.entries()) {
    for (const index of order.subarray(start, start + count)) {
      right += levels[level]!.right[index]!;
    }
    start += count;
  }
  return right / order.length;
}

/**
 * Asks what choosing a level for each image could bring, and whether a measure of complexity knows for which.
 *
 * @param levels Every image through each level, by level: the shallowest first; at least two.
 * @param options Images that go through each level by their own complexity, and the values of the measures.
 * @returns The answer.
 */
export function findRoutingRoom(
  levels: readonly PassedLevel[],
  options: { readonly counts: readonly number[]; readonly measures: readonly MeasuredValues[] },
): RoutingRoom {
  const deepest = levels.at(-1)!;
  const gains = levels[0]!.loss.map((loss, index) => loss - deepest.loss[index]!);
  return {
    oracle: askOracle(levels),
    measures: options.measures.map(({ name, values }) => ({
      name,
      gain: correlate(values, gains),
      top1: routeInOrder(values, levels, options.counts),
    })),
  };
}
