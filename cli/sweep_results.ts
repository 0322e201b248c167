import { join, resolve } from "node:path";
import { UsageError } from "../lib/errors.ts";
import { countCell, decimalCell, durationCell, shareCell, textCell } from "../lib/reports/cells.ts";
import type { Cell, ReportColumn, ReportDocument } from "../lib/reports/report_document.ts";
import { resultsBySetting, type SettingResult } from "../lib/sweeps/results_by_setting.ts";
import { chosenFormat } from "./document_format.ts";
import { writeDocument } from "./document_output.ts";
import { createOutput } from "./output.ts";
import { reportCsv } from "./report_csv.ts";
import { reportMarkdown } from "./report_markdown.ts";
import { pageFooter } from "./report_page.ts";
import { readSweep, type SweepState } from "./sweep_run.ts";
import type { SweepOptions } from "./sweep_options.ts";
import { renderTable } from "./text_table.ts";

/** Forms of the results. */
export const RESULT_FORMATS = ["text", "md", "csv", "json", "html"] as const;
type Format = typeof RESULT_FORMATS[number];

/** Keys whose value differs between rows. */
function sweptPaths(results: readonly SettingResult[]): string[] {
  const paths = [...new Set(results.flatMap(({ settings }) => Object.keys(settings)))];
  return paths.filter((path) =>
    new Set(results.map(({ settings }) => JSON.stringify(settings[path]))).size > 1
  );
}

/** What tells a setting apart: `learningRate=0.003, fixedDepth=5`, or the name of the runs where nothing is swept. */
function settingText({ settings, name }: SettingResult, paths: readonly string[]): string {
  const words = paths.map((path) => `${path.split(".").at(-1)}=${settings[path] ?? ""}`);
  return words.length === 0 ? name : words.join(", ");
}

function tableOf(results: readonly SettingResult[]): {
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly Cell[])[];
} {
  const paths = sweptPaths(results);
  return {
    columns: [
      { header: "setting" },
      ...["done", "validation Top-1", "deviation", "time"]
        .map((header) => ({ header, align: "right" as const })),
      { header: "best" },
    ],
    rows: results.map((result) => [
      textCell(settingText(result, paths)),
      { value: result.done, text: `${result.done} of ${result.rows}` },
      shareCell(result.validationTop1),
      result.deviation === null
        ? decimalCell(null)
        : { value: result.deviation, text: `${(result.deviation * 100).toFixed(2)}` },
      durationCell(result.seconds),
      { value: result.isBest, text: result.isBest ? "best" : "" },
    ]),
  };
}

const NOTE =
  "Top-1 on the validation images by the best epoch of each training; mean and sample standard deviation (in points) " +
  "over the seeds that are done. The best setting is best by validation; the test images were not looked at.";

/** The document that every format shows. */
function documentOf(folder: string, { states }: SweepState): ReportDocument {
  const results = resultsBySetting(states);
  const count = (name: string) => states.filter(({ state }) => state === name).length;
  const facts = ["done", "running", "waiting", "lost", "failed"]
    .map((name) => ({ name, cell: countCell(count(name)) }));
  return {
    title: `Sweep ${folder}`,
    parts: [{
      title: `Sweep ${folder}`,
      subtitle: `${states.length} trainings, ${results.length} settings`,
      sections: [{
        title: "Results by setting",
        blocks: [{ kind: "table", caption: "Settings", ...tableOf(results), note: NOTE }],
      }, {
        title: "Trainings",
        blocks: [{ kind: "facts", facts }],
      }],
    }],
  };
}

async function render(folder: string, sweep: SweepState, format: Format): Promise<string> {
  const results = resultsBySetting(sweep.states);
  const document = documentOf(folder, sweep);
  switch (format) {
    case "json":
      return JSON.stringify({ kind: "sweep-results", version: 1, results }, null, 2);
    case "md":
      return reportMarkdown(document);
    case "csv":
      return reportCsv(document);
    case "html": {
      const { writeHtml } = await import("../lib/reports/html/write_html.ts");
      return writeHtml(document, { footer: pageFooter(Deno.args) }).trimEnd();
    }
    case "text": {
      const { columns, rows } = tableOf(results);
      return `${renderTable(columns, rows.map((row) => row.map(({ text }) => text)))}\n\n${NOTE}`;
    }
  }
}

/** The comparison of the tables whose runs the sweep has made. */
async function compareTables(folder: string, sweep: SweepState, options: SweepOptions) {
  const { tables, seeds, smoke } = sweep.plan.tables!;
  const { runCommandLine } = await import("./command_tree.ts");
  const target = options.write
    ? ["--output", join(folder, "results.md"), "--report", join(folder, "results.html"), "--force"]
    : options.output === undefined
    ? []
    : ["--output", options.output, ...(options.force ? ["--force"] : [])];
  await runCommandLine([
    ...["compare", "--table", tables.join(), "--seeds", seeds.join(), "--no-train", "--no-speed"],
    ...["--runs", resolve(folder, sweep.plan.runs), ...(smoke ? ["--smoke"] : []), ...target],
    ...(options.json ? ["--json"] : []),
  ]);
}

/**
 * Shows the results of a sweep by setting, or the comparison of its tables.
 *
 * @param folder Folder of the sweep.
 * @param options What the parser found.
 */
export async function showResults(folder: string, options: SweepOptions): Promise<void> {
  const output = createOutput(options);
  if (options.write && options.output !== undefined) {
    throw new UsageError("Cannot use --write with --output: it writes beside the plan");
  }
  const sweep = await readSweep(folder, null);
  if (sweep.plan.tables !== null) return await compareTables(folder, sweep, options);
  if (options.write) {
    for (const format of ["html", "md", "csv"] as const) {
      const text = await render(folder, sweep, format);
      const target = join(folder, `results.${format}`);
      await writeDocument(text, { output: target, force: true, to: output });
    }
    return;
  }
  const format = chosenFormat(options, { formats: RESULT_FORMATS, fallback: "text" });
  await writeDocument(await render(folder, sweep, format), { ...options, to: output });
}
