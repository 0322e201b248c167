import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { commandLine } from "../lib/reports/command_line.ts";
import type { ReportSource } from "../lib/reports/build_report.ts";
import type { ReportFormat } from "../lib/reports/write_report.ts";
import { checkPageName, chosenFormat, type DocumentFormat } from "./document_format.ts";
import { checkTargets, type DocumentTarget, writeDocument } from "./document_output.ts";
import { isTerminal, type Output, paint } from "./output.ts";
import { PROGRAM } from "./program_name.ts";
import { TOOLKIT_VERSION } from "../lib/runs/toolkit_version.ts";

/** Formats of every document. */
export const FORMATS: readonly ReportFormat[] = ["text", "md", "csv", "json", "html"];

/** Options of a command whose result is a document. */
export interface DocumentOptions extends DocumentTarget {
  /** `--format`. */
  readonly format?: DocumentFormat | undefined;
  /** `--json`: short for `--format json`. */
  readonly json?: true | undefined;
}

/** Width of text that goes to no terminal. */
const FILE_COLUMNS = 100;

/** In less, nothing can be laid out. */
const LEAST_COLUMNS = 20;

/**
 * Adds `--format`, `--json`, `--output` and `--force` to a command, and `--report` where a page beside the result is of use.
 *
 * @param command Receives the options.
 * @param options `formats` (default: those of every document); `hasPage` (default `false`).
 */
export function addDocumentOptions(
  command: CommandUnknownOpts,
  options: { readonly formats?: readonly DocumentFormat[]; readonly hasPage?: boolean } = {},
): void {
  const { formats = FORMATS, hasPage = false } = options;
  const format = "format of the result (default: by the ending of --output; text without it)";
  command
    .addOption(new Option("--format <format>", format).choices(formats))
    .addOption(new Option("--json", "print the result as JSON"))
    .addOption(new Option("--output <file>", "write to this file instead of stdout"));
  if (hasPage) {
    command.addOption(
      new Option("--report <file>", "also write a report page (HTML, one file)"),
    );
  }
  command.addOption(new Option("--force", "overwrite the file if it exists"));
}

/**
 * Decides on the format, and refuses files that cannot be written, before any work is done for them.
 *
 * @param options What the parser found.
 * @param formats What the command can write (default: the formats of every document).
 * @returns The format.
 * @throws {UsageError} if options contradict each other, or a file cannot be written.
 */
export async function planDocument(
  options: DocumentOptions,
  formats: readonly DocumentFormat[] = FORMATS,
): Promise<DocumentFormat> {
  const format = chosenFormat(options, { formats, fallback: "text" });
  if (options.report !== undefined) checkPageName(options.report);
  await checkTargets(options);
  return format;
}

/** Columns of the terminal behind stdout; some say that they have none. */
function terminalColumns(): number {
  try {
    const columns = isTerminal("stdout") ? Deno.consoleSize().columns : 0;
    return columns > 0 ? Math.max(columns, LEAST_COLUMNS) : FILE_COLUMNS;
  } catch {
    return FILE_COLUMNS;
  }
}

async function render(
  sources: readonly ReportSource[],
  format: ReportFormat,
  options: { readonly isForStdout: boolean; readonly matrix?: boolean },
): Promise<string> {
  const { isForStdout, matrix = true } = options;
  const { writeReport } = await import("../lib/reports/write_report.ts");
  return await writeReport(sources, format, {
    matrix,
    width: isForStdout ? terminalColumns() : FILE_COLUMNS,
    ...isForStdout
      ? { heading: (text: string) => paint(text, { style: "bold", stream: "stdout" }) }
      : {},
    footer: `Puppet-CNN for Deno ${TOOLKIT_VERSION}. This page: ${commandLine(Deno.args, PROGRAM)}`,
    program: PROGRAM,
  });
}

/** What {@linkcode present} does with a document. */
export interface Presentation extends DocumentTarget {
  /** The format decided on. */
  readonly format: DocumentFormat;
  /** Where the command writes. */
  readonly to: Output;
  /** With confusion matrices in text. @default true */
  readonly matrix?: boolean;
  /** Formats that are more than the blocks of the document: a chart as SVG, data that the document does not hold. */
  readonly special?: Partial<Record<DocumentFormat, () => string | Promise<string>>>;
}

/**
 * Shows documents: in the format and at the place asked for, and as a page beside it where one is wanted.
 *
 * @param sources The documents.
 * @param options Format and places.
 * @throws {UsageError} if a file may not be written.
 */
export async function present(
  sources: readonly ReportSource[],
  options: Presentation,
): Promise<void> {
  const { format, special = {}, report, output, force, to } = options;
  const text = await special[format]?.() ??
    await render(sources, format as ReportFormat, {
      ...options,
      isForStdout: output === undefined,
    });
  await writeDocument(text, { output, force, to });
  if (report === undefined) return;
  await writeDocument(await render(sources, "html", { isForStdout: false }), {
    output: report,
    force,
    to,
  });
}
