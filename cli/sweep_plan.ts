import { basename, join } from "node:path";
import { UsageError } from "../lib/errors.ts";
import { parseConfig } from "../lib/configuration/parse_config.ts";
import { type ConfigOverride, findKey } from "../lib/configuration/config_words.ts";
import { planTable } from "../lib/paper/plan_rows.ts";
import { requireData } from "../lib/paper/run_comparison.ts";
import { findPreset, protocolConfig } from "../lib/paper/preset.ts";
import { type Axis, overridesOf, planGrid, withAbsoluteData } from "../lib/sweeps/plan_grid.ts";
import {
  nameOf,
  type Setting,
  type SweepRow,
  type SweptTables,
  type WantedPlan,
  writePlan,
  type WrittenPlan,
} from "../lib/sweeps/sweep_plan.ts";
import { compareOverrides } from "./compare_overrides.ts";
import { readSetting, refuseContradictions } from "./config_options.ts";
import { splitList } from "./list_options.ts";
import { readConfigFile } from "./training_request.ts";
import type { SweepOptions } from "./sweep_options.ts";

/** `training.learningRate=1e-3,3e-3`. */
function readAxis(word: string): Axis {
  const [path = "", ...rest] = word.split("=");
  const values = splitList(rest.join("="));
  if (path === "training.seed") {
    throw new UsageError("Cannot sweep training.seed: give the seeds with --seeds");
  }
  const words = values.length === 0 ? [""] : values;
  return {
    path,
    values: words.map((value) => readSetting(`${path}=${value}`).value as Setting),
  };
}

/** Settings of the grid: everything that `--set` was given. What has a single value holds for every row. */
function readAxes(options: SweepOptions): Axis[] {
  return (options.set ?? []).map(readAxis);
}

/** Options that win over the base of a grid, apart from the grid itself. */
function baseOverrides(options: SweepOptions): ConfigOverride[] {
  return compareOverrides({ ...options, set: undefined });
}

/** Run folders begin with the name of the file, in letters that such names may have. */
function nameOfFile(file: string): string {
  const letters = basename(file).replace(/\.\w+$/, "").replace(/[^A-Za-z0-9_.-]/g, "-");
  return letters.replace(/^[^A-Za-z0-9]+/, "").slice(0, 100) || "run";
}

/** Where rows are called by a key, no row may have a value of it that its name leaves out. */
function refuseUnnamed(overrides: readonly ConfigOverride[], { settings }: SweepRow): void {
  const hidden = overrides.find(({ path }) => Object.hasOwn(settings, path));
  if (hidden === undefined) return;
  const { path, value, from } = hidden;
  const option = from ?? path;
  throw new UsageError(
    `Cannot plan with ${option} ${value}: rows that are there are called by ${path}, and the new ones would not be; ` +
      `write --set ${path}=${value}`,
  );
}

async function planGridRows(
  options: SweepOptions,
): Promise<Required<Pick<WantedPlan, "rows" | "again">>> {
  const overrides = baseOverrides(options);
  const axes = readAxes(options);
  for (const { path, values } of axes) {
    const from = `--set ${path}`;
    refuseContradictions([...overrides, ...values.map((value) => ({ path, value, from }))].filter(
      (override) => override.path === path && overrides.some((base) => base.path === path),
    ));
  }
  const { preset, config: file } = options;
  const { text, source } = file === undefined
    ? { text: "", source: "the options" }
    : await readConfigFile(file);
  const found = preset === undefined ? null : findPreset(preset);
  const configOf = (seed: number, settings: readonly ConfigOverride[]) =>
    parseConfig(text, {
      ...{ source, overrides: [...overrides, { path: "training.seed", value: seed }, ...settings] },
      ...found === null ? {} : { base: protocolConfig(found, seed) },
    });
  const name = preset ?? (file === undefined ? "run" : nameOfFile(file));
  const rows = planGrid({
    ...{ name, configOf, axes, seeds: options.seeds },
    ...options.random === undefined ? {} : { random: options.random },
  });
  const unnamed = overrides.filter(({ path }) =>
    !findKey(path)?.isPlace && !axes.some((axis) => axis.path === path)
  );
  const again = (row: SweepRow) => {
    // Rows of another preset or file have its name where they are shown.
    if (nameOf(row.name) !== name) return null;
    refuseUnnamed(unnamed, row);
    return configOf(row.config.training.seed, overridesOf(row.settings));
  };
  return { rows, again };
}

async function planTableRows(
  options: SweepOptions & { readonly table: readonly number[] },
  runs: string,
): Promise<SweepRow[]> {
  const rows = new Map<string, SweepRow>();
  for (const table of options.table) {
    const plan = {
      ...{ table, seeds: options.seeds, smoke: options.smoke === true, runsDirectory: runs },
      ...{ only: options.only ?? [], overrides: compareOverrides(options) },
    };
    await requireData({ ...plan, train: true, measureSpeed: false });
    for (const { runs: planned } of await planTable(plan)) {
      for (const { config, runDirectory } of planned) {
        const name = basename(runDirectory);
        // A run that several tables need is one row.
        rows.set(name, { name, settings: {}, config: withAbsoluteData(config) });
      }
    }
  }
  return [...rows.values()];
}

/** What the comparison of the tables has to be told to find these runs, and their images, from anywhere. */
function sweptTables(
  options: SweepOptions & { readonly table: readonly number[] },
  [first]: readonly SweepRow[],
): SweptTables {
  const { table, seeds, smoke = false, only = [] } = options;
  const images = { path: "data.directory", value: first!.config.data.directory };
  const changes = compareOverrides(options).filter(({ path }) => path !== images.path)
    .map(({ path, value }) => ({ path, value: value as Setting }));
  return { tables: table, seeds, smoke, only, overrides: [...changes, images] };
}

/** What only the options together can tell. */
function checkPlanOptions(options: SweepOptions): void {
  const { table, only, smoke, random, set } = options;
  if (table === undefined && (only !== undefined || smoke)) {
    throw new UsageError(
      "Cannot use --only or --smoke without --table: they choose among its runs",
    );
  }
  if (table !== undefined && random !== undefined) {
    throw new UsageError("Cannot use --random with --table: its runs are given");
  }
  if (
    table === undefined && set === undefined && options.preset === undefined &&
    options.config === undefined
  ) {
    throw new UsageError(
      "Cannot plan a sweep of nothing: give --preset or --config, with --set path=value,value, or --table",
    );
  }
}

/**
 * Plans a sweep as the options say, and writes the plan.
 *
 * @param folder Folder of the sweep.
 * @param options What the parser found.
 * @returns The plan as it stands now.
 * @throws {UsageError} if the options contradict each other, or a value does not fit.
 */
export async function planSweep(folder: string, options: SweepOptions): Promise<WrittenPlan> {
  checkPlanOptions(options);
  const runs = options.runs ?? join(folder, "runs");
  const { table, saveEvery, retries } = options;
  const plan = { kind: "sweep-plan", version: 1, runs, saveEvery, retries } as const;
  if (table === undefined) {
    return await writePlan(folder, { ...plan, tables: null, ...await planGridRows(options) });
  }
  const rows = await planTableRows({ ...options, table }, runs);
  return await writePlan(folder, {
    ...{ ...plan, rows },
    tables: sweptTables({ ...options, table }, rows),
  });
}
