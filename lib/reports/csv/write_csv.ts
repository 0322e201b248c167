import type { Chart } from "../chart.ts";
import { nameRows } from "../name_rows.ts";
import type { ReportBlock, ReportDocument } from "../report_document.ts";
import { renderCsv } from "./csv_table.ts";

const HEADERS = ["part", "section", "block", "row", "column", "value"];

/** Block, row, column, value. */
type Entry = readonly [string, string, string, string | number | boolean | null];

function tableEntries(block: ReportBlock & { readonly kind: "table" }): Entry[] {
  const names = nameRows(block.rows);
  return block.rows.flatMap((row, at) =>
    row.slice(1).map((cell, index): Entry => [
      block.caption,
      names[at]!.text,
      block.columns[index + 1]?.header ?? "",
      cell.value,
    ])
  );
}

/** Charts have units of their own, percent for example, where tables hold shares. */
function chartName({ title, yLabel }: Chart): string {
  return yLabel === "" ? title : `${title}, ${yLabel}`;
}

function blockEntries(block: ReportBlock): Entry[] {
  switch (block.kind) {
    case "key-figures":
    case "facts":
      return block.facts.map(({ name, cell }) => ["figures", name, "value", cell.value]);
    case "table":
      return tableEntries(block);
    case "chart":
      return block.chart.series.flatMap(({ name, points }) =>
        points.map(({ x, y }): Entry => [chartName(block.chart), String(x), name, y])
      );
    case "confusion":
      return block.counts.flatMap((row, label) =>
        row.map((count, predicted): Entry => [
          "Confusion matrix",
          block.classNames[label] ?? String(label),
          block.classNames[predicted] ?? String(predicted),
          count,
        ])
      );
    case "missing":
      return [["missing", "", "", block.text]];
    case "code":
      return block.text.split("\n").map((line, at): Entry => [
        block.caption,
        String(at + 1),
        "text",
        line,
      ]);
    // Pictures have no values, and sentences are no data.
    case "images":
    case "text":
      return [];
  }
}

/**
 * Writes the figures of a report as CSV in long form: one line per value, unrounded.
 *
 * @param document The report.
 * @returns Lines without a trailing line end: part, section, block, row, column, value.
 */
export function writeCsv(document: ReportDocument): string {
  const rows = document.parts.flatMap((part) =>
    part.sections.flatMap((section) =>
      section.blocks.flatMap((block) =>
        blockEntries(block).map((entry) => [part.title, section.title, ...entry])
      )
    )
  );
  return renderCsv(HEADERS, rows);
}
