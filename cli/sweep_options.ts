import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { addOverrideOptions, type CompareOverrideOptions } from "./compare_overrides.ts";
import type { DocumentOptions } from "./present.ts";
import { readDuration } from "./duration_option.ts";
import { refuseIdleOptions } from "./refuse_idle_options.ts";
import { readPresets, readSeeds, readTables } from "./list_options.ts";
import { type TalkOptions, wholeNumber } from "./shared_options.ts";

/** What runs the tasks of a sweep. */
const EXECUTORS = ["local", "slurm", "kubernetes"] as const;

/** One of them. */
export type ExecutorName = typeof EXECUTORS[number];

/** Options of an executor. */
export interface ExecutorOptions {
  readonly executor?: ExecutorName | undefined;
  readonly jobs?: number | undefined;
  readonly partition?: string | undefined;
  readonly account?: string | undefined;
  readonly time?: string | undefined;
  readonly cpus?: number | undefined;
  readonly mem?: string | undefined;
  readonly gres?: string | undefined;
  readonly arrayLimit?: number | undefined;
  readonly sbatch?: readonly string[] | undefined;
  readonly image?: string | undefined;
  readonly claim?: string | undefined;
  readonly dryRun?: true | undefined;
}

/** Heading of what an executor is told, in the help. */
export const EXECUTION_GROUP = "Execution:";

/** Heading of what a plan is made from, in the help. */
export const PLAN_GROUP = "Plan:";

/** Executors that look at an option; what is not listed is for all. */
const EXECUTORS_OF_OPTIONS: Readonly<Record<string, readonly ExecutorName[]>> = {
  "--jobs": ["local"],
  "--partition": ["slurm"],
  "--account": ["slurm"],
  "--time": ["slurm"],
  "--mem": ["slurm", "kubernetes"],
  "--gres": ["slurm", "kubernetes"],
  "--array-limit": ["slurm", "kubernetes"],
  "--sbatch": ["slurm"],
  "--image": ["kubernetes"],
  "--claim": ["kubernetes"],
};

/**
 * Refuses what is meant for another executor, or for one where none is named: the work would begin here, all the same.
 *
 * @param command The command, parsed.
 * @param executor What runs the trainings; `undefined` where they are not given to an executor.
 * @throws {UsageError} if there is such an option.
 */
export function refuseOtherExecutors(
  command: CommandUnknownOpts,
  executor: ExecutorName | undefined,
): void {
  const executorsOf = ({ long }: Option) => EXECUTORS_OF_OPTIONS[long!] ?? EXECUTORS;
  refuseIdleOptions(
    command,
    (option) =>
      option.helpGroupHeading === EXECUTION_GROUP && option.long !== "--executor" &&
      (executor === undefined || !executorsOf(option).includes(executor)),
    (option) =>
      executor === undefined
        ? `without --executor; name one of ${EXECUTORS.join(", ")}`
        : `with executor ${executor}: it is for ${executorsOf(option).join(" and ")}`,
  );
}

/** Options of `sweep`. */
export interface SweepOptions
  extends ExecutorOptions, CompareOverrideOptions, DocumentOptions, TalkOptions {
  readonly preset?: string | undefined;
  readonly config?: string | undefined;
  readonly table?: readonly number[] | undefined;
  readonly only?: readonly string[] | undefined;
  readonly smoke?: true | undefined;
  readonly seeds: readonly number[];
  readonly random?: number | undefined;
  readonly runs?: string | undefined;
  readonly saveEvery?: number | undefined;
  readonly retries?: number | undefined;
  readonly index?: number | undefined;
  readonly write?: true | undefined;
}

function collect(word: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), word];
}

function addPlanOptions(command: CommandUnknownOpts): void {
  const add = (option: Option) => command.addOption(option.helpGroup(PLAN_GROUP));
  add(new Option("--preset <name>", "what the grid starts from; compare --help lists them"));
  add(
    new Option("--config <file>", "start from a configuration file instead, - for stdin").conflicts(
      "preset",
    ),
  );
  add(
    new Option("--table <numbers>", "the runs of tables of the paper, 1..6 with commas, or all")
      .argParser(readTables).conflicts(["preset", "config"]),
  );
  add(new Option("--only <presets>", "with --table: only these presets").argParser(readPresets));
  add(new Option("--smoke", "with --table: its smoke variants, which are no results"));
  add(
    new Option("--seeds <list>", "seeds of every setting").argParser(readSeeds).default([1], "1"),
  );
  add(
    new Option("--random <count>", "draw this many settings from the grid instead of taking all")
      .argParser(wholeNumber(1)),
  );
  add(new Option("--runs <folder>", "folder of the runs (default: runs, in the sweep's folder)"));
  add(
    new Option(
      "--save-every <duration>",
      "save within an epoch too: what a killed task repeats at most (default: 10m, or the plan's)",
    )
      .argParser(readDuration),
  );
  add(
    new Option(
      "--retries <count>",
      "how often a lost row is tried again (default: 2, or the plan's)",
    )
      .argParser(wholeNumber(0, 1000)),
  );
}

/**
 * Adds what an executor is told.
 *
 * @param command Receives the options.
 */
export function addExecutorOptions(command: CommandUnknownOpts): void {
  const add = (option: Option) => command.addOption(option.helpGroup(EXECUTION_GROUP));
  add(new Option("--executor <name>", "what runs the trainings").choices(EXECUTORS));
  add(
    new Option("--jobs <count>", "local: trainings at a time (default: 1)")
      .argParser(wholeNumber(1, 1024)),
  );
  add(new Option("--partition <name>", "slurm: partition"));
  add(new Option("--account <name>", "slurm: account"));
  add(new Option("--time <limit>", "slurm: time limit of a task, in Slurm's words: 2:00:00"));
  add(
    new Option("--cpus <count>", "processor cores of a task (default: 1; local: a share of all)")
      .argParser(wholeNumber(1, 1024)),
  );
  add(new Option("--mem <size>", "memory of a task: 8G for Slurm, 8Gi for Kubernetes"));
  add(new Option("--gres <list>", "slurm, kubernetes: other resources of a task: gpu:1"));
  add(
    new Option("--array-limit <count>", "slurm, kubernetes: tasks at a time")
      .argParser(wholeNumber(1)),
  );
  add(
    new Option("--sbatch <argument>", "slurm: any argument of sbatch; may be repeated")
      .argParser(collect),
  );
  add(new Option("--image <name>", "kubernetes: image that has the program in it"));
  add(
    new Option(
      "--claim <name>",
      "kubernetes: claim of the volume that is the sweep's folder; images have to lie in it too",
    ),
  );
  add(new Option("--dry-run", "print what would be submitted, and submit nothing"));
}

/**
 * Adds the options of `sweep`.
 *
 * @param command Receives the options.
 */
export function addSweepOptions(command: CommandUnknownOpts): void {
  addPlanOptions(command);
  addOverrideOptions(command);
  addExecutorOptions(command);
  command
    .addOption(
      new Option("--index <number>", "task: number of the row").argParser(wholeNumber(0, 99_999)),
    )
    .addOption(new Option("--write", "results: write results.html, .md and .csv beside the plan"));
}
