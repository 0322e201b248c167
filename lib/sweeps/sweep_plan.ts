import { basename, join, relative, resolve } from "node:path";
import { z } from "zod";
import { findKey } from "../configuration/config_words.ts";
import { parseConfig } from "../configuration/parse_config.ts";
import { CheckpointError } from "../errors.ts";
import { pathExists } from "../files/path_exists.ts";
import { describePathFailure } from "../files/path_failure.ts";
import { writeFileAtomically } from "../files/atomic_write.ts";
import { protocolChanges, settingIdentity } from "../paper/run_identity.ts";
import { readBoundedText } from "../read_bounded.ts";
import { quoteWord } from "../safe_text.ts";
import { ATTEMPTS_FOLDER } from "./attempts.ts";
import { type ProcessLock, waitForLock } from "./process_lock.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";

/** Name of the plan in its folder. */
export const PLAN_FILE = "plan.json";

/** Value of a key of the configuration. */
export type Setting = string | number | boolean | null;

/** One training of a sweep. Its number is its place in the plan, for ever. */
export interface SweepRow {
  /** Name of its run folder. */
  readonly name: string;
  /** What distinguishes it from the other rows, apart from the seed: path of a key -> value. */
  readonly settings: Readonly<Record<string, Setting>>;
  /** Complete configuration. */
  readonly config: ExperimentConfig;
}

/** Tables of the paper whose runs a sweep makes. */
export interface SweptTables {
  /** Their numbers, 1..6. */
  readonly tables: readonly number[];
  /** Seeds of every row. */
  readonly seeds: readonly number[];
  /** Whether the smoke variants are run. */
  readonly smoke: boolean;
  /** Presets that the tables are narrowed to; empty for all. */
  readonly only: readonly string[];
  /** What wins over the presets, and where the images are; without it the comparison would look for other runs. */
  readonly overrides: readonly { readonly path: string; readonly value: Setting }[];
}

/** Trainings that belong together, numbered. */
export interface SweepPlan {
  /** Kind of the document. */
  readonly kind: "sweep-plan";
  /** Version of its form. */
  readonly version: 1;
  /** Folder of the run folders, relative to that of the plan. */
  readonly runs: string;
  /** Seconds after which a training is saved within an epoch: what a killed one repeats at most. */
  readonly saveEvery: number;
  /** Times that a row is tried again that was lost or failed for a reason that may pass. */
  readonly retries: number;
  /** The tables that the rows come from; `null` for a grid. */
  readonly tables: SweptTables | null;
  /** The trainings. */
  readonly rows: readonly SweepRow[];
}

/** Bounds of a plan that somebody else may have made; a row takes 2 kB. */
const BOUNDS = { maxBytes: 256e6, refusal: CheckpointError };

/** One part of a path: a run of a table may stand in a folder that somebody has named. */
const name = z.string().min(1).max(255)
  .refine((text) => basename(text) === text && ![".", ".."].includes(text) && !text.includes("\0"));
const whole = z.int().min(0).max(2 ** 32 - 1);
const setting = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const planSchema = z.object({
  kind: z.literal("sweep-plan"),
  version: z.literal(1),
  runs: z.string().min(1).max(4096),
  saveEvery: z.number().positive().max(1e7),
  retries: z.int().min(0).max(1000),
  tables: z.object({
    tables: z.array(z.int().min(1).max(6)).min(1).max(6),
    seeds: z.array(whole).min(1).max(1000),
    smoke: z.boolean(),
    only: z.array(z.string()).default([]),
    overrides: z.array(z.object({ path: z.string(), value: setting })).default([]),
  }).nullable(),
  rows: z.array(z.object({
    name,
    settings: z.record(z.string(), setting),
    config: z.looseObject({}),
  })).min(1).max(100_000),
});

/**
 * Run folder of a row.
 *
 * @param folder Folder of the plan.
 * @param plan The plan.
 * @param row One of its rows.
 * @returns The path.
 */
export function runDirectoryOf(
  folder: string,
  plan: Pick<SweepPlan, "runs">,
  row: SweepRow,
): string {
  return join(folder, plan.runs, row.name);
}

/**
 * What rows of one setting share: everything of their names but seed and identity.
 *
 * @param row A row of a plan.
 * @returns A key.
 */
export function settingKey({ name, settings }: Pick<SweepRow, "name" | "settings">): string {
  // A grid that is planned again may name its keys in another order.
  return JSON.stringify([nameOf(name), Object.entries(settings).sort()]);
}

