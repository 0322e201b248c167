// @ts-types="npm:@types/d3-shape@3.2.0"
import { line } from "d3-shape";
import type { Chart, ChartSeries } from "../chart.ts";
import { element, escapeMarkup } from "../markup.ts";
import type { HorizontalScale, VerticalScale } from "./chart_scales.ts";
import { numberLabel } from "./number_label.ts";
import { barPaint, seriesColor, seriesMarker } from "./series_style.ts";

/** The two axes of a chart. */
export interface ChartScales {
  readonly horizontal: HorizontalScale;
  readonly vertical: VerticalScale;
}

/** A point with its place in pixels; `null` where an axis has no place for it. */
interface Placed {
  readonly at: readonly [number, number] | null;
  readonly tip: string;
}

/** With more points, a marker at each would hide the line; a few still say which line it is. */
const MARKED_POINTS = 32;
const SPARSE_MARKERS = 7;

/** A few single points are drawn larger: no line leads to them. */
const LARGE_POINTS = 24;

/** Beyond this, points are dots of one path: an element each would make megabytes. */
const SHAPED_POINTS = 300;

function placePoints(series: ChartSeries, scales: ChartScales): Placed[] {
  return series.points.map(({ x, y }) => {
    const [left, top] = [scales.horizontal.place(x), scales.vertical.place(y)];
    const at = left === null || top === null ? null : [left, top] as const;
    const where = typeof x === "number" ? numberLabel(x) : x;
    return { at, tip: `${series.name}, ${where}: ${at === null ? "" : numberLabel(y!)}` };
  });
}

/** Shows the values when pointed at. */
function tipOf({ tip }: Placed): string {
  return element("title", {}, escapeMarkup(tip));
}

function drawMarkers(placed: readonly Placed[], index: number, area?: number): string {
  const { path, paint } = seriesMarker(index, area);
  const paths = placed.map((point) => {
    const [left, top] = point.at!.map((pixel) => Math.round(pixel * 10) / 10);
    const transform = `translate(${left} ${top})`;
    return element("path", { d: path, transform }, tipOf(point));
  });
  return element("g", paint, paths);
}

function drawLine(placed: readonly Placed[], index: number, isDashed: boolean): string {
  const path = line<Placed>(({ at }) => at![0], ({ at }) => at![1])
    .defined(({ at }) => at !== null).digits(1);
  const stroke = element("path", {
    d: path(placed) ?? "",
    fill: "none",
    stroke: seriesColor(index),
    "stroke-width": 1.75,
    "stroke-linejoin": "round",
    "stroke-linecap": "round",
    "stroke-dasharray": isDashed ? "6 4" : undefined,
  });
  const shown = placed.filter(({ at }) => at !== null);
  const stride = shown.length <= MARKED_POINTS ? 1 : Math.ceil(shown.length / SPARSE_MARKERS);
  // Shifted by series, so that the markers of lines that run together do not cover each other.
  const offset = Math.floor(stride * ((index * 0.37 + 0.5) % 1));
  const marked = shown.filter((_, at) => at % stride === offset);
  return stroke + drawMarkers(marked, index);
}

function drawPoints(placed: readonly Placed[], index: number): string {
  const shown = placed.filter(({ at }) => at !== null);
  if (shown.length <= SHAPED_POINTS) {
    const area = shown.length <= LARGE_POINTS ? 64 : undefined;
    return element("g", { "fill-opacity": 0.85 }, drawMarkers(shown, index, area));
  }
  const d = shown.map(({ at }) => `M${at![0].toFixed(1)} ${at![1].toFixed(1)}h0`).join("");
  return element("path", {
    d,
    stroke: seriesColor(index),
    "stroke-width": 4,
    "stroke-linecap": "round",
    "stroke-opacity": 0.65,
  });
}

function drawBars(
  placed: readonly Placed[],
  options: {
    readonly scales: ChartScales;
    readonly index: number;
    readonly bar: number;
    readonly bars: number;
  },
): string {
  const { scales: { horizontal, vertical }, index, bar, bars } = options;
  const width = Math.max(1, horizontal.bandWidth / bars);
  const rectangles = placed.flatMap((point) => {
    if (point.at === null) return [];
    const [centre, top] = point.at;
    const attributes = {
      x: centre - horizontal.bandWidth / 2 + bar * width,
      y: Math.min(top, vertical.foot),
      width: bars > 1 ? width * 0.92 : width,
      height: Math.abs(vertical.foot - top),
    };
    return [element("rect", attributes, tipOf(point))];
  });
  return element("g", barPaint(bar, seriesColor(index)), rectangles);
}

/**
 * Draws the series of a chart: bars first, then lines, then points, so that none hides the others.
 *
 * @param chart The chart.
 * @param scales Its axes.
 * @returns Markup of SVG.
 */
export function drawMarks(chart: Chart, scales: ChartScales): string {
  const bars = chart.series.filter(({ mark }) => mark === "bar");
  const layers: [string[], string[], string[]] = [[], [], []];
  for (const [index, series] of chart.series.entries()) {
    const placed = placePoints(series, scales);
    if (series.mark === "bar") {
      const bar = bars.indexOf(series);
      layers[0].push(drawBars(placed, { scales, index, bar, bars: bars.length }));
    } else if (series.mark === "point") {
      layers[2].push(drawPoints(placed, index));
    } else {
      layers[1].push(drawLine(placed, index, series.mark === "dashed-line"));
    }
  }
  return layers.flat().join("");
}
