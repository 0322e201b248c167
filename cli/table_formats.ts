import { safeLine } from "../lib/safe_text.ts";
import { markdownCell } from "./markdown_text.ts";
import type { TableColumn } from "./text_table.ts";

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
  columns: readonly TableColumn[],
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

/** A number, or the dash that stands for none: no formula, though a sign comes first. */
const SIGNED = /^[+-](?:\d+\.?\d*(?:e[+-]?\d+)?)?$/i;

/**
 * Writes a cell of CSV: quoted where it has to be; a text that a spreadsheet would take for a formula is kept a text.
 *
 * @param value The value; `null` is an empty cell, truth values are 1 and 0.
 * @returns The cell.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(["=1+cmd", "a,b", "-2.5", -1].map(csvCell), ["'=1+cmd", '"a,b"', "-2.5", "-1"]);
 * ```
 */
export function csvCell(value: string | number | boolean | null): string {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number") return String(value);
  const line = safeLine(value);
  const isFormula = /^[=+\-@]/.test(line) && !SIGNED.test(line);
  const safe = isFormula ? `'${line}` : line;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * Renders rows as CSV (RFC 4180, but with plain line feeds). `null` is an empty cell; truth values are 1 and 0.
 *
 * @param headers Names of the columns.
 * @param rows Cells, one row per line.
 * @returns Lines without a trailing line end.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(renderCsv(["name", "x"], [['a "b", c', 1.5], ["d", null]]), 'name,x\n"a ""b"", c",1.5\nd,');
 * ```
 */
export function renderCsv(
  headers: readonly string[],
  rows: readonly (readonly (string | number | boolean | null)[])[],
): string {
  return [headers, ...rows].map((row) => row.map(csvCell).join(",")).join("\n");
}
