/** Stands where there is no number. */
const NOTHING = "-";

/**
 * Writes a share as a percentage.
 *
 * @param share 0..1, or `null` where there is none.
 * @returns `72.51 %`, or `-`.
 */
export function formatShare(share: number | null): string {
  return share === null ? NOTHING : `${(share * 100).toFixed(2)} %`;
}

/**
 * Writes a number with a fixed number of decimals.
 *
 * @param value The number, or `null` where there is none.
 * @param decimals Digits behind the point.
 * @returns `1.2346`, or `-`.
 */
export function formatDecimals(value: number | null, decimals: number = 4): string {
  return value === null ? NOTHING : value.toFixed(decimals);
}

/**
 * Writes a whole number in groups of three digits.
 *
 * @param count The number.
 * @returns `269,824`.
 */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/**
 * Writes a number of parameters with its size in memory, as the paper counts it.
 *
 * @param parameters Number of float32 values.
 * @returns `269,824 (1.08 MB)`, MB = 4 x parameters / 1e6.
 */
export function formatParameters(parameters: number): string {
  const megabytes = (4 * parameters) / 1e6;
  const size = megabytes >= 0.01 ? megabytes.toFixed(2) : String(Number(megabytes.toPrecision(2)));
  return `${formatCount(parameters)} (${size} MB)`;
}

/**
 * Writes a duration of less than a second so that a column of them can be compared at a glance.
 *
 * @param seconds The duration.
 * @returns Three significant digits without exponent: `0.00720`, `0.000427`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([0.0072, 4.27e-4, 12.345, 0].map(formatSeconds), ["0.00720", "0.000427", "12.3", "0"]);
 * ```
 */
export function formatSeconds(seconds: number): string {
  if (seconds === 0) return "0";
  const decimals = Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(seconds)))));
  return seconds.toFixed(decimals);
}

/**
 * Writes a learning rate or another small number.
 *
 * @param value The number.
 * @returns Three significant digits: `0.001`, `9.76e-4`.
 */
export function formatSmall(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return rounded !== 0 && Math.abs(rounded) < 1e-3 ? rounded.toExponential() : String(rounded);
}
