import { basename, dirname, isAbsolute, join } from "node:path";
import { type Columns, findAddition, findColumns, readListText } from "./image_list.ts";
import { DELIMITERS, firstRow, parseRows } from "./list_rows.ts";

/** Rows that are looked at. */
const LOOKED_AT = 100;

/** Longest words of a list that a message repeats. */
const MAX_WORD = 200;

/** What a path would have to be, where only the writing of it is wrong. */
const OTHER_WRITINGS: readonly {
  readonly fault: string;
  readonly write: (path: string) => string;
}[] = [
  { fault: "only its separators are wrong", write: (path) => path.replaceAll("\\", "/") },
  { fault: "only its accents are composed otherwise", write: (path) => path.normalize("NFC") },
  { fault: "only its accents are composed otherwise", write: (path) => path.normalize("NFD") },
];

function quote(text: string): string {
  return JSON.stringify(text.slice(0, MAX_WORD));
}

/** A list, with its cells apart. */
interface Cells {
  readonly list: string;
  readonly rows: readonly (readonly string[])[];
  /** The first row that is not empty, from 0. */
  readonly first: number;
}

/** The path of the first row that has one, and where it was looked for. */
async function whyNoFile(
  { list, rows }: Cells,
  { first, header, path }: Columns,
): Promise<string> {
  const pathOf = (row: number) => rows[row]?.[path]?.trim() ?? "";
  const row = rows.findIndex((_, at) => at >= first + header && pathOf(at) !== "");
  if (row < 0) return "no row has a path; add the images";
  const written = pathOf(row);
  const next = pathOf(row + 1);
  if (header === 0 && next !== "" && await findAddition(list, next) !== null) {
    return `row ${row + 1} seems to name the columns (${quote(rows[row]!.join(","))}); ` +
      "call them path and label";
  }
  const place = isAbsolute(written) ? written : join(dirname(list), written);
  const found = `row ${row + 1} has the path ${quote(written)}, but there is no file ${place}`;
  for (const { fault, write } of OTHER_WRITINGS) {
    const other = write(written);
    if (other !== written && await findAddition(list, other) !== null) {
      return `${found}; ${fault}: write ${other} there, and all others so`;
    }
  }
  return `${found}; correct the paths, or move the list to the folder that they start from`;
}

/** How many rows have the name of a picture in a column. */
function picturesIn({ rows }: Cells, column: number): number {
  return rows.filter((row) => /\.(?:jpe?g|png|webp)\s*$/i.test(row[column] ?? "")).length;
}

/** What is wrong with columns of which none is a path or none a label. */
function whyNoColumns({ rows, first: at }: Cells): string {
  const [first = [], ...others] = rows.slice(at);
  const filled = others.filter((row) => row.some((cell) => cell.trim() !== ""));
  const flags = first.filter((_, column) =>
    filled.length > 0 && filled.every((row) => /^[01](\.0*)?$/.test(row[column]?.trim() ?? ""))
  );
  const found = `the columns of row ${at + 1} are ${quote(first.join(","))}`;
  if (flags.length > 1) {
    return `${found}, and ${flags.length} of them hold 0 or 1 only; write the name of the class of every image into ` +
      "one column, called label, beside one called path";
  }
  return `${found}, of which none can be told to be the path or the label; write a first row that names them: ` +
    "path, label, and split if there is one";
}

/** The list by every sign that may stand between its cells. */
function readCells(list: string, text: string): Cells[] {
  return DELIMITERS.map((delimiter) => {
    const rows = parseRows(text, delimiter, LOOKED_AT).data;
    return { list, rows, first: Math.max(0, firstRow(rows)) };
  });
}

/**
 * Whether a file that is no list of images seems to be meant as one: it names pictures.
 *
 * @param list Path of the file.
 * @returns The answer.
 * @throws {DataError} if it cannot be read.
 */
export async function namesPictures(list: string): Promise<boolean> {
  return readCells(list, await readListText(list)).some((cells) =>
    (cells.rows[cells.first] ?? []).some((_, column) => picturesIn(cells, column) > 0)
  );
}

/**
 * Says why a file is no list of images.
 *
 * @param list Path of a list that `readImageList` did not take for one.
 * @returns The first fault, with its row, what it is now and what to do.
 * @throws {DataError} if it cannot be read.
 */
export async function whyNoImageList(list: string): Promise<string> {
  const text = await readListText(list);
  const readings = readCells(list, text);
  for (const cells of readings) {
    // Of `id` and `filename` the one that names pictures is meant.
    const [columns] = findColumns(cells.rows)
      .sort((one, other) => picturesIn(cells, other.path) - picturesIn(cells, one.path));
    if (columns !== undefined) return await whyNoFile(cells, columns);
  }
  const columnsOf = ({ rows, first }: Cells) => rows[first]?.length ?? 0;
  const widest = readings.reduce((most, cells) =>
    columnsOf(cells) > columnsOf(most) ? cells : most
  );
  if (text.trim() === "") return `${basename(list)} is empty; add a row for every image`;
  return whyNoColumns(widest);
}
