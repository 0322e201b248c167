import type { Chart } from "../chart.ts";
import { element, escapeMarkup } from "../markup.ts";
import { drawAxes } from "./chart_axes.ts";
import { drawLegend } from "./chart_legend.ts";
import { drawMarks } from "./chart_marks.ts";
import { horizontalScale, TICK_SIZE, verticalScale } from "./chart_scales.ts";
import { textWidth } from "./number_label.ts";
import { hasValues } from "./shown_values.ts";

/** Options of {@linkcode drawChart}. */
export interface DrawChartOptions {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** A document of its own: with its heading, and colours for a light and a dark ground. */
  readonly standalone: boolean;
}

const TITLE_SIZE = 15;

/** A file of its own takes the reader's ground; inside a page, the page's colour counts. */
const STYLE =
  ".puppet-chart{color:#1b1f24}@media(prefers-color-scheme:dark){.puppet-chart{color:#e8eaed}}";

/** Breaks text into lines that fit. */
function wrapText(text: string, options: { readonly size: number; readonly width: number }) {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer, options.size) <= options.width) {
      lines[lines.length - 1] = longer;
    } else lines.push(word);
  }
  return lines;
}

function drawTitle(title: string, width: number): { readonly markup: string; height: number } {
  const lines = wrapText(title, { size: TITLE_SIZE * 1.06, width: width - 16 });
  const attributes = { "font-size": TITLE_SIZE, "font-weight": 600, fill: "currentColor" };
  const markup = lines.map((text, row) =>
    element("text", { x: 8, y: 20 + row * 19, ...attributes }, escapeMarkup(text))
  );
  return { markup: markup.join(""), height: lines.length * 19 + 9 };
}

/** An empty plot would leave the reader to wonder whether something is broken. */
function drawNothing(x: number, y: number): string {
  const attributes = { x, y, "text-anchor": "middle", fill: "currentColor", "fill-opacity": 0.75 };
  return element("text", attributes, "no values");
}

/** Across the plot, where a picture of the chart alone still has it. */
function drawWatermark(
  text: string,
  area: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  },
): string {
  const [x, y] = [(area.left + area.right) / 2, (area.top + area.bottom) / 2];
  const size = Math.min(34, (area.right - area.left) * 0.9 / textWidth(text, 1));
  const attributes = {
    ...{ x, y, "font-size": size, "font-weight": 600, "text-anchor": "middle" },
    ...{ fill: "currentColor", "fill-opacity": 0.3, transform: `rotate(-12 ${x} ${y})` },
  };
  return element("text", attributes, escapeMarkup(text));
}

/** Room below the axis; names that do not fit side by side are turned, and need more. */
function bottomOf(
  chart: Chart,
  width: number,
): { readonly turned: boolean; readonly size: number } {
  if (chart.xScale !== "category") return { turned: false, size: 44 };
  const { ticks } = horizontalScale(chart, [0, width]);
  const widths = ticks.map(({ label }) => textWidth(label, TICK_SIZE));
  const longest = Math.max(0, ...widths);
  const turned = longest + 6 > width / Math.max(1, ticks.length);
  // Turned by 35 degrees.
  return { turned, size: turned ? 34 + Math.min(130, longest * 0.6) : 44 };
}

/**
 * Draws a chart.
 *
 * @param chart What to draw.
 * @param options Size, and whether it stands alone.
 * @returns An SVG element. The same chart gives the same bytes.
 * @throws {RangeError} if there is no series, or the size is not a number of at least 160 x 120.
 */
export function drawChart(chart: Chart, options: DrawChartOptions): string {
  const { width, height, standalone } = options;
  if (chart.series.length === 0) {
    throw new RangeError(`Cannot draw a chart: "${chart.title}" has no series; give at least one`);
  }
  if (!(width >= 160 && width <= 10_000 && height >= 120 && height <= 10_000)) {
    throw new RangeError(
      `Cannot draw a chart: width must be in 160..10000 and height in 120..10000, current size is ${width} x ${height}`,
    );
  }
  const title = standalone ? drawTitle(chart.title, width) : { markup: "", height: 4 };
  const legend = drawLegend(chart, { left: 8, top: title.height, width: width - 16 });
  const top = title.height + legend.height + 30;
  const rough = verticalScale(chart, [height, top]);
  const left = 18 + Math.max(16, ...rough.ticks.map(({ label }) => textWidth(label, TICK_SIZE)));
  const right = width - 18;
  const bottom = bottomOf(chart, right - left);
  const area = { left, right, top, bottom: Math.max(top + 40, height - bottom.size) };
  const scales = {
    horizontal: horizontalScale(chart, [left, right]),
    vertical: verticalScale(chart, [area.bottom, area.top]),
  };
  return element("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    class: "puppet-chart",
    role: "img",
    "font-family": "system-ui, sans-serif",
    "font-size": TICK_SIZE,
  }, [
    element("title", {}, escapeMarkup(chart.title)),
    element("desc", {}, escapeMarkup(chart.description)),
    standalone ? element("style", {}, STYLE) : "",
    title.markup,
    legend.markup,
    drawAxes(chart, { ...scales, area, turned: bottom.turned, height }),
    chart.watermark === undefined ? "" : drawWatermark(chart.watermark, area),
    hasValues(chart)
      ? drawMarks(chart, scales)
      : drawNothing((left + right) / 2, (area.top + area.bottom) / 2),
  ]);
}
