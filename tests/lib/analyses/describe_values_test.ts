import assert from "node:assert/strict";
import { correlate, describeValues, histogramOf } from "../../../lib/analyses/describe_values.ts";

// References: numpy.mean, numpy.std, numpy.quantile and numpy.corrcoef (of the values, and of their ranks with ties
// sharing the mean rank) of these formulas.
const X = Array.from({ length: 25 }, (_, i) => ((i * i * 7 + 3 * i) % 23) / 4 + 0.1 * i);
const Y = Array.from({ length: 25 }, (_, i) => ((i * 5 + 2) % 7) - 0.05 * i * i);
const TIED = Array.from({ length: 25 }, (_, i) => (i * i) % 5);
const ALSO_TIED = Array.from({ length: 25 }, (_, i) => (i * 3) % 4);

function assertNear(actual: number | null, expected: number): void {
  assert.ok(actual !== null && Math.abs(actual - expected) < 1e-12, `${actual}, not ${expected}`);
}

Deno.test("describeValues() agrees with NumPy", () => {
  const { mean, deviation, quantiles, min, max } = describeValues(X);
  assertNear(mean, 3.6000000000000005);
  assertNear(deviation, 1.7717223258738939);
  const reference = [0.252, 1.16, 1.76, 2.6, 3.45, 4.85, 5.57, 6.97, 7.528];
  quantiles.forEach(({ value }, index) => assertNear(value, reference[index]!));
  assert.equal(min, Math.min(...X));
  assert.equal(max, Math.max(...X));
});

Deno.test("describeValues() takes one value, and refuses none", () => {
  const { mean, deviation, quantiles, histogram } = describeValues([7]);
  assert.deepEqual([mean, deviation], [7, 0]);
  assert.ok(quantiles.every(({ value }) => value === 7));
  assert.deepEqual(histogram, [{ from: 7, to: 7, count: 1 }]);
  assert.throws(() => describeValues([]), RangeError);
});

Deno.test("describeValues() leaves its input in order", () => {
  const values = Float64Array.of(10, 9, 100);
  describeValues(values);
  assert.deepEqual([...values], [10, 9, 100]);
});

Deno.test("histogramOf() counts a value on an edge above it, whatever the last digit of the edge says", () => {
  const bins = histogramOf(Array.from({ length: 41 }, (_, index) => index / 10));
  assert.equal(bins.length, 40);
  // The last bin has its end.
  assert.deepEqual(bins.map(({ count }) => count), [...new Array<number>(39).fill(1), 2]);
});

Deno.test("histogramOf() counts every value once, in round bins that touch", () => {
  for (const scale of [1e-3, 1, 17, 1e6]) {
    const sorted = X.map((value) => value * scale).sort((left, right) => left - right);
    const bins = histogramOf(sorted);
    assert.equal(bins.reduce((sum, { count }) => sum + count, 0), X.length);
    assert.ok(bins.length >= 15 && bins.length <= 42, `${bins.length} bins`);
    assert.ok(bins[0]!.from <= sorted[0]! && bins.at(-1)!.to >= sorted.at(-1)!);
    bins.slice(1).forEach(({ from }, index) => assert.equal(from, bins[index]!.to));
  }
  const [first] = histogramOf([0.05, 0.15, 3.9]);
  assert.deepEqual(first, { from: 0, to: 0.1, count: 1 });
});

Deno.test("correlate() agrees with NumPy, also where values are equal", () => {
  const free = correlate(X, Y);
  assertNear(free.pearson, -0.34240091122898253);
  assertNear(free.spearman, -0.3174908659891458);
  assert.equal(free.images, 25);
  const tied = correlate(TIED, ALSO_TIED);
  assertNear(tied.pearson, 0.06322869446570883);
  assertNear(tied.spearman, 0.08217383858394164);
});

Deno.test("correlate() has no answer for constants, and stays within -1..1", () => {
  const constant = new Float64Array(25).fill(0.1);
  assert.deepEqual(correlate(X, constant), { pearson: null, spearman: null, images: 25 });
  assert.deepEqual(correlate([1], [2]), { pearson: null, spearman: null, images: 1 });
  assert.equal(correlate(X, X.map((value) => -3 * value)).spearman, -1);
  assert.throws(() => correlate([1, 2], [1]), RangeError);
});