/**
 * What rows of one preset share in the names of their run folders.
 *
 * @param runName Name of a run folder: `alexnet-seed1-0123456789`.
 * @returns The part before seed and identity: `alexnet`.
 */
export function nameOf(runName: string): string {
  return runName.replace(/-seed\d+-[0-9a-f]+$/, "");
}

/**
 * Reads the plan in a folder.
 *
 * @param folder Folder of the plan.
 * @returns The plan; every configuration in it was checked.
 * @throws {CheckpointError} if there is none, or it is damaged.
 */
export async function readPlan(folder: string): Promise<SweepPlan> {
  const path = join(folder, PLAN_FILE);
  let content: unknown;
  try {
    content = JSON.parse(await readBoundedText(path, BOUNDS));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      throw new CheckpointError(
        `Cannot open sweep ${folder}: ${path} does not exist; make one, for example with "sweep plan ${
          quoteWord(folder)
        } --preset puppet-cnn --seeds 1,2,3"`,
        { cause: error },
      );
    }
    if (!(error instanceof SyntaxError)) throw error;
    throw new CheckpointError(`Cannot open sweep ${folder}: ${path} is not JSON`);
  }
  const { data, error } = planSchema.safeParse(content);
  if (data === undefined) {
    const [issue] = error.issues;
    throw new CheckpointError(
      `Cannot open sweep ${folder}: ${path} must have the form in which plans are written, ` +
        `"${issue?.path.join(".").slice(0, 80)}" has not; make the plan again`,
    );
  }
  const rows = data.rows.map((row, index) => ({
    ...row,
    config: parseConfig(JSON.stringify(row.config), { source: `row ${index} of ${path}` }),
  }));
  return { ...data, rows };
}

/** What `writePlan` did. */
export interface WrittenPlan {
  /** The plan as it stands now. */
  readonly plan: SweepPlan;
  /** Rows that were there before. */
  readonly kept: number;
  /** Rows that came to them. */
  readonly added: number;
}

/** What of the overrides decides which runs are meant. */
function changesOf({ smoke, overrides }: SweptTables): string {
  const changes = overrides.filter(({ path }) => !findKey(path)?.isPlace);
  return JSON.stringify([smoke, changes.map(({ path, value }) => [path, value]).sort()]);
}

function union<Value>(one: readonly Value[], other: readonly Value[]): Value[] {
  return [...new Set([...one, ...other])];
}

/** The tables of rows that were planned at two times: one comparison has to find the runs of both. */
function joinTables(
  folder: string,
  before: SweptTables | null,
  wanted: SweptTables | null,
): SweptTables | null {
  if (before === null && wanted === null) return null;
  if (before === null || wanted === null || changesOf(before) !== changesOf(wanted)) {
    const kind = before === null ? "a grid" : "tables of the paper";
    const problem = before === null || wanted === null
      ? `its sweep is of ${kind}`
      : "its tables were planned with other changes of the protocol";
    throw new CheckpointError(
      `Cannot plan in ${folder}: ${problem}, and its results could not show both; name another folder`,
    );
  }
  return {
    ...wanted,
    tables: union(before.tables, wanted.tables).sort(),
    seeds: union(before.seeds, wanted.seeds),
    only: before.only.length === 0 || wanted.only.length === 0
      ? []
      : union(before.only, wanted.only),
  };
}

/** Rows are called by their settings: in all else they have to be alike, but for their seeds. */
function refuseOtherBase(
  folder: string,
  kept: readonly SweepRow[],
  { rows, again }: Pick<WantedPlan, "rows" | "again">,
) {
  const names = new Set(kept.map(({ name }) => name));
  if (rows.every(({ name }) => names.has(name))) return;
  const wanted = new Map(rows.map((row) => [settingKey(row), row.config]));
  for (const [key, before] of new Map(kept.map((row) => [settingKey(row), row]))) {
    const now = wanted.get(key) ?? again?.(before) ?? null;
    if (now === null || settingIdentity(before.config) === settingIdentity(now)) continue;
    const changes = protocolChanges(before.config, now)
      .map(({ path, protocol, run }) => `${path} is ${run} instead of ${protocol}`);
    throw new CheckpointError(
      `Cannot plan in ${folder}: its rows were planned with other options (${
        changes.join(", ") || "another configuration"
      }), and its results would set both beside each other as if their settings were all that differs; name another ` +
        "folder, or repeat those options and give new values with --set",
    );
  }
}

