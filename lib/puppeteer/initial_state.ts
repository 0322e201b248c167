import { RandomStream } from "../randomness/random_stream.ts";

/** How E in K_0 = phi(H) E is made. */
export type InitialStateKind = "seeded" | "orthogonal" | "low-frequency" | "learned" | "constant";

/** Fixed, so that E belongs to the definition of the model and never has to be stored. */
const INITIAL_STATE_SEED = 0;

/** Sides of the blocks of channels that share a number in `low-frequency`. */
const BLOCK_SIDES = [1, 2, 4, 8] as const;

/** Sizes of a state. */
export interface StateShape {
  /** C, on both sides. */
  readonly channels: number;
  /** k * k. */
  readonly taps: number;
}

/** Adds normal numbers that are equal within blocks of `side` x `side` channels. */
function addBlocks(values: Float32Array, { channels, taps }: StateShape, side: number): void {
  const stream = new RandomStream(INITIAL_STATE_SEED, `initial-state/${side}`);
  const blocks = Math.ceil(channels / side);
  const factor = 1 / Math.sqrt(BLOCK_SIDES.length);
  const coarse = Float32Array.from(
    { length: blocks * taps * blocks },
    () => factor * stream.nextNormal(),
  );
  for (let input = 0, at = 0; input < channels; input++) {
    for (let tap = 0; tap < taps; tap++) {
      const row = (Math.floor(input / side) * taps + tap) * blocks;
      for (let output = 0; output < channels; output++, at++) {
        values[at]! += coarse[row + Math.floor(output / side)]!;
      }
    }
  }
}

/** Makes the rows orthogonal and of unit length, in place: modified Gram-Schmidt, in float64. */
function orthonormalize(rows: readonly Float64Array[]): void {
  for (const [at, row] of rows.entries()) {
    for (const earlier of rows.slice(0, at)) {
      let product = 0;
      for (let column = 0; column < row.length; column++) {
        product += row[column]! * earlier[column]!;
      }
      for (let column = 0; column < row.length; column++) {
        row[column]! -= product * earlier[column]!;
      }
    }
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let column = 0; column < row.length; column++) row[column]! /= length;
  }
}

/** Every tap is a random orthogonal matrix times sqrt(C), so that the variance is 1. */
function orthogonalValues({ channels, taps }: StateShape): Float32Array {
  const values = new Float32Array(channels * taps * channels);
  for (let tap = 0; tap < taps; tap++) {
    const stream = new RandomStream(INITIAL_STATE_SEED, "initial-state/orthogonal", tap);
    const rows = Array.from(
      { length: channels },
      () => Float64Array.from({ length: channels }, () => stream.nextNormal()),
    );
    orthonormalize(rows);
    for (const [input, row] of rows.entries()) {
      values.set(row.map((value) => value * Math.sqrt(channels)), (input * taps + tap) * channels);
    }
  }
  return values;
}

/**
 * Values of E, the state that phi(H) scales to the initial state K_0 = phi(H) E (Eq. 5 and 14).
 *
 * - `seeded` (default): standard normal numbers from a fixed seed. Regenerated, never stored.
 * - `orthogonal`: every tap is a random orthogonal matrix from a fixed seed, times sqrt(C) (Saxe et al. 2014), so that no two
 *   channels are alike. Regenerated, never stored; takes a few seconds at C = 512.
 * - `low-frequency`: the same as `seeded`, but neighbouring channels are alike: the sum of four fields of normal numbers that are
 *   constant over blocks of 1, 2, 4 and 8 channels, of variance 1 together. Average pooling to an eighth of the channels
 *   leaves 1/64 of the variance of `seeded` and a third of this one's.
 * - `learned`: starts as `seeded`, is trained and stored: 9 C^2 numbers more, the difference between the two
 *   rows of Table 7.
 * - `constant`: all ones, the paper's words read literally. All channels of one side then stay equal for
 *   ever, since the dynamics share their weights over that side; kept to show that it does not learn.
 *
 * @param kind One of the five.
 * @param shape Number of channels and of taps.
 * @returns `[1, C, taps, C]` row-major (inputs, taps, outputs), float32.
 */
export function initialStateValues(kind: InitialStateKind, shape: StateShape): Float32Array {
  const size = shape.channels * shape.taps * shape.channels;
  if (kind === "constant") return new Float32Array(size).fill(1);
  if (kind === "orthogonal") return orthogonalValues(shape);
  if (kind === "low-frequency") {
    const values = new Float32Array(size);
    for (const side of BLOCK_SIDES) addBlocks(values, shape, side);
    return values;
  }
  const stream = new RandomStream(INITIAL_STATE_SEED, "initial-state");
  return Float32Array.from({ length: size }, () => stream.nextNormal());
}
