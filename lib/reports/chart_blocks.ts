import type { Chart } from "./chart.ts";
import { hasValues } from "./charts/shown_values.ts";
import type { ReportBlock } from "./report_document.ts";

/**
 * Puts charts into a report. One without any value is left out: empty axes, or a table of nothing where text is written,
 * would leave the reader to wonder whether something is broken.
 *
 * @param charts The charts; `null` where there is none.
 * @param options `wide`: they take the whole width of the page.
 * @returns The charts that have values, as blocks.
 */
export function chartBlocks(
  charts: readonly (Chart | null)[],
  options: { readonly wide?: boolean } = {},
): ReportBlock[] {
  return charts.flatMap((chart) =>
    chart === null || !hasValues(chart) ? [] : [{ kind: "chart" as const, chart, ...options }]
  );
}
