import { stepCount } from "../puppeteer/step_schedule.ts";
import { correlate, describeValues } from "./describe_values.ts";
import type { StepScheduleOptions } from "../puppeteer/step_schedule.ts";
import type { DepthShare, MeasureComparison } from "./depth_analysis.ts";
import type { MeasuredImages } from "./measure_images.ts";

/** The scale of a measure: what a configuration that names it and nothing else gets, or the rule of a model. */
export interface MeasureScale {
  /** kappa. */
  readonly stepsPerBit: number;
  /**
   * Complexity from which on layers are counted.
   *
   * @default 0
   */
  readonly complexityOffset?: number;
  /** Complexity at which phi(H) = 1. */
  readonly referenceComplexity: number;
}

/**
 * Counts images by depth.
 *
 * @param depth N of every image.
 * @param depths Depths to be listed, with or without images.
 * @returns One entry per depth, in the order given.
 */
export function depthShares(depth: ArrayLike<number>, depths: readonly number[]): DepthShare[] {
  const counts = new Map(depths.map((one) => [one, 0]));
  for (let index = 0; index < depth.length; index++) {
    counts.set(depth[index]!, (counts.get(depth[index]!) ?? 0) + 1);
  }
  return depths.map((one) => {
    const images = counts.get(one)!;
    return { depth: one, images, share: images / depth.length };
  });
}

/**
 * Compares measures on the same images.
 *
 * @param measured What each measure said; the first is the one that the others are correlated with.
 * @param options The measure that was chosen, the range of depths, and the scale of each measure.
 * @returns One comparison per measure, in their order.
 */
export function compareMeasures(
  measured: readonly MeasuredImages[],
  options: Pick<StepScheduleOptions, "minSteps" | "maxSteps"> & {
    readonly selected: string;
    readonly scaleOf: (measure: string) => MeasureScale;
  },
): MeasureComparison[] {
  const { minSteps, maxSteps, selected, scaleOf } = options;
  const range = Array.from({ length: maxSteps - minSteps + 1 }, (_, index) => minSteps + index);
  return measured.map(({ measure, values, seconds }) => {
    const { name, unit, description } = measure;
    const { stepsPerBit, complexityOffset = 0, referenceComplexity } = scaleOf(name);
    const depth = Uint16Array.from(
      values,
      (value) => stepCount(value, { stepsPerBit, complexityOffset, minSteps, maxSteps }),
    );
    const shares = depthShares(depth, range);
    return {
      ...{ name, unit, description, selected: name === selected },
      distribution: describeValues(values),
      correlation: correlate(values, measured[0]!.values),
      ...{ stepsPerBit, referenceComplexity },
      meanDepth: shares.reduce((sum, one) => sum + one.depth * one.share, 0),
      depths: shares,
      imagesPerSecond: values.length / seconds,
    };
  });
}
