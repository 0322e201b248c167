import { safeLine } from "../../safe_text.ts";
import { widthOf } from "./text_width.ts";
import type { ReportColumn } from "../report_document.ts";

/** Between two columns. */
const GAP = 2;

/** A column of words is not made narrower than this for the sake of others. */
const NARROWEST = 16;

/**
 * Fills a cell up with blanks.
 *
 * @param text One line.
 * @param width Places of the column; longer text stays as it is.
 * @param align Side on which the text stands.
 * @returns The cell.
 */
export function pad(text: string, width: number, align: ReportColumn["align"]): string {
  const blanks = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "right" ? blanks + text : text + blanks;
}

/** Pieces of a word, none wider than the width. */
function breakWord(word: string, width: number): string[] {
  if (widthOf(word) <= width) return [word];
  const pieces = [""];
  for (const character of word) {
    if (widthOf(pieces.at(-1)! + character) > width && pieces.at(-1) !== "") pieces.push("");
    pieces[pieces.length - 1] += character;
  }
  return pieces;
}

/**
 * Breaks text into lines between words.
 *
 * @param text The text; line ends in it are blanks.
 * @param width Places in a line; a longer word is broken.
 * @returns The lines, at least one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(wrapText("kernels kept, batch 64", 13), ["kernels kept,", "batch 64"]);
 * ```
 */
export function wrapText(text: string, width: number): string[] {
  const lines = [""];
  for (const word of safeLine(text).split(" ").filter((word) => word !== "")) {
    const [first, ...others] = breakWord(word, width);
    const last = lines.at(-1)!;
    if (last === "") lines[lines.length - 1] = first!;
    else if (widthOf(last) + 1 + widthOf(first!) <= width && others.length === 0) {
      lines[lines.length - 1] = `${last} ${first}`;
    } else lines.push(first!);
    lines.push(...others);
  }
  return lines;
}

/** A longer word is broken where a table would not fit for it. */
const LONGEST_WORD = 24;

interface Column {
  readonly align: ReportColumn["align"];
  readonly header: string;
  readonly cells: readonly string[];
}

function most(values: Iterable<number>): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, value);
  return largest;
}

/** The longest word: a column that is narrower would stand out of its place. */
function longestWord(texts: readonly string[]): number {
  return most(texts.map((text) => most(text.split(" ").map(widthOf))));
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1);
}

/**
 * Widths with whole headers if there is room, else with wrapped ones, else with wrapped cells; `null` without room. Words
 * longer than `longest` may be broken.
 */
function fit(columns: readonly Column[], width: number, longest = Infinity): number[] | null {
  const cells = columns.map((column) => most(column.cells.map(widthOf)));
  const whole = columns.map(({ header }, at) => Math.max(cells[at]!, widthOf(header)));
  if (total(whole) <= width) return whole;
  const widths = columns.map(({ header }, at) => Math.max(cells[at]!, longestWord([header])));
  const least = columns.map(({ align, header, cells }, at) => {
    const words = Math.max(longestWord([header]), Math.min(longest, longestWord(cells)));
    return align === "right" ? widths[at]! : Math.min(widths[at]!, Math.max(NARROWEST, words));
  });
  while (total(widths) > width) {
    const spare = widths.map((own, at) => own - least[at]!);
    const widest = spare.indexOf(Math.max(...spare));
    if (!(spare[widest]! > 0)) return null;
    widths[widest] = Math.max(least[widest]!, widths[widest]! - (total(widths) - width));
  }
  return widths;
}

/** Columns that stand side by side; the first one comes again in every group. */
function groupsOf(columns: readonly Column[], width: number): Column[][] {
  // A broken path is better than a parted table, if that is all it takes.
  if (fit(columns, width, LONGEST_WORD) !== null) return [[...columns]];
  const groups: Column[][] = [[]];
  for (const column of columns) {
    const group = groups.at(-1)!;
    const isFull = group.length > 1 && fit([...group, column], width) === null;
    if (isFull) groups.push([columns[0]!, column]);
    else group.push(column);
  }
  return groups;
}

/** The lines of one row; the cells of a head stand at its foot. */
function rowLines(
  cells: readonly (readonly string[])[],
  options: {
    readonly columns: readonly Column[];
    readonly widths: readonly number[];
    readonly atFoot: boolean;
  },
): string[] {
  const { columns, widths, atFoot } = options;
  const height = most(cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    cells.map((lines, at) => {
      const own = atFoot ? line - (height - lines.length) : line;
      return pad(lines[own] ?? "", widths[at]!, columns[at]!.align);
    }).join(" ".repeat(GAP)).trimEnd());
}

/** A table of columns that stand side by side. */
function renderGroup(columns: readonly Column[], width: number): string {
  const widths = fit(columns, width) ?? fit(columns, width, LONGEST_WORD) ??
    fit(columns, Infinity)!;
  const hasHead = columns.some(({ header }) => header !== "");
  const heads = columns.map(({ header }, at) => wrapText(header, widths[at]!));
  const rows = Array.from(
    { length: columns[0]?.cells.length ?? 0 },
    (_, row) => columns.map(({ cells }, at) => wrapText(cells[row]!, widths[at]!)),
  );
  const options = { columns, widths, atFoot: false };
  return [
    ...hasHead
      ? [
        ...rowLines(heads, { ...options, atFoot: true }),
        widths.map((width) => "-".repeat(width)).join(" ".repeat(GAP)).trimEnd(),
      ]
      : [],
    ...rows.flatMap((row) => rowLines(row, options)),
  ].join("\n");
}

/**
 * Lays rows out as aligned columns, two places apart, with a line under the headers. Where there is not enough room, long
 * headers and words are wrapped, and what does not fit then stands in further tables below, each with the first column.
 *
 * @param columns The columns; without any header text the head is left out.
 * @param rows Cells, as many in a row as there are columns.
 * @param width Places in a line (default: as many as it takes).
 * @returns Lines without a trailing line end; longer than the width only where two columns do not fit into it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const columns = [{ header: "depth" }, { header: "images", align: "right" as const }];
 * assert.equal(layOutTable(columns, [["6", "120"]]), "depth  images\n-----  ------\n6         120");
 * ```
 */
export function layOutTable(
  columns: readonly ReportColumn[],
  rows: readonly (readonly string[])[],
  width: number = Infinity,
): string {
  const all = columns.map(({ header, align }, at): Column => ({
    align,
    header: safeLine(header),
    cells: rows.map((row) => safeLine(row[at] ?? "")),
  }));
  return groupsOf(all, width).map((group) => renderGroup(group, width)).join("\n\n");
}

/**
 * Lays out names and values in two columns.
 *
 * @param entries Pairs of name and value.
 * @param width Places in a line (default: as many as it takes).
 * @returns Lines without a trailing line end.
 */
export function layOutFacts(
  entries: readonly (readonly [name: string, value: string])[],
  width: number = Infinity,
): string {
  return layOutTable([{ header: "" }, { header: "" }], entries, width);
}