/** A folder of images has no name: a run that was made with it says nothing of another. */
async function refuseOtherImages(
  { folder, plan }: { readonly folder: string; readonly plan: Pick<SweepPlan, "runs"> },
  { row, config }: { readonly row: SweepRow; readonly config: ExperimentConfig },
): Promise<void> {
  const { dataset, directory } = row.config.data;
  if (dataset !== "folder" || resolve(directory) === resolve(config.data.directory)) return;
  const run = runDirectoryOf(folder, plan, row);
  // Images that are no longer where they were have been moved.
  if (!await pathExists(run) || !await pathExists(directory)) return;
  throw new CheckpointError(
    `Cannot plan in ${folder}: run ${run} was made of the images in ${directory}, and not of those in ${config.data.directory}; ` +
      "name another folder, or move the runs away",
  );
}

/** A plan that is to be written. */
export interface WantedPlan extends Omit<SweepPlan, "saveEvery" | "retries"> {
  /** As of a plan; by default that of the plan which is there, or {@linkcode PLAN_DEFAULTS}'. */
  readonly saveEvery?: number | undefined;
  /** As of a plan; by default that of the plan which is there, or {@linkcode PLAN_DEFAULTS}'. */
  readonly retries?: number | undefined;
  /**
   * What a row that is there would be if it were planned now; `null` if nobody can say.
   *
   * @default rows of the same settings are compared
   */
  readonly again?: (row: SweepRow) => ExperimentConfig | null;
}

/** What a plan says where nothing else was asked for. */
export const PLAN_DEFAULTS = { saveEvery: 600, retries: 2 } as const;

/**
 * Writes a plan. One that is there keeps its rows and their numbers; rows that it does not have come behind them. A row
 * that is planned again computes the same, with the place of the images and the backend that are named now.
 *
 * @param folder Folder of the plan; made if it is not there.
 * @param wanted The plan; `runs` as seen from the current folder.
 * @returns The plan as it stands now.
 * @throws {CheckpointError} if the plan that is there has other runs, is of another kind, was made with other changes of the
 * protocol, from another base, or of other images; if the folder cannot be made.
 */
export async function writePlan(folder: string, wanted: WantedPlan): Promise<WrittenPlan> {
  const path = join(folder, PLAN_FILE);
  // The tree of plan and runs may be moved as a whole.
  const runs = relative(resolve(folder), resolve(wanted.runs)) || ".";
  using _lock = await lockFolder(folder);
  const before = await pathExists(path) ? await readPlan(folder) : null;
  if (before !== null && before.runs !== runs) {
    throw new CheckpointError(
      `Cannot plan in ${folder}: its sweep keeps its runs in ${before.runs}; name another folder, or take the same --runs`,
    );
  }
  const known = new Set(before?.rows.map(({ name }) => name));
  if (before?.tables === null && wanted.tables === null) {
    refuseOtherBase(folder, before.rows, wanted);
  }
  const { again: _, ...written } = wanted;
  const now = new Map(wanted.rows.map(({ name, config }) => [name, config]));
  const kept: SweepRow[] = [];
  for (const row of before?.rows ?? []) {
    const config = now.get(row.name) ?? row.config;
    await refuseOtherImages({ folder, plan: { runs } }, { row, config });
    kept.push({ ...row, config });
  }
  const added = wanted.rows.filter((row) => !known.has(row.name));
  const tables = before === null ? wanted.tables : joinTables(folder, before.tables, wanted.tables);
  const saveEvery = wanted.saveEvery ?? before?.saveEvery ?? PLAN_DEFAULTS.saveEvery;
  const retries = wanted.retries ?? before?.retries ?? PLAN_DEFAULTS.retries;
  const plan = { ...written, saveEvery, retries, runs, tables, rows: [...kept, ...added] };
  await writeFileAtomically(path, `${JSON.stringify(plan, null, 1)}\n`);
  return { plan, kept: known.size, added: added.length };
}

/** Makes the folder, and keeps others from planning in it at the same time: the rows of one of them would be lost. */
async function lockFolder(folder: string): Promise<ProcessLock> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    return await waitForLock(join(folder, ATTEMPTS_FOLDER, "plan.lock"));
  } catch (error) {
    const failure = describePathFailure(error);
    if (failure === null) throw error;
    throw new CheckpointError(`Cannot plan in ${folder}: ${failure}; name another folder`, {
      cause: error,
    });
  }
}
