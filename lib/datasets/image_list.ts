import { basename, dirname, extname, isAbsolute, join } from "node:path";
import { DataError } from "../errors.ts";
import { describePathFailure } from "../files/path_failure.ts";
import { pathExists } from "../files/path_exists.ts";
import { readBoundedText } from "../read_bounded.ts";
import { type DataPart, partOfName } from "./data_part.ts";
import {
  beginningOf,
  DELIMITERS,
  firstRow,
  type ParsedRows,
  parseRows,
  widthOf,
} from "./list_rows.ts";

/** A list of a million images has some 60 MB. */
const LIST_BOUNDS = { maxBytes: 256e6, refusal: DataError };

/** Names of the columns, as lists have them. */
const PATH_COLUMN =
  /^(path|file|file_?name|file_?path|image|image_?path|image_?name|image_?file|img|image_?id|id)$/i;
const LABEL_COLUMN = /^(label|class|class_?name|category|target|species|breed|y)$/i;
const PART_COLUMN = /^(split|part|subset|partition)$/i;
/** Columns that may name the part, or the source of the image, or something else. */
const MAYBE_PART_COLUMN = /^(set|dataset)$/i;
/** Numbers that stand for the parts in some lists, and for other things in others. */
const PART_NUMBER = /^[0-2](\.0*)?$/;

/** An image that a list names. */
export interface ListedImage {
  /** Its path, from the folder of the list on. */
  readonly file: string;
  readonly className: string;
  /** The part that the list says; `null` if it says none. */
  readonly part: DataPart | null;
}

/** What a list says. */
export interface ImageList {
  /** The images, in its order. */
  readonly images: readonly ListedImage[];
  /** The column of the classes and the others that could have been it; `null` where none could. */
  readonly choice: string | null;
}

/** Which columns of a list are what. */
export interface Columns {
  readonly path: number;
  readonly label: number;
  /** Columns that could have been the label, too. */
  readonly otherLabels: readonly number[];
  readonly part: number | null;
  /** The first row that is not empty. */
  readonly first: number;
  /** Rows of names from there, before the first image. */
  readonly header: 0 | 1;
}

/**
 * What the columns of a list may be: which of several is the path, only the files can tell (`id`, `filename`).
 *
 * @param rows The rows, or as many as the first that is not empty needs.
 * @returns Every reading that gives a path and a label.
 */
export function findColumns(rows: readonly (readonly string[])[]): Columns[] {
  const at = firstRow(rows);
  const first = rows[at] ?? [];
  const find = (pattern: RegExp) =>
    first.flatMap((word, column) => pattern.test(word.trim()) ? [column] : []);
  const paths = find(PATH_COLUMN);
  const [label, ...otherLabels] = find(LABEL_COLUMN);
  const [part = null] = [...find(PART_COLUMN), ...find(MAYBE_PART_COLUMN)];
  if (paths.length > 0 && label !== undefined) {
    return paths.map((path) => ({ path, label, otherLabels, part, first: at, header: 1 }));
  }
  if (widthOf(first) !== 2) return [];
  return [{ path: 0, label: 1, otherLabels: [], part: null, first: at, header: 0 }];
}

/** Whether a word of a list leads to a file; words can be of any kind and length. */
async function isThere(path: string): Promise<boolean> {
  try {
    return await pathExists(path);
  } catch (error) {
    if (describePathFailure(error) !== null) return false;
    throw error;
  }
}

/** What leads from the paths of a list to files: the folder that they start from, and an ending that they lack. */
interface Addition {
  readonly folder: string;
  readonly ending: string;
}

/** Endings that paths may lack. */
const ENDINGS = [".jpg", ".jpeg", ".png", ".webp", ".JPG", ".JPEG", ".PNG"];

/**
 * Folders that the paths of a list start from, and endings that they lack, as lists of contests do.
 *
 * @param list Path of the list.
 * @param path A path in it.
 * @returns What leads to the file; `null` if nothing does.
 */
