import { safeJson } from "../safe_text.ts";
import { buildReport, type ReportSource, requireComplete } from "./build_report.ts";
import { recordsCsv } from "./csv/csv_table.ts";
import { writeCsv } from "./csv/write_csv.ts";
import { writeMarkdown } from "./markdown/write_markdown.ts";
import { comparisonRecords } from "./records/comparison_records.ts";
import { modelRecords } from "./records/model_records.ts";
import { predictionRecords } from "./records/prediction_records.ts";
import { scalingRecords } from "./records/scaling_records.ts";
import type { CsvRecord } from "./records/csv_record.ts";
import { type TextOptions, writeText } from "./text/write_text.ts";

/** Formats of a document. */
export type ReportFormat = "text" | "md" | "csv" | "json" | "html";

/** Options of {@linkcode writeReport}. */
export interface WriteReportOptions extends TextOptions {
  /** The last line of a page: what made it. */
  readonly footer: string;
}

function recordsOf(source: ReportSource): CsvRecord[] | null {
  switch (source.kind) {
    case "comparison":
      return comparisonRecords(source.content);
    case "parameter-scaling":
      return scalingRecords(source.content);
    case "models":
      return modelRecords(source.content);
    case "predictions":
      return predictionRecords(source.content);
    default:
      return null;
  }
}

/** One kind of document in records is one record a line; anything else is one figure a line. */
function toCsv(sources: readonly ReportSource[]): string {
  const isOneKind = sources.every(({ kind }) => kind === sources[0]?.kind);
  const records = isOneKind ? sources.map(recordsOf) : [null];
  return records.every((list) => list !== null)
    ? recordsCsv(records.flat())
    : writeCsv(buildReport(sources));
}

/** Several documents are one that `report` reads. */
function toJson(sources: readonly ReportSource[]): string {
  const [only] = sources;
  return safeJson(
    sources.length === 1 ? only!.content : { kind: "report", version: 1, sources },
  );
}

/**
 * Writes documents in any format: each is laid out once, and every format prints the same blocks.
 *
 * @param sources Runs and documents, in the order in which they shall stand.
 * @param format The format.
 * @param options Width and headings of text, footer of a page.
 * @returns Text without a trailing line end.
 * @throws {DataError} if a document lacks something, or holds text where a figure belongs.
 * @throws {RangeError} if there is nothing to report on, or no such format.
 */
export async function writeReport(
  sources: readonly ReportSource[],
  format: ReportFormat,
  options: WriteReportOptions,
): Promise<string> {
  // Built in every case: a document that cannot be shown must not pass as JSON either.
  const document = buildReport(sources);
  const what = sources.map(({ origin }) => origin).join(", ");
  switch (format) {
    case "json":
      return toJson(sources);
    case "csv":
      return requireComplete(what, () => toCsv(sources));
    case "md":
      return requireComplete(what, () => writeMarkdown(document));
    case "text":
      return writeText(document, options);
    case "html": {
      // Charts and pictures are loaded for pages only.
      const { writeHtml } = await import("./html/write_html.ts");
      return requireComplete(what, () => writeHtml(document, options).trimEnd());
    }
    default:
      throw new RangeError(
        `Cannot write a report: format must be one of text, md, csv, json, html, current value is ${format}`,
      );
  }
}
