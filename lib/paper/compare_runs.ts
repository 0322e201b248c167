import { normalize } from "node:path";
import { CheckpointError, DataError } from "../errors.ts";
import { distinctPaths } from "../files/distinct_paths.ts";
import { imageSideOf } from "../datasets/data_config.ts";
import { loadDataset } from "../datasets/load_dataset.ts";
import { paperTables } from "./paper_results.ts";
import { protocolConfig } from "./preset.ts";
import type { Preset } from "./presets.ts";
import { presets } from "./presets.ts";
import { smokeConfig } from "./smoke_config.ts";
import { buildRow, type RowParts } from "./build_row.ts";
import {
  assembleComparison,
  type ComparisonOutcome,
  SPEED_BATCH,
  speedSettings,
} from "./run_comparison.ts";
import { protocolChanges, runIdentity, settingIdentity } from "./run_identity.ts";
import { groupByTestImages } from "./tested_images.ts";
import { readRecordedTest } from "../runs/recorded_test.ts";
import { readRunCard, readRunProgress } from "../runs/run_progress.ts";
import { completeRun, type RunSettings, type RunWatcher } from "./run_row.ts";
import type { ModelCard } from "../training/checkpoint_card.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import type { ComparedRun, ComparisonRow, PaperColumn } from "./comparison.ts";

/** Options of `compareRuns`. */
export interface CompareRunsOptions extends Omit<RunSettings, "speed" | "train"> {
  /** Measures speed. */
  readonly measureSpeed: boolean;
  /** Folder of the images, if not the runs' own. */
  readonly dataDirectory?: string;
  /** Told before every run. */
  readonly onRun?: (
    runDirectory: string,
    at: { readonly done: number; readonly total: number },
  ) => void;
  /** Who watches. */
  readonly watcher?: RunWatcher;
}

/** A run folder and what is in it. */
interface OpenedRun {
  readonly runDirectory: string;
  readonly config: ExperimentConfig;
  /** What its checkpoint says; `null` if it has none yet. */
  readonly card: ModelCard | null;
}

/** The paper's training that a run follows or comes closest to; `null` for a model or dataset that it has none of. */
function closestPreset(config: ExperimentConfig): Preset | null {
  const candidates = presets
    .filter(({ places }) => places.length > 0)
    .map((preset) => ({ preset, protocol: protocolConfig(preset, config.training.seed) }))
    .filter(({ protocol }) =>
      protocol.model.name === config.model.name && protocol.data.dataset === config.data.dataset
    )
    .map(({ preset, protocol }) => ({
      preset,
      changes: protocolChanges(protocol, config).length,
    }))
    .sort((one, other) => one.changes - other.changes);
  return candidates[0]?.preset ?? null;
}

/** The preset whose smoke variant a run is. */
function smokePreset(config: ExperimentConfig): Preset | null {
  const { seed } = config.training;
  const identity = runIdentity(config);
  return presets.find((preset) =>
    [true, false].some((hasData) =>
      runIdentity(smokeConfig(preset, { seed, hasData })) === identity
    )
  ) ?? null;
}

/** Names and printed figures of the first place of a preset. */
function paperOf(preset: Preset | null, config: ExperimentConfig): RowParts["paper"] {
  const place = preset?.places[0];
  const row = place === undefined ? undefined : paperTables
    .find(({ table }) => table === place.table)!.rows
    .find((row) => row.row === place.row && row.variant === (place.variant ?? null));
  return row ?? { row: config.model.name, group: null, variant: null, figures: null };
}

async function openRun(runDirectory: string): Promise<OpenedRun> {
  const progress = await readRunProgress(runDirectory);
  if (progress === null) {
    throw new CheckpointError(
      `Cannot compare run ${runDirectory}: there is no run in it; give a folder that "train" or "compare" has made`,
    );
  }
  return { runDirectory, config: progress.config, card: await readRunCard(runDirectory) };
}

/** What a message says before its advice, with all that it quotes in brackets: a message, which has advice of its own. */
function withoutAdvice(message: string): string {
  let depth = 0;
  for (let index = 0; index < message.length; index++) {
    if (message[index] === "(") depth += 1;
    else if (message[index] === ")") depth -= 1;
    else if (depth === 0 && message.startsWith("; ", index)) return message.slice(0, index);
  }
  return message;
}

/** Says which run has no images to be tested on; what is advised for one run alone is for other commands. */
function namingRun(error: unknown, runDirectory: string): unknown {
  if (!(error instanceof DataError)) return error;
  const what = withoutAdvice(error.message);
  return new DataError(
    `Cannot compare run ${runDirectory}: its test images cannot be classified (${what}); name a folder that has them with ` +
      "--data, or leave the run out",
    { cause: error },
  );
}

/** Everything but the seed: a folder of images has no name, it is where it is. */
function rowKey(config: ExperimentConfig): string {
  const { data } = config;
  const identity = settingIdentity(config);
  const folder = normalize(data.directory).replace(/(?<=.)\/+$/, "");
  return data.dataset === "folder" ? `${identity} ${folder}` : identity;
}

/** Whether two checkpoints know the same classes in images of the same size; one that is not there says nothing. */
function haveSameForm(one: ModelCard | null, other: ModelCard | null): boolean {
  if (one === null || other === null) return true;
  const formOf = ({ classNames, image: { height, width } }: ModelCard) =>
    JSON.stringify([classNames, height, width]);
  return formOf(one) === formOf(other);
}