export async function findAddition(list: string, path: string): Promise<Addition | null> {
  const folder = dirname(list);
  const stem = basename(list, extname(list));
  for (const inner of ["", "images", stem, `${stem}_images`, "img", "imgs"]) {
    for (const ending of ["", ...ENDINGS]) {
      const file = isAbsolute(path) ? path : join(folder, inner, path);
      if (await isThere(file + ending)) return { folder: inner, ending };
    }
  }
  return null;
}

/** The file of a path: its ending may be there, or missing, from row to row. */
async function fileOf(list: string, path: string, { folder, ending }: Addition): Promise<string> {
  const file = isAbsolute(path) ? path : join(folder, path);
  if (ENDINGS.includes(extname(file))) return file;
  for (const one of [ending, "", ...ENDINGS]) {
    if (await isThere((isAbsolute(file) ? file : join(dirname(list), file)) + one)) {
      return file + one;
    }
  }
  return file;
}

/** Refuses letters that were lost in reading: classes that differ in nothing else would become one. */
function requireWholeText(list: string, rows: readonly (readonly string[])[]): void {
  const row = rows.findIndex((cells) => cells.some((cell) => cell.includes("\ufffd")));
  if (row < 0) return;
  throw new DataError(
    `Cannot read list of images: row ${
      row + 1
    } of ${list} holds letters that are not in UTF-8; save the list ` +
      'as UTF-8 (spreadsheets call it "CSV UTF-8")',
  );
}

/** Refuses a quotation that does not end where its cell does: all rows up to the next quotation mark would be one cell. */
function requireWholeQuotes(list: string, errors: ParsedRows["errors"]): void {
  const fault = errors.find(({ type }) => type === "Quotes");
  if (fault === undefined) return;
  throw new DataError(
    `Cannot read list of images: a cell in row ${
      (fault.row ?? 0) + 1
    } of ${list} begins with a quotation mark ` +
      'and does not end with one; put it in whole double quotes, and write "" for one within it',
  );
}

/** Refuses rows with more cells than the first: an unquoted comma in a name would cut it, and make two classes one. */
function requireEvenRows(list: string, { rows, columns: { first }, delimiter }: ReadList): void {
  const columns = widthOf(rows[first]!);
  const row = rows.findIndex((cells) => widthOf(cells) > columns);
  if (row < 0) return;
  const written = JSON.stringify(rows[row]!.join(delimiter).slice(0, MAX_REPEATED));
  throw new DataError(
    `Cannot read list of images: row ${row + 1} of ${list} has ${
      widthOf(rows[row]!)
    } cells, the first row ` +
      `${columns}, current value is ${written}; put a cell that holds ${
        JSON.stringify(delimiter)
      } in double quotes, with no space before them, ` +
      "or give every column a name in the first row",
  );
}

/** Longest text of a row that a message repeats. */
const MAX_REPEATED = 200;

/** Rows that are tried before a list with the right columns is taken for one of something else. */
const TRIED_ROWS = 100;

/** The cells of a list, and which of them are what. */
interface ReadList {
  readonly rows: readonly (readonly string[])[];
  readonly columns: Columns;
  readonly addition: Addition;
  /** What stands between the cells. */
  readonly delimiter: string;
}

/**
 * The cells of a list of images, and its columns: those that lead to files, whatever stands between the cells. A guess by
 * how often a sign occurs fails for short lists and for names with commas.
 *
 * @returns `null` if no reading leads to a file.
 * @throws {DataError} if a quotation in it has no end.
 */
async function readCells(list: string, text: string): Promise<ReadList | null> {
  for (const delimiter of DELIMITERS) {
    if (findColumns(beginningOf(text, delimiter)).length === 0) continue;
    const { data: rows, errors } = parseRows(text, delimiter);
    for (const columns of findColumns(rows)) {
      const { first, header, path } = columns;
      // Without names of columns only the first row tells that it is no header of another list.
      const tried = rows.slice(first + header).flatMap((row) => row[path]?.trim() || [])
        .slice(0, header === 1 ? TRIED_ROWS : 1);
      for (const file of tried) {
        const addition = await findAddition(list, file);
        if (addition === null) continue;
        requireWholeQuotes(list, errors);
        return { rows, columns, addition, delimiter };
      }
    }
  }
  return null;
}

