import { quantileSorted, sampleCorrelation, sampleRankCorrelation } from "simple-statistics";
import type { Correlation, Distribution, HistogramBin } from "./distribution.ts";

/** Shares of the quantiles that are given. */
const SHARES = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99] as const;

/** Bins that a histogram has about. */
const BINS = 40;

/** Steps that people count in. */
const NICE_STEPS = [1, 2, 2.5, 5, 10] as const;

/** Part of a bin that a value may lie below an edge and still belong above it: 0.3 / 0.1 is 2.9999999999999996. */
const SLACK = 1e-9;

/** The next nice number from a width on. */
function niceWidth(width: number): number {
  const scale = 10 ** Math.floor(Math.log10(width));
  return NICE_STEPS.find((step) => step * scale >= width * (1 - 1e-9))! * scale;
}

/**
 * Counts values in bins of equal width with round edges.
 *
 * @param sorted Finite values, ascending, at least one.
 * @returns 20 to 41 bins over all values; one bin where all values are equal.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(histogramOf([3, 3]), [{ from: 3, to: 3, count: 2 }]);
 * assert.equal(histogramOf([0, 0.1, 4]).length, 40);
 * ```
 */
export function histogramOf(sorted: ArrayLike<number>): HistogramBin[] {
  const min = sorted[0]!;
  const max = sorted[sorted.length - 1]!;
  // Equal, or so close that bins of their difference could not be told apart.
  if (!(max - min > Math.abs(max) * 1e-12)) return [{ from: min, to: max, count: sorted.length }];
  const width = niceWidth((max - min) / BINS);
  const first = Math.floor(min / width + SLACK);
  const bins = Math.max(1, Math.ceil(max / width - SLACK) - first);
  const counts = new Uint32Array(bins);
  for (let index = 0; index < sorted.length; index++) {
    counts[Math.min(Math.floor(sorted[index]! / width + SLACK) - first, bins - 1)]! += 1;
  }
  // Twelve digits: 3 * 0.1 is not 0.3, and the edge is read by people.
  const edge = (index: number) => Number(((first + index) * width).toPrecision(12));
  return Array.from(
    counts,
    (count, index) => ({ from: edge(index), to: edge(index + 1), count }),
  );
}

/**
 * Mean and standard deviation.
 *
 * @param values At least one.
 * @returns Both; the deviation with the divisor n.
 */
export function momentsOf(
  values: ArrayLike<number>,
): { readonly mean: number; readonly deviation: number } {
  const count = values.length;
  let sum = 0;
  for (let index = 0; index < count; index++) sum += values[index]!;
  const mean = sum / count;
  let squares = 0;
  for (let index = 0; index < count; index++) squares += (values[index]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / count) };
}

/**
 * Describes how values are spread. Quantiles are interpolated linearly between neighbours, as NumPy does by default.
 *
 * @param values Finite values in any order; left as they are.
 * @returns Mean, deviation, range, quantiles, histogram.
 * @throws {RangeError} if there is no value.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const { mean, deviation, quantiles } = describeValues([4, 1, 3, 2]);
 * assert.equal(mean, 2.5);
 * assert.equal(deviation, Math.sqrt(1.25));
 * assert.deepEqual(quantiles[4], { share: 0.5, value: 2.5 });
 * ```
 */
export function describeValues(values: ArrayLike<number>): Distribution {
  if (values.length === 0) {
    throw new RangeError("Cannot describe values: there must be at least one");
  }
  // The typed array sorts by number; the library wants a plain one.
  const sorted = Array.from(Float64Array.from(values).sort());
  return {
    ...momentsOf(values),
    min: sorted[0]!,
    max: sorted[sorted.length - 1]!,
    quantiles: SHARES.map((share) => ({ share, value: quantileSorted(sorted, share) })),
    histogram: histogramOf(sorted),
  };
}

function isConstant(values: ArrayLike<number>): boolean {
  for (let index = 1; index < values.length; index++) {
    if (values[index] !== values[0]) return false;
  }
  return true;
}

/** What is not finite is no correlation; what is has no digits beyond 1. */
function correlationOrNull(value: number): number | null {
  return Number.isFinite(value) ? Math.min(Math.max(value, -1), 1) : null;
}

/**
 * Correlates two quantities of the same images.
 *
 * @param left One value per image.
 * @param right One value per image.
 * @returns Pearson's and Spearman's coefficient; `null` where one quantity is constant.
 * @throws {RangeError} if the numbers of values differ.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const { pearson, spearman } = correlate([1, 2, 3, 4], [1, 4, 9, 16]);
 * assert.ok(pearson! < 1);
 * assert.equal(spearman, 1);
 * assert.equal(correlate([1, 2], [5, 5]).pearson, null);
 * ```
 */
export function correlate(left: ArrayLike<number>, right: ArrayLike<number>): Correlation {
  if (left.length !== right.length) {
    throw new RangeError(
      `Cannot correlate: both must have as many values, there are ${left.length} and ${right.length}`,
    );
  }
  const images = left.length;
  // Rounding in the mean would give a constant a tiny deviation, and so a correlation out of nothing.
  if (images < 2 || isConstant(left) || isConstant(right)) {
    return { pearson: null, spearman: null, images };
  }
  const [x, y] = [Array.from(left), Array.from(right)];
  return {
    pearson: correlationOrNull(sampleCorrelation(x, y)),
    spearman: correlationOrNull(sampleRankCorrelation(x, y)),
    images,
  };
}
