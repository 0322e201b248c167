/** The two sums that an entropy of unnormalised weights v needs: log2 T - W / T is the entropy of v / T. */
export interface EntropySums {
  /** T = sum v. */
  readonly total: number;
  /** W = sum v log2 v, with 0 log 0 = 0. */
  readonly weighted: number;
}

/** Which values to sum: `start`, `start + stride`, ... up to the end of the array. */
export interface EntropySumsOptions {
  /** The same memory as the values, as 32-bit words: `new Uint32Array(values.buffer)`. */
  readonly words: Uint32Array;
  readonly start: number;
  readonly stride: number;
}

/** Cells into which the mantissa range 1..2 is cut. */
const cellBits = 9;
const cells = 2 ** cellBits;
/** 1 / c for the middle c of each cell, and log2 c computed from that very number. */
const inverses = Float64Array.from({ length: cells }, (_, cell) => 1 / (1 + (cell + 0.5) / cells));
const cellLogs = inverses.map((inverse) => -Math.log2(inverse));
/** 2^-exponent by biased exponent; 0 for zero and for denormal numbers, whose v log v is nothing. */
const scales = Float64Array.from(
  { length: 2048 },
  (_, exponent) => exponent === 0 ? 0 : 2 ** (1023 - exponent),
);

/**
 * Sums v and v log2 v over non-negative numbers. The logarithm is read off the bits of the number (exponent, table
 * by the leading digits, five terms of the series for the rest): it agrees with `Math.log2` to the last digits
 * and takes a third of its time, which is half of what the spectral entropy would spend otherwise.
 *
 * @param values Finite numbers, 0 or more.
 * @param options The values' memory as words, and which values to take.
 * @returns Both sums.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const values = Float64Array.of(2, 0, 6);
 * const words = new Uint32Array(values.buffer);
 * const { total, weighted } = entropySums(values, { words, start: 0, stride: 1 });
 * assert.equal(total, 8);
 * assert.ok(Math.abs(weighted - (2 + 6 * Math.log2(6))) < 1e-12);
 * ```
 */
export function entropySums(values: Float64Array, options: EntropySumsOptions): EntropySums {
  const { words, start, stride } = options;
  let total = 0;
  let weighted = 0;
  for (let index = start; index < values.length; index += stride) {
    const value = values[index]!;
    // The high word: Deno runs on little-endian machines only.
    const high = words[2 * index + 1]!;
    const exponent = high >>> 20;
    const cell = (high >>> (20 - cellBits)) & (cells - 1);
    const rest = value * scales[exponent]! * inverses[cell]! - 1;
    const series = rest - rest * rest * (1 / 2 - rest * (1 / 3 - rest * (1 / 4 - rest * (1 / 5))));
    total += value;
    weighted += value * (exponent - 1023 + cellLogs[cell]! + series * Math.LOG2E);
  }
  return { total, weighted };
}
