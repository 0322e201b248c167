import type { Chart } from "../chart.ts";
import { element, escapeMarkup } from "../markup.ts";
import type { ChartScales } from "./chart_marks.ts";

/** What the axes need to know. */
export interface AxesOptions extends ChartScales {
  /** Edges of the plot in pixels. */
  readonly area: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  /** Whether the names below the axis are turned. */
  readonly turned: boolean;
  /** Height of the chart in pixels. */
  readonly height: number;
}

/** Pale, thin and only across: the eye follows the data, and finds a height when it looks for one. */
const GRID = { stroke: "currentColor", "stroke-opacity": 0.14 };

function drawVertical({ vertical, area }: AxesOptions): string {
  const lines = vertical.ticks.map(({ at }) => {
    const y = Math.round(at * 10) / 10;
    return `M${Math.round(area.left)} ${y}H${area.right}`;
  });
  const labels = vertical.ticks.map(({ at, label }) =>
    element("text", { x: area.left - 8, y: at + 4 }, escapeMarkup(label))
  );
  return element("path", { d: lines.join(""), fill: "none", ...GRID }) +
    element("g", { "text-anchor": "end" }, labels);
}

function drawHorizontal({ horizontal, area, turned }: AxesOptions): string {
  const ends = horizontal.ticks.map(({ at }) => `M${Math.round(at * 10) / 10} ${area.bottom}v4`);
  const axis = element("path", {
    d: `M${Math.round(area.left)} ${area.bottom}H${area.right}${ends.join("")}`,
    fill: "none",
    stroke: "currentColor",
    "stroke-opacity": 0.45,
  });
  const labels = horizontal.ticks.map(({ at, label }) => {
    const [x, y] = [Math.round(at * 10) / 10, area.bottom + 17];
    const turn = turned ? `rotate(-35 ${x} ${y - 4})` : undefined;
    return element("text", { x, y, transform: turn }, escapeMarkup(label));
  });
  return axis + element("g", { "text-anchor": turned ? "end" : "middle" }, labels);
}

/**
 * Draws grid, ticks and names of the axes. The vertical axis has its name above it, where it is read without turning
 * the head.
 *
 * @param chart The chart.
 * @param options Axes and edges.
 * @returns Markup of SVG.
 */
export function drawAxes(chart: Chart, options: AxesOptions): string {
  const { area, height } = options;
  const names = element("g", { "fill-opacity": 0.75 }, [
    element("text", { x: 8, y: area.top - 14 }, escapeMarkup(chart.yLabel)),
    element(
      "text",
      { x: (area.left + area.right) / 2, y: height - 7, "text-anchor": "middle" },
      escapeMarkup(chart.xLabel),
    ),
  ]);
  const parts = drawVertical(options) + drawHorizontal(options) + names;
  return element("g", { fill: "currentColor", "font-variant-numeric": "tabular-nums" }, parts);
}
