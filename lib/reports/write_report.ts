import { describeGiven, isPlainObject } from "../arguments/describe_given.ts";
import { requireOptions } from "../arguments/require_options.ts";
import { safeJson } from "../safe_text.ts";
import { buildReport, type ReportSource, requireComplete } from "./build_report.ts";
import { recordsCsv } from "./csv/csv_table.ts";
import { writeCsv } from "./csv/write_csv.ts";
import { writeMarkdown } from "./markdown/write_markdown.ts";
import { comparisonRecords } from "./records/comparison_records.ts";
import { modelRecords } from "./records/model_records.ts";
import { predictionRecords } from "./records/prediction_records.ts";
import { scalingRecords } from "./records/scaling_records.ts";
import { sweepRecords } from "./records/sweep_records.ts";
import type { ReportDocument } from "./report_document.ts";
import type { CsvRecord } from "./records/csv_record.ts";
import { type TextOptions, writeText } from "./text/write_text.ts";

/** Formats of a document. */
export type ReportFormat = "text" | "md" | "csv" | "json" | "html";

const FORMATS: readonly ReportFormat[] = ["text", "md", "csv", "json", "html"];

/** Kinds of documents; none can be forgotten. */
const KINDS: Readonly<Record<ReportSource["kind"], true>> = {
  ...{ "run-report": true, evaluation: true, "depth-analysis": true, "parameter-scaling": true },
  ...{ comparison: true, models: true, model: true, "training-plan": true, training: true },
  ...{ "sweep-results": true, "sweep-status": true, predictions: true },
};

/** A program that is not type-checked may give what a function returned as it is. */
function requireSources(sources: readonly ReportSource[]): void {
  if (!Array.isArray(sources)) {
    throw new TypeError(
      `Cannot write a report: the sources must be a list, current value is ${
        describeGiven(sources)
      }`,
    );
  }
  for (const [index, source] of sources.entries()) {
    const where = `Cannot write a report: source ${index + 1}`;
    if (!isPlainObject(source) || typeof source["origin"] !== "string" || !("content" in source)) {
      throw new TypeError(
        `${where} must be { kind, content, origin }, current value is ${
          describeGiven(source)
        }; name what the ` +
          'document is: { kind: "evaluation", content: await runEvaluation(..), origin: "runs/first" }',
      );
    }
    const kind: unknown = source["kind"];
    if (typeof kind === "string" && Object.hasOwn(KINDS, kind)) continue;
    const Refusal = typeof kind === "string" ? RangeError : TypeError;
    throw new Refusal(
      `${where}: kind must be one of ${Object.keys(KINDS).join(", ")}, current value is ${
        describeGiven(kind)
      }`,
    );
  }
}

function requireFormat(format: unknown): void {
  if (FORMATS.some((known) => known === format)) return;
  const Refusal = typeof format === "string" ? RangeError : TypeError;
  throw new Refusal(
    `Cannot write a report: format must be one of ${FORMATS.join(", ")}, current value is ${
      describeGiven(format)
    }`,
  );
}

/** Kinds of the options. */
const OPTIONS = {
  width: "number",
  heading: "function",
  matrix: "boolean",
  footer: "text",
  program: "text",
} as const;

/** Options of {@linkcode writeReport}. */
export interface WriteReportOptions extends TextOptions {
  /** The last line of a page: what made it. */
  readonly footer: string;
  /** How the program is called, for command lines. @default "deno task puppet" */
  readonly program?: string;
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
    case "sweep-results":
      return sweepRecords(source.content);
    default:
      return null;
  }
}

/** One kind of document in records is one record a line; anything else is one figure a line. */
function toCsv(sources: readonly ReportSource[], document: ReportDocument): string {
  const isOneKind = sources.every(({ kind }) => kind === sources[0]?.kind);
  const records = isOneKind ? sources.map(recordsOf) : [null];
  return records.every((list) => list !== null) ? recordsCsv(records.flat()) : writeCsv(document);
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
 * @throws {RangeError} if there is nothing to report on, or no such format or kind of document.
 * @throws {TypeError} if the sources, the format or an option is of another type.
 */
export async function writeReport(
  sources: readonly ReportSource[],
  format: ReportFormat,
  options: WriteReportOptions,
): Promise<string> {
  requireFormat(format);
  requireSources(sources);
  requireOptions(options, OPTIONS, "options of writeReport");
  // Built in every case: a document that cannot be shown must not pass as JSON either.
  const document = buildReport(sources, options.program);
  const what = sources.map(({ origin }) => origin).join(", ");
  switch (format) {
    case "json":
      return toJson(sources);
    case "csv":
      return requireComplete(what, () => toCsv(sources, document));
    case "md":
      return requireComplete(what, () => writeMarkdown(document));
    case "text":
      return writeText(document, options);
    case "html": {
      // Charts and pictures are loaded for pages only.
      const { writeHtml } = await import("./html/write_html.ts");
      return requireComplete(what, () => writeHtml(document, options).trimEnd());
    }
  }
}
