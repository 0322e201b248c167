// @ts-types="npm:@types/d3-scale@4.0.9"
import { scaleBand, scaleLinear, scaleLog } from "d3-scale";
import type { ScaleContinuousNumeric } from "d3-scale";
import { numberLabel, textWidth } from "./number_label.ts";
import type { Chart, ChartPoint } from "../chart.ts";
import { shownBy } from "./shown_values.ts";

/** A tick of an axis. */
export interface Tick {
  /** Place in pixels. */
  readonly at: number;
  /** What stands beside it. */
  readonly label: string;
}

/** The horizontal axis: where a value lies. */
export interface HorizontalScale {
  /** Place of a value in pixels; `null` where the axis has no place for it. */
  readonly place: (x: number | string) => number | null;
  /** Ticks from left to right. */
  readonly ticks: readonly Tick[];
  /** Width in pixels that the bars of one value share. */
  readonly bandWidth: number;
}

/** The vertical axis. */
export interface VerticalScale {
  /** Place of a value in pixels; `null` where the axis has no place for it. */
  readonly place: (y: number | null) => number | null;
  /** Ticks from below. */
  readonly ticks: readonly Tick[];
  /** Where bars stand, in pixels. */
  readonly foot: number;
}

/** Size of the type beside ticks, in pixels. */
export const TICK_SIZE = 12;

function allPoints(chart: Chart): ChartPoint[] {
  return chart.series.flatMap(({ points }) => [...points]);
}

function hasBars(chart: Chart): boolean {
  return chart.series.some(({ mark }) => mark === "bar");
}

function extentOf(values: readonly number[]): readonly [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return least <= most ? [least, most] : [0, 1];
}

/** A domain of one value would divide by zero. */
function widened([least, most]: readonly [number, number], scale: "linear" | "log") {
  if (most - least > 1e-9 * Math.max(Math.abs(least), Math.abs(most))) {
    return [least, most] as const;
  }
  if (scale === "log") return [least / 2, most * 2] as const;
  // Below nothing there is nothing.
  if (least === 0) return [0, 1] as const;
  const margin = Math.abs(least) / 10;
  return [least - margin, most + margin] as const;
}

/** Single points stand clear of the axes; lines and bars begin at them. */
function withMargin(
  [least, most]: readonly [number, number],
  { chart, scale }: { readonly chart: Chart; readonly scale: "linear" | "log" },
): readonly [number, number] {
  if (!chart.series.every(({ mark }) => mark === "point")) return [least, most];
  if (scale === "log") {
    const factor = (most / least) ** 0.06;
    return [least / factor, most * factor];
  }
  const margin = (most - least) * 0.06;
  // Below nothing there is nothing.
  return [least >= 0 ? Math.max(0, least - margin) : least - margin, most + margin];
}

/** Ticks of a logarithmic axis that have room: all of them within a decade or two, powers of ten beyond. */
function logTicks(scale: ScaleContinuousNumeric<number, number>, count: number): number[] {
  const all = scale.ticks(count);
  const isPower = (value: number) => Math.abs(Math.log10(value) % 1) < 1e-9;
  const powers = all.filter(isPower);
  if (powers.length >= 3) {
    const stride = Math.ceil(powers.length / count);
    return powers.filter((_, index) => index % stride === 0);
  }
  return all.length <= count ? all : all.filter((value) => /^[125]/.test(value.toExponential()));
}

function categoryScale(chart: Chart, range: readonly [number, number]): HorizontalScale {
  const names = [...new Set(allPoints(chart).map(({ x }) => String(x)))];
  const scale = scaleBand<string>(names, range).paddingInner(0.25).paddingOuter(0.15);
  const centre = (name: string) => scale(name)! + scale.bandwidth() / 2;
  return {
    place: (x) => scale(String(x)) === undefined ? null : centre(String(x)),
    ticks: names.map((name) => ({ at: centre(name), label: name })),
    bandWidth: scale.bandwidth(),
  };
}

/** Smallest distance of two values: what a bar may be wide. */
function smallestStep(sorted: readonly number[]): number {
  let step = Infinity;
  for (let index = 1; index < sorted.length; index++) {
    step = Math.min(step, sorted[index]! - sorted[index - 1]!);
  }
  return Number.isFinite(step) ? step : 1;
}

/** Whether the distances of values are alike, up to rounding. */
function isEven(sorted: readonly number[]): boolean {
  const range = sorted.at(-1)! - sorted[0]!;
  return sorted.length < 2 || range <= smallestStep(sorted) * (sorted.length - 1) * (1 + 1e-6);
}

