import * as tf from "@tensorflow/tfjs-core";
import { recomputed } from "../tensors/recomputed.ts";
import { Dynamics } from "./dynamics.ts";
import { initialStateValues } from "./initial_state.ts";
import { integrate, integrateStepwise } from "./integrate.ts";
import { sampleTrajectory } from "./sample_trajectory.ts";
import { solvers } from "./solvers/solver_registry.ts";
import type { ParameterSet } from "../tensors/parameter_set.ts";
import type { ComplexityLevel } from "./complexity_levels.ts";
import type { InitialStateKind } from "./initial_state.ts";
import type { SolverName } from "./solvers/solver_registry.ts";

/** How a trajectory is generated. */
export interface TrajectoryOptions {
  /**
   * Keeps only the states for the gradient and computes f_theta's intermediate values again: one more evaluation per step
   * for a fraction of the memory.
   *
   * @default false
   */
  readonly recompute?: boolean;
  /** Called after every step, with the steps made and all of them. */
  readonly onStep?: (done: number, steps: number) => void;
}

/** What fixes a puppeteer. */
export interface PuppeteerOptions {
  /** C: channels of the state on both sides. */
  readonly channels: number;
  /** k * k: taps of the state. */
  readonly taps: number;
  /** How E is made. */
  readonly initialState: InitialStateKind;
  /** Standard deviation of E's numbers, above 0. */
  readonly initialStateSize: number;
  /** Explicit Runge-Kutta method. */
  readonly solver: SolverName;
  /** Steps of one trajectory that every depth reads; `null` integrates every depth with as many steps as it has layers. */
  readonly trajectorySteps: number | null;
  /** Seed of the initial weights of the dynamics. */
  readonly seed: number;
}

/** Name of E where it is learned. */
const INITIAL_STATE = "initial-state";

/**
 * Whether a parameter belongs to the puppeteer, by its name: to the dynamics, or E where it is learned.
 *
 * @param name Name in a set of parameters.
 * @returns The answer.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(isPuppeteerParameter("puppeteer.pointwise.weights"), true);
 * assert.equal(isPuppeteerParameter("head.weights"), false);
 * ```
 */
export function isPuppeteerParameter(name: string): boolean {
  return name.startsWith("puppeteer.") || name === INITIAL_STATE;
}

/**
 * The puppeteer: generates the kernels of a network as states on a learned trajectory. The whole of it is
 * `states`: K_0 = phi(H) E, then N steps of dK/ds = f_theta(K), or a fixed number of steps that every N is read from.
 */
export class Puppeteer {
  readonly #dynamics: Dynamics;
  readonly #options: PuppeteerOptions;
  /** E, `[1, C_in, taps, C_out]`; a parameter if learned, otherwise a constant. */
  readonly #initialState: tf.Tensor4D;

  /**
   * Adds the puppeteer's parameters (`puppeteer.*`, and `initial-state` if learned) to a set.
   *
   * @param parameters Receives the parameters and owns them.
   * @param options Sizes, kind of initial state, solver, seed.
   * @throws {RangeError} if the size of the initial state is not a number above 0.
   */
  constructor(parameters: ParameterSet, options: PuppeteerOptions) {
    const { channels, taps, initialState, initialStateSize, seed } = options;
    if (!(Number.isFinite(initialStateSize) && initialStateSize > 0)) {
      throw new RangeError(
        `Cannot make a puppeteer: initialStateSize must be a number above 0, current value is ${initialStateSize}`,
      );
    }
    this.#options = options;
    this.#dynamics = new Dynamics(parameters, { channels, seed });
    const shape: [number, number, number, number] = [1, channels, taps, channels];
    const values = initialStateValues(initialState, { channels, taps })
      .map((value) => value * initialStateSize);
    if (initialState === "learned") parameters.add(INITIAL_STATE, { shape, values });
    this.#initialState = initialState === "learned"
      ? parameters.get<tf.Rank.R4>(INITIAL_STATE)
      : tf.tensor4d(values, shape);
  }

  /**
   * Generates the trajectory of a level. Called within `tf.tidy`, which frees what is computed on the way.
   *
   * @param level Gives N (depth) and phi(H) (scale).
   * @param options Recomputation, and who is told of the steps.
   * @returns K_1 .. K_N, each `[1, C_in, taps, C_out]`, float32; layer n uses K_n.
   */
  states(
    level: Pick<ComplexityLevel, "depth" | "scale">,
    options: TrajectoryOptions = {},
  ): tf.Tensor4D[] {
    return [...this.statesStepwise(level, options)];
  }

  /**
   * The same, each state when it is asked for, also within `tf.tidy`. With `trajectorySteps` the whole trajectory is integrated before the first.
   *
   * @param level Gives N (depth) and phi(H) (scale).
   * @param options As of `states`.
   * @returns K_1 .. K_N, one after the other.
   */
  *statesStepwise(
    level: Pick<ComplexityLevel, "depth" | "scale">,
    options: TrajectoryOptions = {},
  ): Generator<tf.Tensor4D> {
    const state0 = this.initialState(level);
    const field = (state: tf.Tensor4D, step: number): tf.Tensor4D =>
      options.recompute === true
        ? recomputed((input) => this.#dynamics.apply(input, step), state, this.#dynamics.weights)
        : this.#dynamics.apply(state, step);
    const { trajectorySteps, solver: name } = this.#options;
    const solver = solvers[name];
    const { onStep } = options;
    if (trajectorySteps === null) {
      yield* integrateStepwise(field, state0, { steps: level.depth, solver, onStep });
    } else {
      const states = integrate(field, state0, { steps: trajectorySteps, solver, onStep });
      yield* sampleTrajectory([state0, ...states], level.depth);
    }
  }

  /**
   * The state at s = 0 (Eq. 5, 14).
   *
   * @param level Gives phi(H) (scale).
   * @returns K_0 = phi(H) E, `[1, C_in, taps, C_out]`.
   */
  initialState(level: Pick<ComplexityLevel, "scale">): tf.Tensor4D {
    return tf.mul<tf.Tensor4D>(this.#initialState, level.scale);
  }

  /** Frees E if it is not a parameter. */
  dispose(): void {
    if (this.#options.initialState !== "learned") this.#initialState.dispose();
  }
}
