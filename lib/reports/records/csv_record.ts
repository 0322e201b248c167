/** A line of CSV by the names of its columns; all lines of a file have the same. */
export type CsvRecord = Readonly<Record<string, string | number | boolean | null>>;
