import { resolve } from "node:path";
import { type ConfigOverride, findKey } from "../configuration/config_words.ts";
import { UsageError } from "../errors.ts";
import { runFolderName } from "../paper/run_identity.ts";
import { RandomStream } from "../randomness/random_stream.ts";
import { shuffledIndices } from "../randomness/shuffled_indices.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import type { Setting, SweepRow } from "./sweep_plan.ts";

/** A key of the configuration and the values that it takes. */
export interface Axis {
  /** Path of the key. */
  readonly path: string;
  /** Its values, at least one. */
  readonly values: readonly Setting[];
}

/** What `planGrid` plans. */
export interface PlanGridOptions {
  /** Name that the run folders begin with. */
  readonly name: string;
  /** The configuration of a seed with settings that win. */
  readonly configOf: (seed: number, settings: readonly ConfigOverride[]) => ExperimentConfig;
  /** The grid; empty for one setting. */
  readonly axes: readonly Axis[];
  /** Seeds of every setting, at least one. */
  readonly seeds: readonly number[];
  /**
   * Draws so many settings of the grid instead of taking all.
   *
   * @default all
   */
  readonly random?: number;
}

/** Most settings of a grid that some are drawn from. */
const MAX_SETTINGS = 1e6;

/** Most trainings of one plan. */
const MAX_ROWS = 100_000;

/** The settings of the grid, by number: the last axis changes fastest. */
function settingsAt(axes: readonly Axis[], number: number): Record<string, Setting> {
  const settings: [string, Setting][] = [];
  let rest = number;
  for (const { path, values } of axes.toReversed()) {
    settings.unshift([path, values[rest % values.length]!]);
    rest = Math.floor(rest / values.length);
  }
  return Object.fromEntries(settings);
}

/** Numbers of the settings that are taken, in the grid's order. The draw is the same for every call. */
function takenSettings(total: number, random: number | undefined): number[] {
  if (random === undefined || random >= total) {
    return Array.from({ length: total }, (_, number) => number);
  }
  return [...shuffledIndices(total, new RandomStream(1, "sweep"))].slice(0, random)
    .sort((one, other) => one - other);
}

/**
 * Writes settings as what wins over a base.
 *
 * @param settings Those of a row.
 * @returns One override per key.
 */
export function overridesOf(settings: SweepRow["settings"]): ConfigOverride[] {
  return Object.entries(settings).map(([path, value]) => ({ path, value, from: `--set ${path}` }));
}

/**
 * Plans a training for every setting of a grid and every seed.
 *
 * @param options Base, grid, seeds.
 * @returns The rows: settings in the order of the grid, the seeds of each together.
 * @throws {UsageError} if a key is swept twice, or names no difference of a run (`backend`), a value does not fit, or there are too many rows.
 */
export function planGrid(options: PlanGridOptions): SweepRow[] {
  const { name, configOf, seeds, random } = options;
  // 1e-3 and 0.001 are one value.
  const axes = options.axes.map(({ path, values }) => ({ path, values: [...new Set(values)] }));
  const place = axes.find(({ path, values }) => values.length > 1 && findKey(path)?.isPlace);
  if (place !== undefined) {
    throw new UsageError(
      `Cannot sweep ${place.path}: trainings that differ in it alone are one run, since it says where and how they are ` +
        "computed; plan a sweep in a folder of its own for each value",
    );
  }
  const paths = axes.map(({ path }) => path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) {
    throw new UsageError(`Cannot sweep ${twice} twice: give all its values in one --set`);
  }
  const total = axes.reduce((product, { values }) => product * values.length, 1);
  const count = Math.min(total, random ?? Infinity) * seeds.length;
  if (!(count <= MAX_ROWS)) {
    const draw = random === undefined ? "draw some" : "draw fewer";
    throw new UsageError(
      `Cannot plan ${count} trainings: a plan has at most ${MAX_ROWS}; take fewer values, or ${draw} with --random`,
    );
  }
  if (total > MAX_SETTINGS) {
    throw new UsageError(
      `Cannot draw from ${total} settings: a grid that some are drawn from has at most ${MAX_SETTINGS}; take fewer values`,
    );
  }
  return takenSettings(total, random).flatMap((number) => {
    const settings = settingsAt(axes, number);
    const overrides = overridesOf(settings);
    return seeds.map((seed) => rowOf(configOf(seed, overrides), { name, settings }));
  });
}

/** A row, with the place of its images as every node finds it. */
function rowOf(
  complete: ExperimentConfig,
  { name, settings }: Pick<SweepRow, "name" | "settings">,
): SweepRow {
  const config = withAbsoluteData(complete);
  return { name: runFolderName(name, config), settings, config };
}

/**
 * Names the folder of the images so that it means the same wherever a task starts.
 *
 * @param config A configuration.
 * @returns The same with an absolute path.
 */
export function withAbsoluteData(config: ExperimentConfig): ExperimentConfig {
  return { ...config, data: { ...config.data, directory: resolve(config.data.directory) } };
}
