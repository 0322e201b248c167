import type { Comparison } from "../lib/paper/comparison.ts";
import {
  comparisonFacts,
  comparisonSheets,
  comparisonTitle,
  longMarks,
} from "./comparison_sheets.ts";
import { markdownText } from "./markdown_text.ts";
import { safeJson } from "../lib/safe_text.ts";
import { csvCell, renderMarkdownTable } from "./table_formats.ts";
import { renderFacts, renderTable } from "./text_table.ts";

/** Formats of `compare`. */
export const COMPARISON_FORMATS = ["text", "md", "csv", "json"] as const;

/** A format of `compare`. */
export type ComparisonFormat = typeof COMPARISON_FORMATS[number];

function footnotes(comparison: Comparison): string[] {
  return longMarks(comparison).map((mark, index) => `[${index + 1}] ${mark}`);
}

function formatText(comparison: Comparison): string {
  const title = comparisonTitle(comparison);
  const sheets = comparisonSheets(comparison).map(({ heading, columns, rows }) =>
    `${heading}\n${renderTable(columns, rows)}`
  );
  const marks = footnotes(comparison);
  const [results = "", ...others] = sheets;
  return [
    `${title}\n${"=".repeat(title.length)}`,
    [results, ...marks].join("\n"),
    ...others,
    `Conditions\n${renderFacts(comparisonFacts(comparison))}`,
    comparison.notes.map((note) => `- ${note}`).join("\n"),
  ].join("\n\n");
}

function formatMarkdown(comparison: Comparison): string {
  const sheets = comparisonSheets(comparison).map((sheet) =>
    `## ${sheet.heading}\n\n${renderMarkdownTable(sheet.columns, sheet.rows)}`
  );
  const [results = "", ...others] = sheets;
  const marks = footnotes(comparison).map(markdownText);
  const facts = comparisonFacts(comparison)
    .map(([name, value]) => `- ${name}: ${markdownText(value)}`);
  return [
    `# ${comparisonTitle(comparison)}`,
    results,
    ...marks,
    ...others,
    `## Conditions\n\n${facts.join("\n")}`,
    comparison.notes.map((note) => `- ${markdownText(note)}`).join("\n"),
  ].join("\n\n");
}

/** One line per row, raw numbers: shares 0..1, MB, seconds, multiply-adds. */
function csvLines({ table, rows, conditions, createdAt, speedBatch }: Comparison) {
  return rows.map((row) => ({
    table,
    group: row.group,
    row: row.name,
    variant: row.variant,
    preset: row.preset,
    dataset: row.dataset,
    protocol: row.protocol,
    mark: row.mark,
    finished_runs: row.runs.filter(({ state }) => state === "finished").length,
    seeds: row.runs.map(({ seed }) => seed).join(" "),
    epochs: row.runs.map(({ epochs }) => epochs).join(" "),
    run_folders: row.runs.flatMap(({ state, runDirectory }) =>
      state === "missing" || state === "untrained" ? [] : [runDirectory]
    ).join(" "),
    train_images: row.runs.flatMap(({ trainImages }) => trainImages ?? []).join(" "),
    top1: row.top1?.mean ?? null,
    top1_deviation: row.top1?.deviation ?? null,
    paper_top1_percent: row.paper?.top1 ?? null,
    top5: row.top5?.mean ?? null,
    top5_deviation: row.top5?.deviation ?? null,
    paper_top5_percent: row.paper?.top5 ?? null,
    puppeteer_mb: row.counted.puppeteerMegabytes,
    stored_mb: row.counted.storedMegabytes,
    stored_mb_of_run: row.countedRun.storedMegabytes,
    paper_mb: row.paper?.megabytes ?? null,
    tool_multiply_adds: row.counted.multiplyAddsOfTool,
    paper_giga_multiply_adds: row.paper?.gigaMultiplyAdds ?? null,
    forward_multiply_adds: row.counted.forwardPerImage,
    generation_multiply_adds: row.counted.generationPerLevel,
    speed_batch: speedBatch,
    seconds_per_image: row.secondsPerImage?.mean ?? null,
    seconds_per_image_batch_1: row.secondsPerSingleImage?.mean ?? null,
    seconds_per_image_generated: row.exactSecondsPerImage?.mean ?? null,
    seconds_per_image_generated_batch_1: row.exactSecondsPerSingleImage?.mean ?? null,
    paper_seconds_per_image: row.paper?.secondsPerImage ?? null,
    backend: conditions.backend,
    device: conditions.device,
    machine: conditions.machine,
    created_at: createdAt,
  }));
}

/** One heading for all tables: every line names its own. */
function formatCsv(comparisons: readonly Comparison[]): string {
  const lines = comparisons.flatMap(csvLines);
  const header = Object.keys(lines[0] ?? {}).join(",");
  return [header, ...lines.map((line) => Object.values(line).map(csvCell).join(","))].join("\n");
}

/** Several tables are one document that `report` reads. */
function formatJson(comparisons: readonly Comparison[]): string {
  const sources = comparisons.map((content) => ({
    kind: content.kind,
    content,
    origin: content.table === null ? content.title : `table ${content.table}`,
  }));
  const [only] = comparisons;
  const document = comparisons.length === 1 ? only : { kind: "report", version: 1, sources };
  return safeJson(document);
}

/**
 * Writes comparisons. Every format carries the mark of every row that does not repeat the paper's protocol.
 *
 * @param comparisons The comparisons, at least one.
 * @param format How.
 * @returns Text without a trailing line end.
 */
export function formatComparisons(
  comparisons: readonly Comparison[],
  format: ComparisonFormat,
): string {
  switch (format) {
    case "text":
      return comparisons.map(formatText).join("\n\n\n");
    case "md":
      return comparisons.map(formatMarkdown).join("\n\n");
    case "csv":
      return formatCsv(comparisons);
    case "json":
      return formatJson(comparisons);
  }
}
