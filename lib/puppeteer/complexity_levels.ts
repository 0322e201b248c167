import { stepCount } from "./step_schedule.ts";
import type { StepScheduleOptions } from "./step_schedule.ts";

/** One trajectory: all images of a level share its kernels and its batch-norm statistics. */
export interface ComplexityLevel {
  /** Position in the list of levels. */
  readonly index: number;
  /** Complexity that stands for the level, in bits. */
  readonly complexity: number;
  /** N: number of steps and of generated layers. */
  readonly depth: number;
  /** phi(H): factor of the initial state (Eq. 5, 14). */
  readonly scale: number;
}

/** What adapts, and how finely. */
export interface ComplexityLevelsOptions extends StepScheduleOptions {
  /** Depth follows complexity; otherwise every level has `fixedDepth` layers. */
  readonly depthAdaptation: boolean;
  /** The initial state follows complexity; otherwise phi = 1. */
  readonly parameterAdaptation: boolean;
  /** Number of layers without depth adaptation. */
  readonly fixedDepth: number;
  /** Levels per depth, >= 1. */
  readonly levelsPerDepth: number;
  /** Complexity in bits at which phi = 1. */
  readonly referenceComplexity: number;
}

/**
 * The quantisation of complexity into levels. Kernels depend on an image only through the scalar H(x), so a
 * finite set of trajectories serves all images: with one level per depth N the level stands for
 * H = H_0 + N / kappa, the centre of its bin; more levels per depth divide the bin evenly.
 *
 * @example One level per depth
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const levels = new ComplexityLevels({
 *   stepsPerBit: 0.8, minSteps: 6, maxSteps: 12, depthAdaptation: true, parameterAdaptation: true,
 *   fixedDepth: 10, levelsPerDepth: 1, referenceComplexity: 12.5,
 * });
 * assert.equal(levels.list.length, 7);
 * assert.deepEqual(levels.list[4], { index: 4, complexity: 12.5, depth: 10, scale: 1 });
 * assert.equal(levels.levelOf(12.6), 4);
 * ```
 */
export class ComplexityLevels {
  /** The levels, in order of complexity. */
  readonly list: readonly ComplexityLevel[];
  readonly #options: ComplexityLevelsOptions;

  /**
   * Lists the levels.
   *
   * @param options What adapts, and how finely.
   */
  constructor(options: ComplexityLevelsOptions) {
    this.#options = options;
    const { depthAdaptation, parameterAdaptation } = options;
    this.list = depthAdaptation || parameterAdaptation
      ? Array.from({ length: this.#binCount() }, (_, index) => this.#levelOfBin(index))
      : [{
        index: 0,
        complexity: options.referenceComplexity,
        depth: options.fixedDepth,
        scale: 1,
      }];
  }

  /**
   * The level that serves an image.
   *
   * @param complexity H(x) in bits, finite, >= 0.
   * @returns Index into `list`.
   * @throws {TypeError} if complexity is no number.
   * @throws {RangeError} if it is not finite or below 0.
   */
  levelOf(complexity: number): number {
    // Called for its check and for the clamp, so that levels and depths can never disagree.
    const depth = stepCount(complexity, this.#options);
    if (this.list.length === 1) return 0;
    const { stepsPerBit, complexityOffset = 0, minSteps, levelsPerDepth } = this.#options;
    const within = (stepsPerBit * (complexity - complexityOffset) - (depth - 0.5)) * levelsPerDepth;
    const part = Math.min(Math.max(Math.floor(within), 0), levelsPerDepth - 1);
    return (depth - minSteps) * levelsPerDepth + part;
  }

  /**
   * The level of a depth that was chosen by hand: the middle one, where a depth has several.
   *
   * @param depth Number of layers.
   * @returns Index into `list`; `null` if no level has that depth.
   */
  levelOfDepth(depth: number): number | null {
    const levels = this.list.filter((level) => level.depth === depth);
    return levels[levels.length >> 1]?.index ?? null;
  }

  /**
   * The trajectory of one image by itself: the paper's per-sample reading.
   *
   * @param complexity H(x) in bits, finite, >= 0.
   * @returns A level whose index is that of `levelOf`, with the image's own phi(H).
   */
  exactLevel(complexity: number): ComplexityLevel {
    const level = this.list[this.levelOf(complexity)]!;
    return { ...level, complexity, scale: this.#scale(complexity) };
  }

  #binCount(): number {
    const { minSteps, maxSteps, levelsPerDepth } = this.#options;
    return (maxSteps - minSteps + 1) * levelsPerDepth;
  }

  #levelOfBin(index: number): ComplexityLevel {
    const { minSteps, levelsPerDepth, depthAdaptation, fixedDepth } = this.#options;
    const { stepsPerBit, complexityOffset = 0 } = this.#options;
    const adaptedDepth = minSteps + Math.floor(index / levelsPerDepth);
    const part = index % levelsPerDepth;
    const steps = adaptedDepth - 0.5 + (part + 0.5) / levelsPerDepth;
    // An offset can move the lowest level below the least complexity that there is.
    const complexity = Math.max(0, complexityOffset + steps / stepsPerBit);
    const depth = depthAdaptation ? adaptedDepth : fixedDepth;
    return { index, complexity, depth, scale: this.#scale(complexity) };
  }

  /** phi(H) = H / H_reference (Eq. 5, 14; the form is our choice). */
  #scale(complexity: number): number {
    const { parameterAdaptation, referenceComplexity } = this.#options;
    return parameterAdaptation ? complexity / referenceComplexity : 1;
  }
}
