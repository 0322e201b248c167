import type { Chart, ChartPoint, ChartSeries } from "./chart.ts";

/** Rows of a table that a reader is shown; CSV and JSON have them all. */
const SHOWN_ROWS = 1000;

/** Stretches of the axis of which a long curve keeps the least and the largest value. */
const STRETCHES = 300;

/** Names on an axis that can still be told apart. */
const SHOWN_NAMES = 100;

/** Series that a legend can still name. */
const SHOWN_SERIES = 60;

function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** Rows of a table with what has to be said of those left out. */
export interface BoundRows<Row> {
  /** All rows, or the first and the last of them. */
  readonly rows: readonly Row[];
  /** Place of the gap among the rows; `null` where none are left out. */
  readonly gap: number | null;
  /** A sentence on the gap; `null` without one. */
  readonly note: string | null;
}

/**
 * Bounds a table for readers.
 *
 * @param rows The rows.
 * @returns All of them up to 1,000; otherwise the first and the last 500, and a sentence that says so.
 */
export function boundRows<Row>(rows: readonly Row[]): BoundRows<Row> {
  if (rows.length <= SHOWN_ROWS) return { rows, gap: null, note: null };
  const gap = SHOWN_ROWS / 2;
  return {
    rows: [...rows.slice(0, gap), ...rows.slice(-gap)],
    gap,
    note: `The first and the last ${count(gap)} of ${count(rows.length)} rows; ` +
      "the formats csv and json have all of them.",
  };
}

/** The least and the largest point of every stretch, in the order in which they come; ends stay. */
function thin(points: readonly ChartPoint[]): readonly ChartPoint[] {
  if (points.length <= 2 * STRETCHES + 2) return points;
  const kept = new Set([0, points.length - 1]);
  for (let stretch = 0; stretch < STRETCHES; stretch++) {
    const start = Math.floor(stretch * points.length / STRETCHES);
    const end = Math.floor((stretch + 1) * points.length / STRETCHES);
    let [least, largest] = [-1, -1];
    for (let at = start; at < end; at++) {
      const y = points[at]!.y;
      if (y === null || Number.isNaN(y)) continue;
      if (least < 0 || y < points[least]!.y!) least = at;
      if (largest < 0 || y > points[largest]!.y!) largest = at;
    }
    if (least >= 0) kept.add(least).add(largest);
  }
  return [...kept].sort((a, b) => a - b).map((at) => points[at]!);
}

/** The points at the first names of an axis of names. */
function atFirstNames(series: readonly ChartSeries[]): {
  readonly series: readonly ChartSeries[];
  readonly names: number;
} {
  const names = new Set(series.flatMap(({ points }) => points.map(({ x }) => x)));
  if (names.size <= SHOWN_NAMES) return { series, names: names.size };
  const shown = new Set([...names].slice(0, SHOWN_NAMES));
  return {
    series: series.map((one) => ({ ...one, points: one.points.filter(({ x }) => shown.has(x)) })),
    names: names.size,
  };
}

/**
 * Bounds a chart to what a picture can show: a long curve keeps the least and the largest value of each of 300 stretches,
 * an axis of names its first 100, a legend its first 60 series.
 *
 * @param chart The chart.
 * @returns The chart to draw, with sentences on what it leaves out; none where it shows everything.
 */
export function boundChart(
  chart: Chart,
): { readonly chart: Chart; readonly notes: readonly string[] } {
  const notes: string[] = [];
  let series = chart.series.slice(0, SHOWN_SERIES);
  if (series.length < chart.series.length) {
    notes.push(`The first ${SHOWN_SERIES} of ${count(chart.series.length)} series.`);
  }
  if (chart.xScale === "category") {
    const bound = atFirstNames(series);
    if (bound.names > SHOWN_NAMES) notes.push(`The first ${SHOWN_NAMES} of ${count(bound.names)}.`);
    return { chart: { ...chart, series: bound.series }, notes };
  }
  const longest = series.reduce((most, { points }) => Math.max(most, points.length), 0);
  const thinned = series.map((one) => ({ ...one, points: thin(one.points) }));
  if (thinned.some(({ points }, at) => points.length < series[at]!.points.length)) {
    notes.push(
      `Thinned: of up to ${
        count(longest)
      } points, the least and the largest of each of ${STRETCHES} stretches.`,
    );
  }
  series = thinned;
  return { chart: { ...chart, series }, notes };
}
