import { loadDataset } from "../datasets/load_dataset.ts";
import { isDatasetPresent } from "../datasets/dataset_present.ts";
import { DataError } from "../errors.ts";
import { PAPER_SOURCE } from "./paper_results.ts";
import { buildRow } from "./build_row.ts";
import { comparisonNotes } from "./comparison_notes.ts";
import { findTable, type PlannedRun, planTable, type PlanTableOptions } from "./plan_rows.ts";
import { endOfRun } from "../runs/end_of_run.ts";
import { readRunProgress } from "../runs/run_progress.ts";
import { isTested } from "../runs/test_result.ts";
import { completeRun, type RunSettings, type RunWatcher } from "./run_row.ts";
import type { DataConfig } from "../datasets/data_config.ts";
import type { ComparedRun, Comparison, ComparisonRow } from "./comparison.ts";

/** Images together in the speed columns: the paper's batch, and what a smoke run can afford. */
export const SPEED_BATCH = { full: 64, smoke: 4 } as const;

/** Options of `runComparison`. */
export interface RunComparisonOptions
  extends PlanTableOptions, Omit<RunSettings, "speed" | "train" | "timeUntrained"> {
  /**
   * Trains what is missing and resumes what was interrupted.
   *
   * @default Whether the paper's table has accuracies; where it has none, networks without a finished run are timed as
   * they are initialised.
   */
  readonly train?: boolean | undefined;
  /** Measures speed. */
  readonly measureSpeed: boolean;
  /** Told before every run: its configuration and folder, and how many runs of the table come before it. */
  readonly onRun?: (
    run: PlannedRun,
    at: { readonly name: string; readonly done: number; readonly total: number },
  ) => void;
  /** Who watches the runs. */
  readonly watcher?: RunWatcher;
}

/** What `runComparison` returns. */
export interface ComparisonOutcome {
  /** The comparison, as far as it came. */
  readonly comparison: Comparison;
  /** Whether the signal ended it before its end. */
  readonly isInterrupted: boolean;
}

/** How speed is measured: with few repetitions in a smoke run. */
export function speedSettings(smoke: boolean): NonNullable<RunSettings["speed"]> {
  return smoke
    ? { batchSizes: [1, SPEED_BATCH.smoke], repetitions: 3, warmUps: 1, seconds: 0.5 }
    : { batchSizes: [1, SPEED_BATCH.full] };
}

/**
 * Whether a table of the paper prints accuracies, so that its runs are trained.
 *
 * @param table Its number, 1..6.
 * @returns `false` for Table 5.
 */
export function hasAccuracy(table: number): boolean {
  return findTable(table).columns.includes("top1");
}

/** What is done where a run is missing. */
function effortOf(
  { table, train }: Pick<RunComparisonOptions, "table" | "train">,
): Required<Pick<RunSettings, "train" | "timeUntrained">> {
  const isTrained = hasAccuracy(table);
  return { train: train ?? isTrained, timeUntrained: train === undefined && !isTrained };
}

/** Whether a run is trained, and its figures on the test images are there. */
async function needsNoImages(runDirectory: string): Promise<boolean> {
  const end = await endOfRun(runDirectory, await readRunProgress(runDirectory));
  return end === "recorded" || end !== null && await isTested(runDirectory);
}

/**
 * Finds out before the first training, not after days, that images of a later row or table are missing.
 *
 * @param options What `runComparison` is going to get.
 * @throws {UsageError} if the table, a preset or an override is wrong.
 * @throws {DataError} if images are missing.
 */
export async function requireData(
  options: PlanTableOptions & Pick<RunComparisonOptions, "train" | "measureSpeed">,
): Promise<void> {
  const { train, timeUntrained } = effortOf(options);
  const rows = await planTable(options);
  if (!train && !(timeUntrained && options.measureSpeed)) return;
  const checked = new Set<string>();
  for (const { preset, runs } of rows) {
    for (const { config: { data }, runDirectory } of runs) {
      const key = JSON.stringify([data.dataset, data.directory]);
      if (checked.has(key)) continue;
      if (await needsNoImages(runDirectory)) continue;
      checked.add(key);
      await requireDataset(data, preset.name);
    }
  }
}

