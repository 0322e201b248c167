import type { Comparison } from "../../paper/comparison.ts";
import { rowNames } from "../parts/row_name.ts";
import type { CsvRecord } from "./csv_record.ts";

/**
 * A comparison for other programs: one record per row.
 *
 * @param comparison The comparison.
 * @returns Raw numbers: shares 0..1, MB, seconds, multiply-adds.
 */
export function comparisonRecords(
  { table, rows, conditions, createdAt, speedBatch, mode }: Comparison,
): CsvRecord[] {
  const names = mode === "runs" ? rowNames(rows, mode) : rows.map(({ name }) => name);
  return rows.map((row, at) => ({
    table,
    group: row.group,
    row: names[at]!,
    model: row.model,
    variant: row.variant,
    preset: row.preset,
    dataset: row.dataset,
    protocol: row.protocol,
    mark: row.mark,
    finished_runs:
      row.runs.filter(({ state }) => state === "finished" || state === "recorded").length,
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
