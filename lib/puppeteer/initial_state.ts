import { RandomStream } from "../randomness/random_stream.ts";

/** How E in K_0 = phi(H) E is made. */
export type InitialStateKind = "seeded" | "learned" | "constant";

/** Fixed, so that E belongs to the definition of the model and never has to be stored. */
const INITIAL_STATE_SEED = 0;

/** Sizes of a state. */
export interface StateShape {
  /** C, on both sides. */
  readonly channels: number;
  /** k * k. */
  readonly taps: number;
}

/**
 * Values of E, the state that phi(H) scales to the initial state K_0 = phi(H) E (Eq. 5 and 14).
 *
 * - `seeded` (default): standard normal numbers from a fixed seed. Regenerated, never stored.
 * - `learned`: starts as `seeded`, is trained and stored: 9 C^2 numbers more, the difference between the two
 *   rows of Table 7.
 * - `constant`: all ones, the paper's words read literally. All channels of one side then stay equal for
 *   ever, since the dynamics share their weights over that side; kept to show that it does not learn.
 *
 * @param kind One of the three.
 * @param shape Number of channels and of taps.
 * @returns `[1, C, taps, C]` row-major (inputs, taps, outputs), float32.
 */
export function initialStateValues(kind: InitialStateKind, shape: StateShape): Float32Array {
  const size = shape.channels * shape.taps * shape.channels;
  if (kind === "constant") return new Float32Array(size).fill(1);
  const stream = new RandomStream(INITIAL_STATE_SEED, "initial-state");
  return Float32Array.from({ length: size }, () => stream.nextNormal());
}
