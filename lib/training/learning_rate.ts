import type { TrainingConfig } from "./training_config.ts";

/** Share of a one-cycle schedule in which the rate rises, and the divisor of the peak it starts from. */
const ONE_CYCLE_RISE = 0.3;
const ONE_CYCLE_START_DIVISOR = 25;

/** The part of the training configuration that a schedule needs. */
export type ScheduleOptions = Pick<
  TrainingConfig,
  "schedule" | "learningRate" | "minLearningRate" | "warmupEpochs"
>;

/** Half a cosine from `start` (progress 0) to `end` (progress 1). */
function cosineBetween(start: number, end: number, progress: number): number {
  return end + ((start - end) * (1 + Math.cos(Math.PI * progress))) / 2;
}

function oneCycle(progress: number, options: ScheduleOptions): number {
  const { learningRate, minLearningRate } = options;
  if (progress < ONE_CYCLE_RISE) {
    const start = learningRate / ONE_CYCLE_START_DIVISOR;
    return cosineBetween(start, learningRate, progress / ONE_CYCLE_RISE);
  }
  const fall = (progress - ONE_CYCLE_RISE) / (1 - ONE_CYCLE_RISE);
  return cosineBetween(learningRate, minLearningRate, fall);
}

/**
 * Learning rate of a step.
 *
 * - `constant`: the peak rate.
 * - `cosine`: half a cosine from the peak to the minimum (Loshchilov and Hutter, SGDR, 2017).
 * - `one-cycle`: up from a 25th of the peak over the first 30 % of the steps, then down to the minimum,
 *   both along half a cosine (Smith and Topin, 2018).
 *
 * Constant and cosine schedules rise linearly over `warmupEpochs` first.
 *
 * @param step Step about to be made, counted from 0.
 * @param options Schedule, rates, and the length of the run in steps.
 * @returns The rate, >= 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const options = {
 *   schedule: "cosine", learningRate: 1, minLearningRate: 0, warmupEpochs: 0,
 *   stepsPerEpoch: 10, totalSteps: 101,
 * } as const;
 * assert.equal(learningRateAt(0, options), 1);
 * assert.equal(learningRateAt(100, options), 0);
 * ```
 */
export function learningRateAt(
  step: number,
  options: ScheduleOptions & { readonly stepsPerEpoch: number; readonly totalSteps: number },
): number {
  const { schedule, learningRate, minLearningRate, totalSteps, stepsPerEpoch } = options;
  const lastStep = Math.max(totalSteps - 1, 1);
  if (schedule === "one-cycle") return oneCycle(Math.min(step / lastStep, 1), options);
  const warmupSteps = Math.round(options.warmupEpochs * stepsPerEpoch);
  if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
  if (schedule === "constant") return learningRate;
  const remaining = Math.max(lastStep - warmupSteps, 1);
  return cosineBetween(
    learningRate,
    minLearningRate,
    Math.min((step - warmupSteps) / remaining, 1),
  );
}