/** Labels of one axis, with as many decimals each: 1.0 beside 0.5. */
function alike(labels: readonly string[]): string[] {
  if (!labels.every((label) => /^-?\d+(\.\d+)?$/.test(label))) return [...labels];
  const decimals = Math.max(0, ...labels.map((label) => label.split(".")[1]?.length ?? 0));
  return labels.map((label) => Number(label).toFixed(decimals));
}

function ticksAt(
  values: readonly number[],
  place: (value: number) => number,
  isLog: boolean,
): Tick[] {
  const shortest = values.map(numberLabel);
  const labels = isLog ? shortest : alike(shortest);
  return values.map((value, index) => ({ at: place(value), label: labels[index]! }));
}

/** Characters of a value that is a tick of its own: longer ones are measurements, between round numbers. */
const LONGEST_LABEL = 6;

/** The values themselves where their labels have room, round numbers otherwise. */
function numericTicks(
  scale: ScaleContinuousNumeric<number, number>,
  options: { readonly sorted: readonly number[]; readonly isLog: boolean; readonly width: number },
): number[] {
  const { sorted, isLog, width } = options;
  const needed = sorted.reduce((sum, x) => sum + textWidth(numberLabel(x), TICK_SIZE) + 14, 0);
  const isShort = sorted.every((x) => numberLabel(x).length <= LONGEST_LABEL);
  const hasRoom = sorted.length > 0 && sorted.length <= 14 && needed <= width && isShort;
  if (hasRoom && isEven(isLog ? sorted.map(Math.log) : sorted)) return [...sorted];
  const count = Math.max(2, Math.floor(width / 70));
  if (isLog) return logTicks(scale, count);
  const ticks = scale.ticks(count);
  return sorted.every(Number.isInteger) ? ticks.filter(Number.isInteger) : ticks;
}

/**
 * Makes the horizontal scale of a chart.
 *
 * @param chart The chart.
 * @param range First and last pixel.
 * @returns Places, ticks, width of bars.
 */
export function horizontalScale(chart: Chart, range: readonly [number, number]): HorizontalScale {
  const kind = chart.xScale ?? "linear";
  if (kind === "category") return categoryScale(chart, range);
  const isLog = kind === "log";
  const sorted = [...new Set(shownBy(kind, allPoints(chart).map(({ x }) => x)))]
    .sort((a, b) => a - b);
  const extent = withMargin(widened(extentOf(sorted), kind), { chart, scale: kind });
  const step = smallestStep(sorted);
  const padded = hasBars(chart) && !isLog && sorted.length > 0
    ? [sorted[0]! - step / 2, sorted.at(-1)! + step / 2]
    : extent;
  const scale = (isLog ? scaleLog() : scaleLinear()).domain(padded).range(range);
  const width = range[1] - range[0];
  const ticks = numericTicks(scale, { sorted, isLog, width });
  return {
    place: (x) => shownBy(kind, [x]).length === 0 ? null : scale(Number(x)),
    ticks: ticksAt(ticks, scale, isLog),
    bandWidth: isLog
      ? Math.min(24, width / (sorted.length + 1) * 0.7)
      : Math.abs(scale(step) - scale(0)) * 0.8,
  };
}

/** Whether values differ by less than a hundredth of their size, as one value alone does. */
function isNearlyConstant(values: readonly number[]): boolean {
  const [least, most] = extentOf(values);
  return values.length > 0 && most - least < 0.01 * Math.max(Math.abs(least), Math.abs(most));
}

/**
 * Makes the vertical scale of a chart.
 *
 * @param chart The chart.
 * @param range Lowest pixel (the larger number) and highest.
 * @returns Places, ticks, the foot of bars.
 */
export function verticalScale(chart: Chart, range: readonly [number, number]): VerticalScale {
  const kind = chart.yScale ?? "linear";
  const isLog = kind === "log";
  const values = shownBy(kind, allPoints(chart).map(({ y }) => y));
  // Bars compare by length: cut off above zero they would lie. So would a line that hardly moves, filling the height.
  if (!isLog && (hasBars(chart) || isNearlyConstant(values))) values.push(0);
  const count = Math.max(2, Math.round((range[0] - range[1]) / 55));
  const extent = withMargin(widened(extentOf(values), kind), { chart, scale: kind });
  const scale = (isLog ? scaleLog() : scaleLinear()).domain(extent)
    .nice(count).range(range);
  const whole = values.length > 0 && values.every(Number.isInteger);
  const ticks = isLog
    ? logTicks(scale, count)
    : scale.ticks(count).filter((value) => !whole || Number.isInteger(value));
  return {
    place: (y) => shownBy(kind, [y]).length === 0 ? null : scale(Number(y)),
    ticks: ticksAt(ticks, scale, isLog),
    foot: isLog ? range[0] : scale(0),
  };
}