/**
 * Refuses words for parts that are none: such a row would be trained on, whatever it was kept for. A column that need not
 * name the part, and has none of the known words and no numbers for them, is about something else.
 */
function requireKnownParts(
  list: string,
  { column, words }: { readonly column: string; readonly words: ReadonlyMap<number, string> },
): void {
  const unknown = [...words].find(([, word]) => partOfName(word) === null);
  if (unknown === undefined) return;
  const all = [...words.values()];
  const isAboutParts = PART_COLUMN.test(column) || all.every((word) => PART_NUMBER.test(word)) ||
    all.some((word) => partOfName(word) !== null);
  if (!isAboutParts) return;
  const [row, word] = unknown;
  throw new DataError(
    `Cannot read list of images: the part in row ${row} of ${list} must be train, validation or test, ` +
      `current value is ${
        JSON.stringify(word.slice(0, 80))
      }; write one of these words, remove the row, or rename the ` +
      `column ${JSON.stringify(column)} if it is about something else`,
  );
}

/** Lists of animals have their class, order and species: whoever meant another column must see which was taken. */
function describeChoice(names: readonly string[], { label, otherLabels }: Columns): string | null {
  if (otherLabels.length === 0) return null;
  const [taken, ...others] = [label, ...otherLabels].map((column) =>
    JSON.stringify(names[column]!.trim())
  );
  return `classes from the column ${taken}, not ${others.join(" or ")}: leave one of them`;
}

/**
 * Reads the text of a list.
 *
 * @param list Path of the list.
 * @returns The text, without what spreadsheets write and show to nobody; its rows have the same numbers.
 * @throws {DataError} if it cannot be read or is no text.
 */
export async function readListText(list: string): Promise<string> {
  const text = await readBoundedText(list, LIST_BOUNDS);
  if (text.includes("\0")) {
    throw new DataError(
      `Cannot read list of images: ${list} holds zero characters, so it is no text; name another`,
    );
  }
  // Lists put together from several have line ends of several kinds; by the first alone, rows would run into one.
  return text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n").replace(/^(\s*)"?sep=."?\n/i, "$1\n");
}

/**
 * Reads a list of images: a column with their paths and one with their labels, by the names in the first row, or two
 * columns without names; separated by commas, semicolons or tabs. A column `split` may name the part of each.
 *
 * @param list Path of the list.
 * @returns What the list says; `null` if it is a list of something else.
 * @throws {DataError} if the list cannot be read, a row is incomplete or has more cells than the first, or names a part
 * that is none.
 */
export async function readImageList(list: string): Promise<ImageList | null> {
  const read = await readCells(list, await readListText(list));
  if (read === null) return null;
  const { rows, columns, addition } = read;
  const names = rows[columns.first]!;
  requireWholeText(list, rows);
  requireEvenRows(list, read);
  const images: ListedImage[] = [];
  const partWords = new Map<number, string>();
  for (const [index, row] of rows.entries()) {
    if (index < columns.first + columns.header || widthOf(row) === 0) continue;
    const path = row[columns.path]?.trim();
    const className = row[columns.label]?.trim();
    if (!path || !className) {
      throw new DataError(
        `Cannot read list of images: row ${index + 1} of ${list} must have a path and a label, ` +
          `current value is ${JSON.stringify(row.join(","))}; complete or remove it`,
      );
    }
    const partName = columns.part === null ? "" : row[columns.part]?.trim() ?? "";
    if (partName !== "") partWords.set(index + 1, partName);
    images.push({
      file: await fileOf(list, path, addition),
      className,
      part: partOfName(partName),
    });
  }
  if (columns.part !== null) {
    requireKnownParts(list, { column: names[columns.part]!.trim(), words: partWords });
  }
  return { images, choice: describeChoice(names, columns) };
}
