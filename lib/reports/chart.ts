/** One point of a series. */
export interface ChartPoint {
  /** Place on the horizontal axis: a number, or a name where the axis has categories. */
  readonly x: number | string;
  /** Height in the unit of the vertical axis; `null` leaves a gap. */
  readonly y: number | null;
}

/** One line, or one colour of bars or points. */
export interface ChartSeries {
  /** What the legend says. */
  readonly name: string;
  /** Points in the order in which they are joined. */
  readonly points: readonly ChartPoint[];
  /** How the points are drawn. @default "line" */
  readonly mark?: "line" | "dashed-line" | "bar" | "point";
}

/** A chart, without any drawing library's words: what `renderChart` draws. */
export interface Chart {
  /** Heading. */
  readonly title: string;
  /** What the chart shows, in a sentence or two, for those who cannot see it. */
  readonly description: string;
  /** Name of the horizontal axis, with its unit. */
  readonly xLabel: string;
  /** Name of the vertical axis, with its unit. */
  readonly yLabel: string;
  /** Scale of the horizontal axis. @default "linear" */
  readonly xScale?: "linear" | "log" | "category";
  /** Scale of the vertical axis. @default "linear" */
  readonly yScale?: "linear" | "log";
  /** Stands across the plot: what must be known before any of its figures is believed. */
  readonly watermark?: string;
  /** At least one. */
  readonly series: readonly ChartSeries[];
}

/** The watermark of figures that only show that everything works. */
export const SMOKE_WATERMARK = "smoke run, not a result";
