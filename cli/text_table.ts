import { safeLine } from "../lib/safe_text.ts";

/** A column of a text table. */
export interface TableColumn {
  /** Text above the column. */
  readonly header: string;
  /**
   * Side on which the cells stand.
   *
   * @default "left"
   */
  readonly align?: "left" | "right";
}

/**
 * Renders rows as aligned columns, two spaces apart, with a line under the headers.
 *
 * @param columns The columns; without any header text the head is left out.
 * @param rows Cells, one row per line, as many as there are columns.
 * @returns Lines without a trailing line end.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const columns = [{ header: "depth" }, { header: "images", align: "right" as const }];
 * assert.equal(renderTable(columns, [["6", "120"]]), "depth  images\n-----  ------\n6         120");
 * ```
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): string {
  const cells = rows.map((row) => columns.map((_, index) => safeLine(row[index] ?? "")));
  const headers = columns.map((column) => column.header);
  const hasHead = headers.some((header) => header !== "");
  const widths = columns.map((_, index) =>
    Math.max(headers[index]!.length, ...cells.map((row) => row[index]!.length))
  );
  const renderRow = (row: readonly string[]) =>
    row.map((cell, index) =>
      columns[index]!.align === "right"
        ? cell.padStart(widths[index]!)
        : cell.padEnd(widths[index]!)
    ).join("  ").trimEnd();
  const head = hasHead ? [headers, widths.map((width) => "-".repeat(width))] : [];
  return [...head, ...cells].map(renderRow).join("\n");
}

/**
 * Renders names and values in two columns.
 *
 * @param entries Pairs of name and value.
 * @returns Lines without a trailing line end.
 */
export function renderFacts(entries: readonly (readonly [name: string, value: string])[]): string {
  return renderTable([{ header: "" }, { header: "" }], entries);
}
