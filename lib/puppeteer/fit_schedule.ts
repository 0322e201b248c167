import { stepCount, type StepScheduleOptions } from "./step_schedule.ts";

/** Share of the images from which on one depth is taken for a rule that does not fit them. */
const ONE_DEPTH = 0.9;

/** Quantiles that get the fewest and the most layers: a few images of an extreme kind decide nothing. */
const [LOW, HIGH] = [0.05, 0.95];

/** Significant digits of a fitted constant. */
const FIGURES = 4;

/** Largest kappa that is fitted: a configuration takes no larger one. Images that would need it are alike. */
export const MAX_STEPS_PER_BIT = 1000;

/** Constants of the rule for depth, fitted to images. */
export interface FittedSchedule {
  /** kappa: layers per unit of complexity. */
  readonly stepsPerBit: number;
  /** Complexity from which on layers are counted. */
  readonly complexityOffset: number;
  /** Complexity at which phi = 1: the images' median; where that is 0, the middle between their 5 % and 95 % quantiles. */
  readonly referenceComplexity: number;
}

/** Why the constants were fitted, and to what. */
export interface ScheduleFit extends FittedSchedule {
  /** Complexities of the training images, in the unit of the measure: their 5 %, 50 % and 95 % quantiles. */
  readonly quantiles: { readonly low: number; readonly median: number; readonly high: number };
  /** Steps of the level that most images would have been of without. */
  readonly depthBefore: number;
  /** Their share. */
  readonly shareBefore: number;
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))]!;
}

function mostFrequentDepth(
  complexities: Float64Array,
  options: StepScheduleOptions,
): { readonly depth: number; readonly share: number } {
  const counts = new Map<number, number>();
  for (const complexity of complexities) {
    const depth = stepCount(complexity, options);
    counts.set(depth, (counts.get(depth) ?? 0) + 1);
  }
  const [depth, count] = [...counts].reduce((most, next) => next[1] > most[1] ? next : most);
  return { depth, share: count / complexities.length };
}

/**
 * Fits the rule for depth to images where it would send nearly all of them to one depth, as kappa = 0.8, which is made
 * for the 32 x 32 pixels of CIFAR-10, does with larger ones: the simplest images then have the fewest layers, the most
 * complex ones the most.
 *
 * @param complexities Complexities of the training images, in the unit of the measure.
 * @param options The rule as it is.
 * @returns Fitted constants; `null` where the rule spreads the images already, or they are all alike.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stepCount } from "./step_schedule.ts";
 *
 * const complexities = Float64Array.from({ length: 101 }, (_, at) => 16 + at / 50);
 * const fit = fitSchedule(complexities, { stepsPerBit: 0.8, minSteps: 6, maxSteps: 12 });
 * assert.deepEqual([fit?.depthBefore, fit?.shareBefore], [12, 1]);
 * const depths = [16, 17, 18].map((complexity) =>
 *   stepCount(complexity, { ...fit!, minSteps: 6, maxSteps: 12 })
 * );
 * assert.deepEqual(depths, [6, 9, 12]);
 * ```
 */
export function fitSchedule(
  complexities: Float64Array,
  options: StepScheduleOptions,
): ScheduleFit | null {
  if (complexities.length === 0 || options.minSteps === options.maxSteps) return null;
  const { depth, share } = mostFrequentDepth(complexities, options);
  if (share < ONE_DEPTH) return null;
  const sorted = Float64Array.from(complexities).sort();
  const [low, median, high] = [
    quantile(sorted, LOW),
    quantile(sorted, 0.5),
    quantile(sorted, HIGH),
  ];
  if (!(high - low > 1e-6 * high)) return null;
  const round = (value: number) => Number(value.toPrecision(FIGURES));
  const stepsPerBit = Math.min(
    round((options.maxSteps - options.minSteps) / (high - low)),
    MAX_STEPS_PER_BIT,
  );
  // To a hundredth of a layer at least: where images are much alike, four digits of their complexity are whole layers.
  const places = Math.max(0, Math.ceil(Math.log10(stepsPerBit)) + 2);
  const offset = low - options.minSteps / stepsPerBit;
  return {
    stepsPerBit,
    complexityOffset: Number(offset.toFixed(places)),
    referenceComplexity: round(median > 0 ? median : (low + high) / 2),
    quantiles: { low, median, high },
    depthBefore: depth,
    shareBefore: share,
  };
}
