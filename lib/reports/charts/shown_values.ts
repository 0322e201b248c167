import type { Chart } from "../chart.ts";

/** Beyond this the differences and ratios of an axis leave the range of numbers. */
const LARGEST = 1e100;

/**
 * The values that a scale has a place for: a logarithm has none for zero.
 *
 * @param scale The scale.
 * @param values Anything.
 * @returns The numbers that are shown.
 */
export function shownBy(scale: "linear" | "log", values: readonly unknown[]): number[] {
  return values.filter((value): value is number => {
    if (typeof value !== "number" || !(Math.abs(value) <= LARGEST)) return false;
    return scale === "linear"
      ? value === 0 || Math.abs(value) >= 1 / LARGEST
      : value >= 1 / LARGEST;
  });
}

/**
 * Whether a chart has anything to draw.
 *
 * @param chart The chart.
 * @returns `false` where no point has a place on both axes.
 */
export function hasValues({ series, xScale = "linear", yScale = "linear" }: Chart): boolean {
  return series.some(({ points }) =>
    points.some(({ x, y }) =>
      shownBy(yScale, [y]).length > 0 && (xScale === "category" || shownBy(xScale, [x]).length > 0)
    )
  );
}
