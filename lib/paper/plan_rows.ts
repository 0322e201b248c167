import { join } from "node:path";
import { isDatasetPresent } from "../datasets/dataset_present.ts";
import { UsageError } from "../errors.ts";
import { idleSettings } from "../configuration/idle_settings.ts";
import { nearestWord } from "../configuration/nearest_word.ts";
import { type PaperRow, type PaperTable, paperTables } from "./paper_results.ts";
import { parseConfig } from "../configuration/parse_config.ts";
import type { ConfigOverride } from "../configuration/config_words.ts";
import { protocolConfig } from "./preset.ts";
import type { Preset } from "./presets.ts";
import { presets } from "./presets.ts";
import { smokeConfig } from "./smoke_config.ts";
import { endOfRun } from "../runs/end_of_run.ts";
import { readRunConfig } from "../runs/run_config_file.ts";
import { readRunProgress } from "../runs/run_progress.ts";
import { isExported } from "../runs/exported_model.ts";
import { pathExists } from "../files/path_exists.ts";
import { runFolderName, runIdentity } from "./run_identity.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";

/** A run that a row needs. */
export interface PlannedRun {
  /** What is run. */
  readonly config: ExperimentConfig;
  /** Its folder; need not exist. */
  readonly runDirectory: string;
}

/** A row of a comparison before anything is run. */
export interface PlannedRow {
  /** Name, groups and printed figures. */
  readonly paper: PaperRow;
  /** The preset. */
  readonly preset: Preset;
  /** The protocol with the row's first seed. */
  readonly protocol: ExperimentConfig;
  /** Whether the smoke variant is run. */
  readonly smoke: boolean;
  /** One run for every seed. */
  readonly runs: readonly PlannedRun[];
}

/** What `planTable` plans. */
export interface PlanTableOptions {
  /** Number of the table, 1..6. */
  readonly table: number;
  /** Seeds, at least one, all different. */
  readonly seeds: readonly number[];
  /** Plans the smoke variants. */
  readonly smoke: boolean;
  /** Folder of the runs. */
  readonly runsDirectory: string;
  /** Names of presets to keep; empty keeps all rows. */
  readonly only: readonly string[];
  /** Values that win over the presets. */
  readonly overrides: readonly ConfigOverride[];
}

/**
 * Finds a table of the paper.
 *
 * @param number Its number.
 * @returns The table.
 * @throws {UsageError} if it is none of 1..6.
 */
export function findTable(number: number): PaperTable {
  const table = paperTables.find((known) => known.table === number);
  if (table !== undefined) return table;
  const numbers = paperTables.map((known) => known.table).join(", ");
  throw new UsageError(
    `Cannot compare table ${number}: compare knows tables ${numbers}; table 7 is counted by "param-scaling --table 7"`,
  );
}

/** The preset of a row of the paper; every row has one, which is a test. */
function presetOf(table: number, { row, variant }: PaperRow): Preset {
  return presets.find(({ places }) =>
    places.some((place) =>
      place.table === table && place.row === row && (place.variant ?? null) === variant
    )
  )!;
}

function checkOnly(only: readonly string[], names: readonly string[], table: number): void {
  const unknown = only.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const meant = nearestWord(unknown, names);
  const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
  throw new UsageError([
    `Cannot take only "${unknown}": table ${table} has no such preset${hint}`,
    `Its presets are ${names.join(", ")}`,
  ]);
}

/**
 * Runs by identity, so that one that was trained under another name is found again; a model that was exported from one only
 * where the run is not there.
 */
async function indexRuns(runsDirectory: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (!await pathExists(runsDirectory)) return found;
  const names: string[] = [];
  for await (const entry of Deno.readDir(runsDirectory)) {
    if (entry.isDirectory) names.push(entry.name);
  }
  const exported = new Map<string, string>();
  for (const name of names.sort()) {
    const directory = join(runsDirectory, name);
    if (!await pathExists(join(directory, "config.yaml"))) continue;
    try {
      const identity = runIdentity(await readRunConfig(directory));
      const index = await isExported(directory) ? exported : found;
      if (!index.has(identity)) index.set(identity, directory);
    } catch {
      // Another's damaged folder is no reason to stop; if it is one of ours, opening it says what is wrong.
    }
  }
  return new Map([...exported, ...found]);
}

/** A run with nothing left to train that is the row's but for bfloat16: it stands for the row, whose mark says so. */
async function findRounded(
  config: ExperimentConfig,
  known: ReadonlyMap<string, string>,
): Promise<PlannedRun | null> {
  const rounded: ExperimentConfig = { ...config, math: "bfloat16" };
  const runDirectory = known.get(runIdentity(rounded));
  if (runDirectory === undefined) return null;
  const end = await endOfRun(runDirectory, await readRunProgress(runDirectory));
  return end === null ? null : { config: rounded, runDirectory };
}

/**
 * Plans the runs that a table of the paper needs. Trains nothing and writes nothing.
 *
 * @param options Table, seeds, variant, folder, rows, overrides.
 * @returns The rows in the paper's order.
 * @throws {UsageError} if there is no such table or preset, or an override does not fit.
 */
export async function planTable(options: PlanTableOptions): Promise<PlannedRow[]> {
  const { table, seeds, smoke, runsDirectory, only, overrides } = options;
  const rows = findTable(table).rows.map((paper) => ({ paper, preset: presetOf(table, paper) }));
  checkOnly(only, rows.map(({ preset }) => preset.name), table);
  const known = await indexRuns(runsDirectory);
  const planned: PlannedRow[] = [];
  for (const { paper, preset } of rows) {
    if (only.length > 0 && !only.includes(preset.name)) continue;
    const runs: PlannedRun[] = [];
    for (const seed of seeds) {
      const config = changed(await baseConfig(preset, { seed, smoke, overrides }), overrides);
      const folder = join(runsDirectory, runFolderName(preset.name, config));
      const isThere = await pathExists(folder);
      const same = isThere ? folder : known.get(runIdentity(config));
      // Presets leave the math open; options may ask for one.
      const isOpen = same === undefined && overrides.every(({ path }) => path !== "math");
      const rounded = isOpen ? await findRounded(config, known) : null;
      runs.push(rounded ?? { config, runDirectory: same ?? folder });
    }
    planned.push({ paper, preset, protocol: protocolConfig(preset, seeds[0]!), smoke, runs });
  }
  return planned;
}

/** A base with the overrides that make a difference to it: others leave the row the run that it is without them. */
function changed(base: ExperimentConfig, overrides: readonly ConfigOverride[]): ExperimentConfig {
  const parse = (taken: readonly ConfigOverride[]) =>
    parseConfig("", { source: "the options", base, overrides: taken });
  const idle = new Set(idleSettings(parse(overrides)).map(({ path }) => path));
  return parse(overrides.filter(({ path }) => !idle.has(path)));
}

async function baseConfig(
  preset: Preset,
  options: {
    readonly seed: number;
    readonly smoke: boolean;
    readonly overrides: readonly ConfigOverride[];
  },
): Promise<ExperimentConfig> {
  const { seed, smoke, overrides } = options;
  const protocol = protocolConfig(preset, seed);
  if (!smoke) return protocol;
  const given = overrides.find(({ path }) => path === "data.directory")?.value;
  const directory = typeof given === "string" ? given : protocol.data.directory;
  const hasData = await isDatasetPresent({ dataset: protocol.data.dataset, directory });
  return smokeConfig(preset, { seed, hasData });
}
