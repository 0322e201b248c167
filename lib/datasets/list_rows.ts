import Papa from "papaparse";

/** Signs that may stand between the cells of a list. */
export const DELIMITERS = [",", "\t", ";"] as const;

/** What the parser makes of a text: its rows, and what it stumbled over. */
export interface ParsedRows {
  readonly data: string[][];
  readonly errors: readonly { readonly type: string; readonly row?: number }[];
}

/** In `"a", "b"` the space before the second quotation is no part of the name, nor are its marks. */
function unquote(cell: string): string {
  return cell.replace(/^\s+"(.*)"\s*$/s, (_, name: string) => name.replaceAll('""', '"'));
}

/**
 * The cells of a list.
 *
 * @param text The list.
 * @param delimiter What stands between the cells.
 * @param preview Most rows; 0 for all.
 * @returns The rows, with those that are empty.
 */
export function parseRows(text: string, delimiter: string, preview = 0): ParsedRows {
  return Papa.parse<string[]>(text, { delimiter, preview, transform: unquote });
}

/**
 * The first row of a list that says something: enough to tell what a long list is.
 *
 * @param text The list.
 * @param delimiter What stands between the cells.
 * @returns That row; none where all are empty.
 */
export function beginningOf(text: string, delimiter: string): string[][] {
  const word = text.search(/[^\s,;"]/);
  return parseRows(text.slice(text.lastIndexOf("\n", word) + 1), delimiter, 1).data;
}

/**
 * Counts the cells of a row up to the last that says something: spreadsheets write empty ones behind it.
 *
 * @param row The row.
 * @returns The number; 0 for an empty row.
 */
export function widthOf(row: readonly string[]): number {
  return row.findLastIndex((cell) => cell.trim() !== "") + 1;
}

/**
 * The row of a list that tells its columns.
 *
 * @param rows The rows.
 * @returns Number of the first that is not empty, from 0; -1 if all are.
 */
export function firstRow(rows: readonly (readonly string[])[]): number {
  return rows.findIndex((row) => widthOf(row) > 0);
}
