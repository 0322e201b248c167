import type { Chart, ChartSeries } from "../chart.ts";
import { element, escapeMarkup } from "../markup.ts";
import { TICK_SIZE } from "./chart_scales.ts";
import { textWidth } from "./number_label.ts";
import { barPaint, seriesColor, seriesMarker } from "./series_style.ts";

/** A legend, and the height that it takes. */
export interface Legend {
  /** Markup of SVG; empty where there is only one series. */
  readonly markup: string;
  /** Height in pixels. */
  readonly height: number;
}

const ROW_HEIGHT = 18;
const SAMPLE_WIDTH = 22;

function drawSample(series: ChartSeries, index: number, bar: number): string {
  const color = seriesColor(index);
  if (series.mark === "bar") {
    return element("rect", { x: 4, y: -5, width: 12, height: 10, ...barPaint(bar, color) });
  }
  const { path, paint } = seriesMarker(index);
  const marker = element("path", { d: path, transform: "translate(9 0)", ...paint });
  if (series.mark === "point") return marker;
  const dashes = series.mark === "dashed-line" ? "6 4" : undefined;
  return element("path", {
    d: "M0 0H18",
    stroke: color,
    "stroke-width": 1.75,
    "stroke-dasharray": dashes,
  }) + marker;
}

/**
 * Draws the legend in as many rows as its names need.
 *
 * @param chart The chart.
 * @param area Left edge, top and width in pixels.
 * @returns The legend.
 */
export function drawLegend(
  chart: Chart,
  area: { readonly left: number; readonly top: number; readonly width: number },
): Legend {
  if (chart.series.length < 2) return { markup: "", height: 0 };
  const bars = chart.series.filter(({ mark }) => mark === "bar");
  let [left, row] = [0, 0];
  const entries = chart.series.map((series, index) => {
    const width = SAMPLE_WIDTH + textWidth(series.name, TICK_SIZE) + 16;
    if (left > 0 && left + width > area.width) [left, row] = [0, row + 1];
    const top = area.top + row * ROW_HEIGHT + ROW_HEIGHT / 2;
    const transform = `translate(${Math.round(area.left + left)} ${top})`;
    left += width;
    const name = element(
      "text",
      { x: SAMPLE_WIDTH, y: "0.35em", fill: "currentColor" },
      escapeMarkup(series.name),
    );
    return element("g", { transform }, drawSample(series, index, bars.indexOf(series)) + name);
  });
  const markup = element("g", { "font-size": TICK_SIZE }, entries);
  return { markup, height: (row + 1) * ROW_HEIGHT + 6 };
}
