import { boundChart } from "./bounds.ts";
import type { Chart } from "./chart.ts";

/** Options of {@linkcode renderChart}. */
export interface RenderChartOptions {
  /**
   * Width in pixels, 160..10000.
   *
   * @default 640
   */
  readonly width?: number;
  /**
   * Height in pixels, 120..10000.
   *
   * @default 400
   */
  readonly height?: number;
}

/**
 * Draws a chart as an SVG file: text stays text, colours follow the reader's light or dark ground, and series differ by
 * marker, dash or filling as well as by colour. Numbers that an axis has no place for (not finite, or not positive on a
 * logarithmic one) leave a gap.
 *
 * @param chart What to draw.
 * @param options Size in pixels.
 * @returns A complete SVG document; the same chart gives the same bytes.
 * @throws {RangeError} if the chart has no series, or the size is out of range.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const svg = await renderChart({
 *   title: "Loss",
 *   description: "Training loss falls from 2.3 to 1.1 in three epochs.",
 *   xLabel: "epoch",
 *   yLabel: "loss in nats",
 *   series: [{ name: "training", points: [{ x: 1, y: 2.3 }, { x: 2, y: 1.5 }, { x: 3, y: 1.1 }] }],
 * });
 * assert.match(svg, /^<svg .*<title>Loss<\/title>/);
 * ```
 */
export async function renderChart(chart: Chart, options: RenderChartOptions = {}): Promise<string> {
  const { width = 640, height = 400 } = options;
  // Loaded when something is drawn: most commands never do.
  const { drawChart } = await import("./charts/draw_chart.ts");
  const bound = boundChart(chart);
  const description = [chart.description, ...bound.notes].join(" ");
  return `${drawChart({ ...bound.chart, description }, { width, height, standalone: true })}\n`;
}
