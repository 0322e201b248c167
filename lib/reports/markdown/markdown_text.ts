import { safeLine } from "../../safe_text.ts";
import type { ReportColumn } from "../report_document.ts";

/**
 * Text from files, for a cell of a Markdown table: it must open no tag, no link and no new cell.
 *
 * @param text Any text.
 * @returns The text with its markup escaped, on one line.
 */
function markdownCell(text: string): string {
  return safeLine(text).replace(/[\\|<>`*_[\]~]/g, "\\$&");
}

/**
 * Text from files, for a line of Markdown outside of tables, where it must open no heading either.
 *
 * @param text Any text.
 * @returns The text with its markup escaped, on one line.
 */
export function markdownText(text: string): string {
  return markdownCell(text).replace(/^\s*#/, "\\#");
}

/**
 * Renders rows as a Markdown table. Cells are texts: markup in them is escaped.
 *
 * @param columns The columns.
 * @param rows Cells, one row per line.
 * @returns Lines without a trailing line end.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const columns = [{ header: "class" }, { header: "images", align: "right" as const }];
 * assert.equal(
 *   renderMarkdownTable(columns, [["a|b", "7"]]),
 *   "| class | images |\n| --- | ---: |\n| a\\|b | 7 |",
 * );
 * ```
 */
export function renderMarkdownTable(
  columns: readonly ReportColumn[],
  rows: readonly (readonly string[])[],
): string {
  // Names of classes come from folders: none must break the table or become markup.
  const line = (cells: readonly string[]) => `| ${cells.map(markdownCell).join(" | ")} |`;
  return [
    line(columns.map(({ header }) => header)),
    `| ${columns.map(({ align }) => align === "right" ? "---:" : "---").join(" | ")} |`,
    ...rows.map((row) => line(columns.map((_, index) => row[index] ?? ""))),
  ].join("\n");
}
