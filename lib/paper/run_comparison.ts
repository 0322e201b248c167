import { basename, resolve } from "node:path";
import { loadDataset } from "../datasets/load_dataset.ts";
import { isDatasetPresent } from "../datasets/dataset_present.ts";
import { DataError } from "../errors.ts";
import { PAPER_SOURCE } from "./paper_results.ts";
import { buildRow } from "./build_row.ts";
import { createCounter } from "./count_row.ts";
import { findTable, type PlannedRun, planTable, type PlanTableOptions } from "./plan_rows.ts";
import { readRunProgress } from "../runs/run_progress.ts";
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
      if (checked.has(key) || (await readRunProgress(runDirectory))?.isFinished) continue;
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

/** Rows whose counted figure rounds to the paper's print, and those that do not. */
function metNote(
  rows: readonly ComparisonRow[],
  what: string,
  pick: (row: ComparisonRow) => readonly [ours: number | null, paper: number | null | undefined],
): string[] {
  const pairs = rows.flatMap((row) => {
    const [ours, paper] = pick(row);
    if (ours === null || typeof paper !== "number") return [];
    const name = [row.name, row.variant].filter((word) => word !== null).join(", ");
    return [{ name, ours: ours.toFixed(2), paper: paper.toFixed(2) }];
  });
  if (pairs.length === 0) return [];
  const others = pairs.filter(({ ours, paper }) => ours !== paper);
  const text = others.map(({ name, ours, paper }) => `${name} ${ours} against ${paper}`).join("; ");
  return [
    `${what}: ${
      pairs.length - others.length
    } of ${pairs.length} of the paper's figures are matched to the last digit` +
    `${others.length === 0 ? "" : `; ${text}`}.`,
  ];
}

/** How many of the paper's counted prints our configurations meet. */
function metNotes(rows: readonly ComparisonRow[]): string[] {
  return [
    ...metNote(rows, "Params, MB", ({ counted, paper }) => [
      counted.paperColumnMegabytes,
      paper?.megabytes,
    ]),
    ...metNote(rows, "Multiply-adds by the paper's tool, G", ({ counted, paper }) => [
      counted.multiplyAddsOfTool === null ? null : counted.multiplyAddsOfTool / 1e9,
      paper?.gigaMultiplyAdds,
    ]),
  ];
}

/** What a comparison is assembled from beside its rows: what it is of, where it was made, and whether speed was asked for. */
export type AssembledFrom =
  & Pick<Comparison, "table" | "title" | "columns" | "seeds" | "conditions" | "mode">
  & Pick<RunComparisonOptions, "provenance" | "measureSpeed">;

/** What a note is about, if it is not about all. */
function ofRuns(runs: readonly string[], all: number): string {
  return runs.length === all ? "" : ` of ${runs.map((run) => basename(resolve(run))).join(", ")}`;
}

/** Kept figures that were not made where the comparison is, with which backend; and those without the speed asked for. */
function keptNotes(
  rows: readonly ComparisonRow[],
  { conditions: { backend, machine }, measureSpeed }: AssembledFrom,
): string[] {
  const measured = rows.flatMap(({ runs }) => runs).flatMap(({ figures, runDirectory }) => {
    if (figures === null) return [];
    const { measuredOn, speed } = figures;
    const isHere = measuredOn.backend === backend &&
      (speed === null || measuredOn.machine === machine);
    const parts = [measuredOn.backend ?? "a backend that is not known", measuredOn.machine];
    const place = parts.filter((part) => part !== null).join(", ");
    return [{ runDirectory, place: isHere ? null : place, hasSpeed: speed !== null }];
  });
  const elsewhere = measured.filter(({ place }) => place !== null);
  const slow = measured.filter(({ hasSpeed }) => measureSpeed && !hasSpeed);
  const whose = (runs: typeof measured) =>
    ofRuns(runs.map(({ runDirectory }) => runDirectory), measured.length);
  return [
    ...[...Map.groupBy(elsewhere, ({ place }) => place)].map(([place, runs]) =>
      `Test figures${
        whose(runs)
      }: kept from before, when they were measured with ${place}; "eval" measures a run again.`
    ),
    ...(slow.length === 0 ? [] : [
      `Speed${
        whose(slow)
      }: not measured when the test figures were, which were kept; "eval RUN --speed" measures it.`,
    ]),
  ];
}

/** How accuracy was measured, and how much of it is chance. */
function accuracyNotes(rows: readonly ComparisonRow[]): string[] {
  const figures = rows.flatMap(({ runs }) => runs.flatMap((run) => run.figures ?? []));
  if (figures.length === 0) return [];
  const errors = figures.map(({ top1, testImages }) => Math.sqrt(top1 * (1 - top1) / testImages));
  const error = 100 * Math.max(...errors);
  return [
    "Accuracy: test images, evaluated once per run with the checkpoint of the best validation accuracy; mean +- " +
    "sample standard deviation over n seeds." +
    // All right or all wrong: the formula says nothing.
    (error === 0
      ? ""
      : " The choice of test images alone gives the Top-1 of one run a standard error of up to " +
        `${error.toFixed(1)} points; seeds add to it.`),
  ];
}

/** What a reader of the table has to know. */
function notesOf(
  rows: readonly ComparisonRow[],
  options: AssembledFrom,
): string[] {
  const { mode } = options;
  const hasPuppets = rows.some(({ counted }) => counted.puppeteerMegabytes !== null);
  const states = new Set(rows.map(({ protocol }) => protocol));
  const smoke = states.has("smoke");
  const isTimedOnly = rows.some(({ runs }) => runs.some(({ state }) => state === "untrained"));
  return [
    ...(smoke
      ? [
        "SMOKE RUN, NOT A RESULT: a handful of images, one epoch of two steps, puppeteers narrowed to C = 16. It shows " +
        "that everything works and says nothing about accuracy or speed.",
      ]
      : []),
    ...(states.has("changed")
      ? [
        "Rows marked as not the full protocol were changed by options: they do not repeat the paper.",
      ]
      : []),
    "The paper's figures are printed beside ours for comparison; nothing is filled in from them.",
    // Runs of one's own are no repetition of the paper's rows, which stand beside them.
    ...(mode === "runs" ? [] : metNotes(rows)),
    ...(isTimedOnly
      ? [
        "Not trained: the paper's table has no accuracy. Sizes and multiply-adds are counted, and the networks are timed " +
        "as they are initialised, which takes as long as with trained weights. A finished run is used where there is one.",
      ]
      : []),
    ...accuracyNotes(rows),
    ...keptNotes(rows, options),
    "Speed: median seconds per image of complexity measurement, routing, standardisation, forward pass and read-back, " +
    "images in memory, on the machine named; the paper's is from an RTX 4090, its batch size is not said.",
    ...(hasPuppets
      ? [
        "Kernels are generated once per complexity level and kept (banked); beside it each image is charged with a " +
        "generation of its own (per image), as the paper counts.",
        "Params: the paper counts the puppeteer alone; stored is everything that a checkpoint needs (norms, head and stem " +
        "too).",
        "Multiply-adds by the paper's tool: one generation of a puppet, against a whole batch of a fixed network.",
      ]
      : []),
  ];
}

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
    notes: notesOf(rows, options),
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
  const counter = createCounter();
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
    rows.push(await buildRow(parts, counter));
  }
  const { title, columns } = findTable(table);
  const mode = modeOf(rows, smoke);
  const { measureSpeed } = options;
  const head = { table, title, columns, seeds, conditions, mode, provenance, measureSpeed };
  const comparison = assembleComparison(rows, head);
  return { comparison, isInterrupted: rows.length < planned.length };
}
