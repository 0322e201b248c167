import { mean, sampleStandardDeviation } from "simple-statistics";
import { findKey } from "../configuration/config_words.ts";
import { tellingTop5 } from "../evaluation/telling_top5.ts";
import { imageSideOf } from "../datasets/data_config.ts";
import { countRow } from "./count_row.ts";
import { classesOf } from "./smoke_config.ts";
import { protocolChanges } from "./run_identity.ts";
import type { DataConfig } from "../datasets/data_config.ts";
import type { SpeedFigure } from "../evaluation/speed_report.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import type { PaperRow } from "./paper_results.ts";
import type {
  ComparedRun,
  ComparisonRow,
  PaperFigures,
  ProtocolChange,
  ProtocolState,
  SeedStatistics,
} from "./comparison.ts";

/** Images of the datasets of the protocol, before anything is taken from them. */
const SET_SIZES: Readonly<
  Partial<Record<DataConfig["dataset"], { readonly train: number; readonly test: number }>>
> = {
  cifar10: { train: 50_000, test: 10_000 },
  cifar100: { train: 50_000, test: 10_000 },
  "mini-imagenet": { train: 54_000, test: 6_000 },
};

/**
 * Mean and sample standard deviation.
 *
 * @param values One value per run.
 * @returns `null` without values; no deviation for a single one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(seedStatistics([1, 2, 3]), { mean: 2, deviation: 1, n: 3 });
 * assert.deepEqual(seedStatistics([5]), { mean: 5, deviation: null, n: 1 });
 * assert.equal(seedStatistics([]), null);
 * ```
 */
export function seedStatistics(values: readonly number[]): SeedStatistics | null {
  const n = values.length;
  if (n === 0) return null;
  const list = [...values];
  return { mean: mean(list), deviation: n === 1 ? null : sampleStandardDeviation(list), n };
}

/** Statistics over the runs that have a figure. */
function over(
  runs: readonly ComparedRun[],
  pick: (run: ComparedRun) => number | null,
): SeedStatistics | null {
  return seedStatistics(runs.map(pick).filter((value) => value !== null));
}

function speedOf(
  batchSize: number,
  generation: SpeedFigure["generation"],
): (run: ComparedRun) => number | null {
  return ({ figures, untrainedSpeed }) =>
    (figures ?? untrainedSpeed)?.speed?.figures.find((figure) =>
      figure.batchSize === batchSize && figure.generation === generation
    )?.median ?? null;
}

/** Whether a run was tested on pictures of somebody's own, or on drawn ones, in place of its dataset. */
function isOnOthers(run: ComparedRun, { data }: ExperimentConfig): boolean {
  return SET_SIZES[data.dataset] !== undefined && run.dataset !== data.dataset;
}

/** What the paper prints of other images stands beside no accuracy. */
function besides(
  figures: PaperFigures | null,
  runs: readonly ComparedRun[],
  config: ExperimentConfig,
): PaperFigures | null {
  const isElsewhere = runs.some((run) => run.figures !== null && isOnOthers(run, config));
  return figures === null || !isElsewhere ? figures : { ...figures, top1: null, top5: null };
}

/** A folder with a part of the dataset makes another protocol, whatever the configuration says. */
function imageChanges(config: ExperimentConfig, runs: readonly ComparedRun[]): ProtocolChange[] {
  const { dataset, images, validationFraction, testImages } = config.data;
  const sizes = SET_SIZES[dataset];
  if (sizes === undefined) return [];
  const taken = images ?? sizes.train;
  const train = taken - Math.round(taken * validationFraction);
  const protocols = [
    ["training images", train],
    ["images to draw from", sizes.train],
    ["test images", testImages ?? sizes.test],
  ] as const;
  // One run of other images is enough: the row's figures are of all runs.
  const tested = runs.filter(({ figures }) => figures !== null);
  const other = tested.find((run) => isOnOthers(run, config));
  if (other !== undefined) {
    return [{ path: "tested on", protocol: dataset, run: other.dataset }];
  }
  const found = tested.map((
    { figures, trainImages, imagePool },
  ) => [trainImages, imagePool, figures!.testImages]);
  return protocols.flatMap(([path, protocol], at) => {
    const other = found.find((counts) => counts[at] !== protocol);
    return other === undefined ? [] : [{ path, protocol, run: other[at] }];
  });
}