/**
 * Runs that differ in nothing but their seed are one row; a seed that comes again begins another, and so do images of
 * other classes or another size, which a configuration that names a folder does not tell of.
 */
function groupBySeed(runs: readonly OpenedRun[]): OpenedRun[][] {
  const groups: { readonly key: string; readonly runs: OpenedRun[] }[] = [];
  for (const run of runs) {
    const { training } = run.config;
    const key = rowKey(run.config);
    const group = groups.find((other) =>
      other.key === key &&
      other.runs.every(({ config, card }) =>
        config.training.seed !== training.seed && haveSameForm(card, run.card)
      )
    );
    if (group === undefined) groups.push({ key, runs: [run] });
    else group.runs.push(run);
  }
  return groups.map((group) => group.runs);
}

/**
 * Classes and size of images that no protocol describes; the images need not be there if a checkpoint knows them, or a
 * recorded evaluation.
 */
async function formOf(
  runs: readonly OpenedRun[],
  dataDirectory: string | undefined,
): Promise<RowParts["form"]> {
  const card = runs.find((run) => run.card !== null)?.card;
  if (card) return { classes: card.classNames.length, side: card.image.height };
  const { config: { data }, runDirectory } = runs[0]!;
  const recorded = await readRecordedTest(runDirectory);
  if (recorded !== null) {
    return { classes: recorded.evaluation.figures.classes.length, side: imageSideOf(data) };
  }
  const { train } = await loadDataset({ ...data, directory: dataDirectory ?? data.directory });
  return { classes: train.classNames.length, side: train.height };
}

/** What there is to see: columns without a figure in any row only make the table wide. */
function columnsOf(rows: readonly ComparisonRow[]): PaperColumn[] {
  const isTimed = rows.some((row) => row.secondsPerImage ?? row.exactSecondsPerImage);
  const tellsTop5 = rows.some(({ top1, top5 }) => top5 !== null || top1 === null);
  return [
    "top1",
    ...tellsTop5 ? ["top5" as const] : [],
    "megabytes",
    ...isTimed ? ["secondsPerImage" as const] : [],
  ];
}

/** Everything about a row but its runs. */
async function rowParts(
  runs: readonly OpenedRun[],
  dataDirectory: string | undefined,
): Promise<Omit<RowParts, "runs">> {
  const { config } = runs[0]!;
  const smoke = smokePreset(config);
  const preset = smoke ?? closestPreset(config);
  const form = preset === null ? await formOf(runs, dataDirectory) : undefined;
  return {
    paper: paperOf(preset, config),
    preset: preset?.name ?? null,
    protocol: preset === null ? null : protocolConfig(preset, config.training.seed),
    config,
    smoke: smoke !== null,
    speedBatch: SPEED_BATCH.full,
    ...(form === undefined ? {} : { form }),
  };
}

/**
 * Sets run folders beside each other, whatever they were trained on; runs that differ only in their seed share a row.
 * Nothing is trained. Where a preset of the paper has the same model and dataset, its printed figures stand beside
 * ours and every difference is named; what is counted is counted of the runs as they are. The backend must have been
 * selected before.
 *
 * @param runDirectories Folders of runs, at least one.
 * @param options Conditions, speed, signal, watchers.
 * @returns The comparison; after a signal the rows that were complete by then.
 * @throws {CheckpointError} if a folder holds no run, or a damaged one.
 * @throws {DataError} if the images of a run that was not evaluated yet are missing.
 */
export async function compareRuns(
  runDirectories: readonly string[],
  options: CompareRunsOptions,
): Promise<ComparisonOutcome> {
  const opened: OpenedRun[] = [];
  for (const runDirectory of await distinctPaths(runDirectories)) {
    opened.push(await openRun(runDirectory));
  }
  const rows: ComparisonRow[] = [];
  const groups = groupBySeed(opened);
  let [done, isInterrupted] = [0, false];
  for (const group of groups) {
    const parts = await rowParts(group, options.dataDirectory);
    const seconds = parts.smoke ? 0.5 : 10;
    const speed = options.measureSpeed ? { ...speedSettings(false), seconds } : null;
    const runs: ComparedRun[] = [];
    for (const run of group) {
      if (options.signal?.aborted) break;
      options.onRun?.(run.runDirectory, { done: done++, total: opened.length });
      const directory = options.dataDirectory ?? run.config.data.directory;
      const config = { ...run.config, data: { ...run.config.data, directory } };
      // Who names the images wants figures of them.
      const looksAtImages = options.dataDirectory !== undefined;
      const settings = { ...options, train: false, speed, looksAtImages };
      const { runDirectory } = run;
      try {
        runs.push(await completeRun({ runDirectory, config }, settings, options.watcher));
      } catch (error) {
        throw namingRun(error, runDirectory);
      }
    }
    // A signal that came after the last figures has nothing to interrupt.
    const isComplete = runs.length === group.length && runs.at(-1)!.figures !== null;
    isInterrupted = options.signal?.aborted === true && !isComplete;
    if (isInterrupted) break;
    for (const alike of groupByTestImages(runs)) {
      const row = await buildRow({ ...parts, runs: alike });
      rows.push({ ...row, counted: row.countedRun });
    }
  }
  const comparison = assembleComparison(rows, {
    table: null,
    title: "Run folders",
    columns: columnsOf(rows),
    seeds: [...new Set(opened.map(({ config }) => config.training.seed))].sort((a, b) => a - b),
    conditions: options.conditions,
    mode: "runs",
    provenance: options.provenance,
    measureSpeed: options.measureSpeed,
  });
  return { comparison, isInterrupted };
}
