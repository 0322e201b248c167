import type { TableColumn } from "./text_table.ts";

/**
 * Renders rows as a Markdown table.
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
  // Names of classes come from folders: a line end or a bar in one must not break the table.
  const escape = (cell: string) => cell.replace(/[\r\n]+/g, " ").replaceAll("|", "\\|");
  const line = (cells: readonly string[]) => `| ${cells.map(escape).join(" | ")} |`;
  return [
    line(columns.map(({ header }) => header)),
    `| ${columns.map(({ align }) => align === "right" ? "---:" : "---").join(" | ")} |`,
    ...rows.map((row) => line(columns.map((_, index) => row[index] ?? ""))),
  ].join("\n");
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
  const cell = (value: string | number | boolean | null): string => {
    if (value === null) return "";
    if (typeof value === "boolean") return value ? "1" : "0";
    const text = String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [headers, ...rows].map((row) => row.map(cell).join(",")).join("\n");
}