function showChange({ path, protocol, run }: ProtocolChange): string {
  const show = (value: unknown) =>
    value === null ? findKey(path)?.orNull?.[0] ?? "all" : String(value);
  return `${path} ${show(run)} instead of ${show(protocol)}`;
}

/** What must be said beside the figures. */
function markOf(
  protocol: ProtocolState,
  changes: readonly ProtocolChange[],
  runs: readonly ComparedRun[],
): string | null {
  const count = (state: ComparedRun["state"]) => runs.filter((run) => run.state === state).length;
  const finished = count("finished") + count("recorded");
  const words: string[] = [];
  if (protocol === "smoke") {
    const isDrawn = runs.some(({ dataset }) => dataset === "synthetic");
    words.push(`smoke, not a result${isDrawn ? " (synthetic images)" : ""}`);
  }
  if (protocol === "changed") {
    words.push(`not the full protocol: ${changes.map(showChange).join(", ")}`);
  }
  if (protocol === "none") words.push("belongs to no protocol of the paper");
  if (finished === 0 && count("missing") === runs.length) words.push("no run");
  else if (count("untrained") === runs.length) words.push("not trained");
  else if (finished < runs.length) words.push(`${finished} of ${runs.length} seeds finished`);
  if (count("diverged") > 0) words.push(`${count("diverged")} diverged`);
  if (count("failed") > 0) words.push(`${count("failed")} out of memory`);
  if (count("unfinished") > 0) words.push(`${count("unfinished")} not at its end`);
  return words.length === 0 ? null : words.join("; ");
}

/** What a row is built from. */
export interface RowParts {
  /** Name, groups and printed figures; for a run of no table its model's name and no figures. */
  readonly paper: Omit<PaperRow, "figures"> & { readonly figures: PaperRow["figures"] | null };
  /** Name of the preset; `null` if there is none. */
  readonly preset: string | null;
  /** The protocol; `null` if there is none. */
  readonly protocol: ExperimentConfig | null;
  /** What was or will be run, with any of the seeds. */
  readonly config: ExperimentConfig;
  /** Whether it is a smoke variant. */
  readonly smoke: boolean;
  /** The runs. */
  readonly runs: readonly ComparedRun[];
  /** Images together in the speed columns. */
  readonly speedBatch: number;
  /** Classes and side of the images of a run of no protocol. */
  readonly form?: { readonly classes: number; readonly side: number };
}

/**
 * Builds a row of a comparison.
 *
 * @param parts Names, protocol, runs.
 * @returns The row.
 */
export async function buildRow(parts: RowParts): Promise<ComparisonRow> {
  const { paper, protocol, config, smoke, runs, speedBatch } = parts;
  const changes = protocol === null
    ? []
    : [...protocolChanges(protocol, config), ...imageChanges(config, runs)];
  const state = smoke
    ? "smoke"
    : protocol === null
    ? "none"
    : changes.length === 0
    ? "full"
    : "changed";
  const formOf = ({ data }: ExperimentConfig) =>
    parts.form ?? { classes: classesOf(data), side: imageSideOf(data) };
  const countedRun = await countRow({ model: config.model, ...formOf(config) });
  return {
    name: paper.row,
    variant: paper.variant,
    group: paper.group,
    preset: parts.preset,
    model: config.model.name,
    dataset: (protocol ?? config).data.dataset,
    protocol: state,
    changes,
    mark: markOf(state, changes, runs),
    paper: besides(paper.figures, runs, config),
    counted: protocol === null
      ? countedRun
      : await countRow({ model: protocol.model, ...formOf(protocol) }),
    countedRun,
    top1: over(runs, ({ figures }) => figures?.top1 ?? null),
    top5: over(runs, ({ figures }) => tellingTop5(figures)),
    secondsPerImage: over(runs, speedOf(speedBatch, "banked")),
    exactSecondsPerImage: over(runs, speedOf(speedBatch, "per-image")),
    secondsPerSingleImage: over(runs, speedOf(1, "banked")),
    exactSecondsPerSingleImage: over(runs, speedOf(1, "per-image")),
    runs,
  };
}
