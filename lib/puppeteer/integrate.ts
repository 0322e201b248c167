import * as tf from "@tensorflow/tfjs-core";
import { stepGrid } from "./step_schedule.ts";
import type { ButcherTableau } from "./solvers/butcher_tableau.ts";

/**
 * A vector field times the step size: `step * f(state)`, of the state's shape. Whoever computes f can often take the
 * factor into what it multiplies by anyway, which saves a pass over the state.
 */
export type VectorField<State extends tf.Tensor> = (state: State, step: number) => State;

/**
 * `state + factor * slope`. With a factor of its own, TensorFlow.js would keep the slope for the gradient of the factor, which nobody asks for.
 */
function addOneScaled(state: tf.Tensor, slope: tf.Tensor, factor: number): tf.Tensor {
  if (factor === 1) return tf.add(state, slope);
  return tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => ({
    value: tf.add(inputs[0] as tf.Tensor, tf.mul(inputs[1] as tf.Tensor, factor)),
    gradFunc: (gradient: tf.Tensor) => [gradient, tf.mul(gradient, factor)],
  }))(state, slope);
}

function addScaled<State extends tf.Tensor>(
  state: State,
  slopes: readonly State[],
  factors: readonly number[],
): State {
  return factors.reduce<State>(
    (total, factor, index) =>
      factor === 0 ? total : addOneScaled(total, slopes[index]!, factor) as State,
    state,
  );
}

/** Options of `integrate`. */
export interface IntegrateOptions {
  /** Number of steps N, >= 1. */
  readonly steps: number;
  /** The method. */
  readonly solver: ButcherTableau;
  /** Called after every step. */
  readonly onStep?: ((done: number, steps: number) => void) | undefined;
}

/**
 * Integrates dK/ds = f(K) over [0, 1] with equal steps (Eq. 1-4 of the paper; Euler's method is
 * K_{n+1} = K_n + h f(K_n), Eq. 3). Every operation is recorded, so that gradients run through the
 * discretised trajectory. Called within `tf.tidy`, which frees what is computed on the way.
 *
 * @param field h f, autonomous.
 * @param state0 K_0, float32, any shape.
 * @param options Number of steps N, the method, and who is told of every step.
 * @returns K_1 .. K_N: layer n of the network uses K_n.
 * @throws {RangeError} if steps is not an integer >= 1.
 */
export function integrate<State extends tf.Tensor>(
  field: VectorField<State>,
  state0: State,
  options: IntegrateOptions,
): State[] {
  return [...integrateStepwise(field, state0, options)];
}

/**
 * The same, also within `tf.tidy`, one step whenever the next state is asked for: whoever shows the trajectory need not wait for its end.
 *
 * @param field h f, autonomous.
 * @param state0 K_0, float32, any shape.
 * @param options Number of steps N, the method, and who is told of every step.
 * @returns K_1 .. K_N, one after the other.
 * @throws {RangeError} at the first state, if steps is not an integer >= 1.
 */
export function* integrateStepwise<State extends tf.Tensor>(
  field: VectorField<State>,
  state0: State,
  options: IntegrateOptions,
): Generator<State> {
  const grid = stepGrid(options.steps);
  const { stages, weights } = options.solver;
  let state = state0;
  for (let step = 0; step < options.steps; step++) {
    const stepSize = grid[step + 1]! - grid[step]!;
    const slopes: State[] = [];
    for (const row of stages) {
      slopes.push(field(addScaled(state, slopes, row), stepSize));
    }
    state = addScaled(state, slopes, weights);
    options.onStep?.(step + 1, options.steps);
    yield state;
  }
}

/**
 * Looks for the first state that holds a number which is not finite.
 *
 * @param states States of a trajectory.
 * @returns Its position, or -1 if all are finite.
 */
export async function firstNonFiniteState(states: readonly tf.Tensor[]): Promise<number> {
  const finite = tf.tidy(() => tf.stack(states.map((state) => tf.all(tf.isFinite(state)))));
  const flags = await finite.data();
  finite.dispose();
  return flags.findIndex((flag) => flag === 0);
}
