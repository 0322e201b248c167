import { Argument, Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { UsageError } from "../lib/errors.ts";
import type { ActiveBackend } from "../lib/backends/backend.ts";
import type { Comparison } from "../lib/paper/comparison.ts";
import { durationCell } from "../lib/reports/cells.ts";
import type { MachineConditions } from "../lib/runs/machine_conditions.ts";
import type { PlanTableOptions } from "../lib/paper/plan_rows.ts";
import type { ComparisonOutcome } from "../lib/paper/run_comparison.ts";
import type { ReportSource } from "../lib/reports/build_report.ts";
import type { Provenance } from "../lib/runs/run_types.ts";
import { PRESET_NAMES, presets } from "../lib/paper/presets.ts";
import {
  addOverrideOptions,
  CHANGES_GROUP,
  type CompareOverrideOptions,
  compareOverrides,
  computationOf,
} from "./compare_overrides.ts";
import { InterruptedError, type StopSignal } from "./exit_codes.ts";
import { readPresets, readSeeds, readTables } from "./list_options.ts";
import { requireRun } from "./find_run.ts";
import type { DocumentFormat } from "./document_format.ts";
import { createOutput, type Output, showBeforeEnd } from "./output.ts";
import { PROGRAM } from "./program_name.ts";
import { addDocumentOptions, type DocumentOptions, planDocument, present } from "./present.ts";
import { createProgress, type Progress } from "./progress.ts";
import { collectProvenance } from "../lib/runs/collect_provenance.ts";
import { refuseIdleOptions } from "./refuse_idle_options.ts";
import { requireFinishedRuns } from "./require_finished_runs.ts";
import { RUNS_FOLDER, withRunsFolder } from "./runs_folder.ts";
import {
  addHelpSections,
  backendOption,
  debugOption,
  mathOption,
  quietOption,
  type TalkOptions,
  threadsOption,
} from "./shared_options.ts";
import { addExecutorOptions, type ExecutorOptions, refuseOtherExecutors } from "./sweep_options.ts";
import { startBackend } from "./start_backend.ts";
import { withStopSignals } from "./stop_signals.ts";
import { watchRuns } from "./watch_runs.ts";

/** Options of `compare`. */
interface CompareOptions
  extends CompareOverrideOptions, ExecutorOptions, TalkOptions, DocumentOptions {
  readonly table?: readonly number[] | undefined;
  readonly smoke?: true | undefined;
  readonly seeds: readonly number[];
  readonly runs?: string | undefined;
  readonly only?: readonly string[] | undefined;
  readonly train?: boolean | undefined;
  readonly speed: boolean;
  /** An executor has trained what is to be trained: the runs of tables with accuracies. */
  readonly areTrained?: true;
  readonly threads?: number | undefined;
}

/** Options that say which runs of a table there are, and that the missing ones are trained. */
const FOR_TABLES: readonly string[] = ["--smoke", "--only", "--seeds", "--runs", "--train"];

/** What only the options together can tell. */
function checkOptions(
  runs: readonly string[],
  options: CompareOptions,
  command: CommandUnknownOpts,
): void {
  if (options.only !== undefined && (options.table?.length ?? 0) > 1) {
    throw new UsageError("Cannot use --only with several tables: each has presets of its own");
  }
  if ((options.table === undefined) === (runs.length === 0)) {
    throw new UsageError(
      `Cannot compare: give either --table 1..6 or run folders, for example "${PROGRAM} compare --table 5 --smoke"`,
    );
  }
  if (runs.length === 0) return;
  refuseIdleOptions(
    command,
    ({ long, helpGroupHeading }) =>
      helpGroupHeading === CHANGES_GROUP || FOR_TABLES.includes(long!),
    "with run folders: they are taken as they are",
  );
}

function conditionsOf(
  backend: ActiveBackend,
  { versions, machine }: Provenance,
): MachineConditions {
  return { backend: backend.description, device: backend.device, machine, versions };
}

/** Everything that the comparison of tables and that of run folders share; `runs` is the folder of the runs. */
interface Session {
  readonly options: CompareOptions;
  readonly runs: string;
  readonly provenance: Provenance;
  readonly conditions: MachineConditions;
  readonly progress: Progress;
  readonly output: Output;
  readonly signal: AbortSignal;
}

interface Outcome {
  readonly comparisons: readonly Comparison[];
  readonly isInterrupted: boolean;
}

/** Says which options change no row, as `train` does. */
async function sayIdle(plans: readonly PlanTableOptions[], output: Output): Promise<void> {
  const { remarksOnIdleOptions } = await import("./idle_options.ts");
  const { planTable } = await import("../lib/paper/plan_rows.ts");
  const rows = (await Promise.all(plans.map(planTable))).flat();
  const [first, ...others] = rows.map(({ runs }) => runs[0]!.config);
  for (const remark of await remarksOnIdleOptions([first!, ...others], plans[0]!.overrides)) {
    output.talk(remark);
  }
}

async function compareTables(session: Session): Promise<Outcome> {
  const { options, runs, provenance, conditions, progress, output, signal } = session;
  const { hasAccuracy, requireData, runComparison } = await import(
    "../lib/paper/run_comparison.ts"
  );
  const { watcher, next } = watchRuns(progress, output);
  const planOf = (table: number) => ({
    table,
    seeds: options.seeds,
    smoke: options.smoke === true,
    runsDirectory: runs,
    only: options.only ?? [],
    overrides: compareOverrides(options),
    train: options.areTrained && hasAccuracy(table) ? false : options.train,
    measureSpeed: options.speed,
  });
  // Before the first table, not after days of training for it.
  for (const table of options.table!) await requireData(planOf(table));
  await sayIdle(options.table!.map(planOf), output);
  const comparisons: Comparison[] = [];
  for (const table of options.table!) {
    const at = options.table!.length === 1 ? "" : `table ${table}, `;
    const outcome: ComparisonOutcome = await runComparison({
      ...planOf(table),
      ...{ provenance, conditions, signal, watcher },
      onRun: (run, { name, done, total }) =>
        next(run, `${at}run ${done + 1} of ${total}: ${name}, seed ${run.config.training.seed}`),
    });
    if (outcome.isInterrupted) return { comparisons, isInterrupted: true };
    comparisons.push(outcome.comparison);
  }
  return { comparisons, isInterrupted: false };
}

async function compareFolders(
  runs: readonly string[],
  session: Session,
): Promise<Outcome> {
  const { options, provenance, conditions, progress, output, signal } = session;
  const { compareRuns } = await import("../lib/paper/compare_runs.ts");
  const { watcher } = watchRuns(progress, output);
  const { comparison, isInterrupted } = await compareRuns(runs, {
    ...{ provenance, conditions, signal, watcher },
    measureSpeed: options.speed,
    ...(options.data === undefined ? {} : { dataDirectory: options.data }),
    onRun: (run, { done, total }) => progress.note(`run ${done + 1} of ${total}: ${run}`),
  });
  return { comparisons: comparison.rows.length === 0 ? [] : [comparison], isInterrupted };
}

async function compare(
  folders: readonly string[],
  options: CompareOptions,
  command: CommandUnknownOpts,
): Promise<void> {
  checkOptions(folders, options, command);
  refuseOtherExecutors(command, options.executor);
  const format = await planDocument(options);
  const found = await Array.fromAsync(folders, (folder) => requireRun(folder));
  const { table, executor } = options;
  if (executor === undefined) {
    return await withRunsFolder(options, (runs) => compareIn(runs, found, { ...options, format }));
  }
  if (table === undefined) throw new UsageError("Cannot use --executor without --table");
  const { refuseForExecutor, sweepTables } = await import("./compare_sweep.ts");
  refuseForExecutor(command, executor);
  await sweepTables(
    { ...options, table },
    (runs) => compareIn(runs, found, { ...options, format, areTrained: true, runs }),
  );
}

async function compareIn(
  runs: string,
  folders: readonly string[],
  options: CompareOptions & { readonly format: DocumentFormat },
): Promise<void> {
  const [startedAt, begun] = [new Date(), performance.now()];
  const output = createOutput(options);
  const { name, math } = await computationOf(options);
  const backend = await startBackend(name, output, { threads: options.threads, math });
  const provenance = await collectProvenance({ argv: Deno.args, startedAt, backend });
  const conditions = conditionsOf(backend, provenance);
  const progress = createProgress({ quiet: output.quiet });
  const parts = { options, runs, provenance, conditions, progress, output };
  try {
    const { result, signal } = await withStopSignals(
      (signal) =>
        folders.length > 0
          ? compareFolders(folders, { ...parts, signal })
          : compareTables({ ...parts, signal }),
      (signal) => progress.note(`${signal}: stopping; Ctrl+C leaves at once`),
    );
    progress.end();
    const isKept = options.runs !== undefined || !options.smoke;
    // Tables that are done are shown, whatever became of the one after them.
    const show = async () => {
      const sources = result.comparisons.map((content): ReportSource => {
        const { table, title } = content;
        return { kind: "comparison", content, origin: table === null ? title : `table ${table}` };
      });
      if (sources.length > 0) await present(sources, { ...options, to: output });
    };
    await showBeforeEnd(show, () => {
      if (result.isInterrupted) throw interruption(signal ?? "SIGTERM", isKept);
      const seconds = (performance.now() - begun) / 1000;
      output.talk(
        `took ${durationCell(seconds).text}${isKept ? "" : "; the smoke runs were removed"}`,
      );
      requireFinishedRuns(result.comparisons);
    });
  } finally {
    progress.end();
  }
}

function interruption(signal: StopSignal, isKept: boolean): InterruptedError {
  return new InterruptedError(
    signal,
    "Comparison was interrupted; " +
      (isKept
        ? "what was trained and evaluated is saved, and the same command continues from there; networks that are only timed " +
          "are timed again"
        : "the smoke runs were removed"),
  );
}

function addTableOptions(command: CommandUnknownOpts): void {
  command
    .addOption(
      new Option("--table <numbers>", "tables of the paper, 1..6 with commas, or all")
        .argParser(readTables),
    )
    .addOption(new Option("--smoke", "a run of seconds for every row, marked as not a result"))
    .addOption(
      new Option("--seeds <list>", "seeds of the runs, for example 1,2,3")
        .argParser(readSeeds).default([1], "1"),
    )
    .addOption(
      new Option(
        "--runs <folder>",
        `folder of the runs (default: ${RUNS_FOLDER}; with --smoke and no executor one that is removed)`,
      ),
    )
    .addOption(
      new Option("--only <presets>", "only rows of these presets, for example puppet-cnn,vgg")
        .argParser(readPresets),
    )
    .addOption(new Option("--train", "train for Table 5 too, which has no accuracy"))
    .addOption(new Option("--no-train", "show what is there, train nothing"))
    .addOption(new Option("--no-speed", "do not measure speed"));
  addDocumentOptions(command, { hasPage: true });
}

/**
 * Makes the command `compare`.
 *
 * @returns The command, to be added to the program.
 */
export function compareCommand(): CommandUnknownOpts {
  const command = new Command("compare")
    .description(
      "Compares a table of the paper, or run folders, side by side: accuracy, size, speed and multiply-adds with " +
        "the paper's printed figures. Of a table it trains what is missing, resumes what was interrupted and skips " +
        "what is done; a run that several tables need is made once.",
    )
    .addArgument(new Argument("[runs...]", "run folders to compare instead of a table"));
  addTableOptions(command);
  addOverrideOptions(command);
  addExecutorOptions(command);
  command
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(mathOption())
    .addOption(quietOption())
    .addOption(debugOption())
    .action((runs, options, self) =>
      compare(runs as string[], options as unknown as CompareOptions, self)
    );
  addHelpSections(command, [
    [
      "compare --table 5 --report table5.html",
      "sizes, multiply-adds and speed: nothing is trained",
    ],
    ["compare --table all --smoke", "see that all tables work, in minutes"],
    ["compare --table 1 --seeds 1,2,3", "repeat Table 1 over three seeds: days on a CPU"],
    ["compare --table 2 --only alexnet,puppet-alexnet", "two cells of Table 2"],
    ["compare --table 1 --no-train --format md", "what there is so far, for a document"],
    ["compare runs/first runs/second", "two runs of your own"],
    [
      "compare --table 1 --seeds 1,2,3 --executor slurm --gres gpu:1",
      "the trainings as a job array",
    ],
  ]);
  command.addHelpText(
    "after",
    `\nPresets (--only, and train --preset; puppet-cnn-regularized is ours, in no table):\n${presetLines()}` +
      `\n\nWhat presets gave at full size, in the repository:\n${resultLines()}`,
  );
  return command;
}

/** Presets that have been trained at full size, with the evaluation of what they gave. */
function resultLines(): string {
  const found = presets.filter(({ result }) => result !== null);
  return found.map(({ name, result }) => `  ${name}: ${result}/evaluation.json`).join("\n");
}

/** The names in lines of the help's width. */
function presetLines(): string {
  const lines = [""];
  for (const name of PRESET_NAMES) {
    if (lines.at(-1)!.length + name.length > 76) lines.push("");
    lines[lines.length - 1] += `${lines.at(-1) === "" ? "  " : ", "}${name}`;
  }
  return lines.join("\n");
}
