import type { CsvRecord } from "../records/csv_record.ts";
import { safeLine } from "../../safe_text.ts";

/** A number, or the dash that stands for none: no formula, though a sign comes first. */
const SIGNED = /^[+-](?:\d+\.?\d*(?:e[+-]?\d+)?)?$/i;

/** Quoted where it has to be; a text that a spreadsheet would take for a formula is kept a text. */
function csvCell(value: string | number | boolean | null): string {
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

/**
 * Renders records as CSV.
 *
 * @param records The records; the first one names the columns of all.
 * @returns Lines without a trailing line end.
 */
export function recordsCsv(records: readonly CsvRecord[]): string {
  return renderCsv(Object.keys(records[0] ?? {}), records.map((record) => Object.values(record)));
}
