import type { HistogramBin } from "../analyses/distribution.ts";

/** Widths that a reader can count in. */
const FACTORS = [1, 2, 2.5, 5, 10];

/** The smallest round width with which at most `most` bins cover a range. */
function roundWidth(range: number, most: number): number {
  const raw = range / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  return FACTORS.map((factor) => factor * power).find((width) => width >= raw) ?? 10 * power;
}

/**
 * Counts values in bins of equal, round width.
 *
 * @param values Finite numbers.
 * @param most Most bins, >= 1.
 * @returns Bins from the lowest value to the highest: `from <= value < to`; none without values.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(histogramOf([1, 1.4, 2.1, 3], 4), [
 *   { from: 1, to: 1.5, count: 2 },
 *   { from: 1.5, to: 2, count: 0 },
 *   { from: 2, to: 2.5, count: 1 },
 *   { from: 2.5, to: 3, count: 0 },
 *   { from: 3, to: 3.5, count: 1 },
 * ]);
 * ```
 */
export function histogramOf(values: readonly number[], most: number = 24): HistogramBin[] {
  if (values.length === 0) return [];
  const least = values.reduce((a, b) => Math.min(a, b));
  const largest = values.reduce((a, b) => Math.max(a, b));
  const width = roundWidth(largest > least ? largest - least : 1, most);
  const first = Math.floor(least / width);
  const counts = new Array<number>(Math.floor(largest / width) - first + 1).fill(0);
  for (const value of values) counts[Math.floor(value / width) - first]! += 1;
  // Products, not sums: rounding would pile up along the axis.
  const edge = (index: number) => Number(((first + index) * width).toPrecision(12));
  return counts.map((count, index) => ({ from: edge(index), to: edge(index + 1), count }));
}