async function requireDataset(data: DataConfig, preset: string): Promise<void> {
  if (await isDatasetPresent(data)) return;
  try {
    await loadDataset(data);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError([
      ...error.message.split("\n"),
      `Preset ${preset} needs these images. Name their folder with --data, leave rows out with ` +
      `--only or tables with --table, or see everything work without images with --smoke`,
    ], { cause: error });
  }
}

/** What a comparison is assembled from beside its rows: what it is of, where it was made, and whether speed was asked for. */
export type AssembledFrom =
  & Pick<Comparison, "table" | "title" | "columns" | "seeds" | "conditions" | "mode">
  & Pick<RunComparisonOptions, "provenance" | "measureSpeed">;

/**
 * Assembles a comparison from its rows.
 *
 * @param rows The rows.
 * @param options What it is a comparison of, and where it was made.
 * @returns The comparison.
 */
export function assembleComparison(
  rows: readonly ComparisonRow[],
  options: AssembledFrom,
): Comparison {
  const { provenance, measureSpeed: _, ...head } = options;
  return {
    kind: "comparison",
    version: 1,
    ...head,
    rows,
    speedBatch: options.mode === "smoke" ? SPEED_BATCH.smoke : SPEED_BATCH.full,
    argv: provenance.argv,
    createdAt: new Date().toISOString(),
    paperSource: PAPER_SOURCE,
    notes: comparisonNotes(rows, options),
  };
}

function modeOf(rows: readonly ComparisonRow[], smoke: boolean): Comparison["mode"] {
  if (smoke) return "smoke";
  return rows.every(({ protocol }) => protocol === "full") ? "full" : "changed";
}

/**
 * Sets a table of the paper beside our runs: trains what is missing, resumes what was interrupted, skips what is done,
 * evaluates the test images once per finished run. A run that several tables need is made once: its folder is named by
 * its configuration. The backend must have been selected before.
 *
 * @param options Table, seeds, variant, folder, rows, overrides, signal, watchers.
 * @returns The comparison; after a signal as far as it came.
 * @throws {UsageError} if the table, a preset or an override is wrong.
 * @throws {DataError} if images are missing, before anything is trained.
 * @throws {CheckpointError} if a folder holds something else.
 */
export async function runComparison(options: RunComparisonOptions): Promise<ComparisonOutcome> {
  const { table, seeds, smoke, conditions, provenance, signal } = options;
  await requireData(options);
  const planned = await planTable(options);
  const speedBatch = smoke ? SPEED_BATCH.smoke : SPEED_BATCH.full;
  const speed = options.measureSpeed ? speedSettings(smoke) : null;
  const settings = { ...options, ...effortOf(options), speed };
  const total = planned.reduce((sum, { runs }) => sum + runs.length, 0);
  const rows: ComparisonRow[] = [];
  let done = 0;
  for (const row of planned) {
    const runs: ComparedRun[] = [];
    for (const run of row.runs) {
      if (signal?.aborted) break;
      options.onRun?.(run, { name: row.preset.name, done, total });
      runs.push(await completeRun(run, settings, options.watcher));
      done += 1;
    }
    // After a signal nobody waits for counts; a signal that came after the last run has nothing to interrupt.
    const isCut = runs.length < row.runs.length || runs.some((run) => run.state === "unfinished");
    if (signal?.aborted && isCut) break;
    // Runs of a row differ in seed and math at most; one in bfloat16 is enough for the row to say so.
    const isRounded = ({ config }: PlannedRun) => config.math !== row.protocol.math;
    const { config } = row.runs.find(isRounded) ?? row.runs[0]!;
    const parts = { ...row, preset: row.preset.name, config, runs, speedBatch };
    rows.push(await buildRow(parts));
  }
  const { title, columns } = findTable(table);
  const mode = modeOf(rows, smoke);
  const { measureSpeed } = options;
  const head = { table, title, columns, seeds, conditions, mode, provenance, measureSpeed };
  const comparison = assembleComparison(rows, head);
  return { comparison, isInterrupted: rows.length < planned.length };
}
