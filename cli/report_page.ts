import { Option } from "@commander-js/extra-typings";
import { UsageError } from "../lib/errors.ts";
import { commandLine } from "../lib/reports/command_line.ts";
import type { ReportSource } from "../lib/reports/build_report.ts";
import { checkPageName } from "./document_format.ts";
import { checkTarget, type DocumentTarget, writeDocument } from "./document_output.ts";
import type { Output } from "./output.ts";
import { TOOLKIT_VERSION } from "../lib/runs/toolkit_version.ts";

/** Where a command writes its page. */
export interface PageTarget extends DocumentTarget {
  /** File of the page; absent for none. */
  readonly report?: string | undefined;
}

/** Makes `--report <file>`. */
export function pageOption(): Option<"--report <file>"> {
  return new Option("--report <file>", "also write a report page (HTML, one file)");
}

/**
 * Refuses targets that cannot be written before any work is done for them.
 *
 * @param target Where document and page are to go.
 * @throws {UsageError} if one of them is there and not to be replaced, or both are the same.
 */
export async function checkTargets({ output, report, force }: PageTarget): Promise<void> {
  if (report === undefined) return await checkTarget({ output, force });
  checkPageName(report);
  if (report === output) {
    throw new UsageError(`Cannot write ${output} twice: --output and --report name the same file`);
  }
  if (output !== undefined) await checkTarget({ output, force });
  await checkTarget({ output: report, force });
}

/**
 * The last line of a page: what made it.
 *
 * @param argv Arguments of the command.
 * @returns One line.
 */
export function pageFooter(argv: readonly string[]): string {
  return `Puppet-CNN for Deno ${TOOLKIT_VERSION}. This page: ${commandLine(argv)}`;
}

/**
 * Makes the page of some documents.
 *
 * @param sources The documents.
 * @returns The page.
 */
export async function renderPage(sources: readonly ReportSource[]): Promise<string> {
  const { buildReport } = await import("../lib/reports/build_report.ts");
  const { writeHtml } = await import("../lib/reports/html/write_html.ts");
  return writeHtml(buildReport(sources), { footer: pageFooter(Deno.args) });
}

/**
 * Writes the page of some documents, if one is asked for.
 *
 * @param sources The documents.
 * @param options Where the page goes, and where the command writes.
 * @throws {UsageError} if the target may not be written.
 */
export async function writePage(
  sources: readonly ReportSource[],
  options: PageTarget & { readonly to: Output },
): Promise<void> {
  const { report, force, to } = options;
  if (report === undefined) return;
  await writeDocument(await renderPage(sources), { output: report, force, to });
}
