import type { Cell, ReportColumn, TableBlock } from "./report_document.ts";

/** A column of a table, and how a row fills it. */
export interface Column<Row> extends ReportColumn {
  /** The cell of a row; rows are counted from 0. */
  readonly cell: (row: Row, index: number) => Cell;
}

/**
 * A column of numbers: cells stand on the right.
 *
 * @param header Heading.
 * @param cell The cell of a row.
 * @returns The column.
 */
export function numbers<Row>(header: string, cell: Column<Row>["cell"]): Column<Row> {
  return { header, align: "right", cell };
}

/**
 * A column of words: cells stand on the left.
 *
 * @param header Heading.
 * @param cell The cell of a row.
 * @returns The column.
 */
export function words<Row>(header: string, cell: Column<Row>["cell"]): Column<Row> {
  return { header, cell };
}

/**
 * Fills a table.
 *
 * @param caption Heading.
 * @param rows What the rows are of.
 * @param columns The columns; the first names the row.
 * @param note What has to be known to read it.
 * @returns The table.
 */
export function tableOf<Row>(
  caption: string,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  note?: string,
): TableBlock {
  return {
    kind: "table",
    caption,
    columns: columns.map(({ header, align = "left" }) => ({ header, align })),
    rows: rows.map((row, index) => columns.map(({ cell }) => cell(row, index))),
    ...note === undefined ? {} : { note },
  };
}
