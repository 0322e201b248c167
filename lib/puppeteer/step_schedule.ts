import { describeGiven } from "../arguments/describe_given.ts";

/** How complexity becomes depth. */
export interface StepScheduleOptions {
  /** kappa: generated layers per bit of complexity, > 0. */
  readonly stepsPerBit: number;
  /**
   * Complexity in bits from which on layers are counted.
   *
   * @default 0
   */
  readonly complexityOffset?: number;
  /** Fewest layers, >= 1. */
  readonly minSteps: number;
  /** Most layers, >= minSteps. */
  readonly maxSteps: number;
}

/**
 * Number of steps N(x) = clamp(round(kappa (H(x) - H_0)), N_min, N_max), which is the number of generated layers
 * (Eq. 4, 6 and 13 of the paper; the form, kappa = 0.8 and H_0 = 0 are our choice: the paper asks for a monotonic
 * relation only). The step size is h(x) = 1 / N(x).
 *
 * @param complexity H(x) in bits, >= 0.
 * @param options kappa and the range of depths.
 * @returns N, an integer in minSteps .. maxSteps.
 * @throws {TypeError} if complexity is no number.
 * @throws {RangeError} if it is not finite or below 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(stepCount(12.5, { stepsPerBit: 0.8, minSteps: 6, maxSteps: 12 }), 10);
 * ```
 */
export function stepCount(complexity: number, options: StepScheduleOptions): number {
  if (!Number.isFinite(complexity) || complexity < 0) {
    const Wrong = typeof complexity === "number" ? RangeError : TypeError;
    throw new Wrong(
      `Cannot choose a depth: complexity must be a finite number of bits >= 0, current value is ${
        describeGiven(complexity)
      }`,
    );
  }
  const steps = Math.round(options.stepsPerBit * (complexity - (options.complexityOffset ?? 0)));
  return Math.min(Math.max(steps, options.minSteps), options.maxSteps);
}

/**
 * Grid of the integration interval [0, 1].
 *
 * @param steps N, an integer >= 1.
 * @returns `[N + 1]`, n / N for n = 0 .. N: by fraction, since adding h would let rounding pile up and
 * miss 1 at the end.
 * @throws {RangeError} if steps is not an integer >= 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(stepGrid(10)[10], 1);
 * ```
 */
export function stepGrid(steps: number): Float64Array {
  if (!Number.isInteger(steps) || steps < 1) {
    throw new RangeError(
      `Cannot make a step grid: steps must be an integer >= 1, current value is ${steps}`,
    );
  }
  return Float64Array.from({ length: steps + 1 }, (_, index) => index / steps);
}
