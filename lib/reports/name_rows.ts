import type { Cell } from "./report_document.ts";

/**
 * Names the rows of a table: one without a name of its own goes on with what the row above is of, as the second class of
 * a picture does.
 *
 * @param rows Cells; the first of a row names it.
 * @returns The name of every row.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const cell = (text: string) => ({ value: text, text });
 * const rows = [[cell("a.png"), cell("cat")], [cell(""), cell("dog")]];
 * assert.deepEqual(nameRows(rows).map(({ text }) => text), ["a.png", "a.png"]);
 * ```
 */
export function nameRows(rows: readonly (readonly Cell[])[]): Cell[] {
  const names: Cell[] = [];
  for (const [first] of rows) {
    const above = names.at(-1);
    names.push(above === undefined || first!.text !== "" ? first! : above);
  }
  return names;
}
