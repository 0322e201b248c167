import {
  Argument,
  Command,
  type CommandUnknownOpts,
  InvalidArgumentError,
  Option,
} from "@commander-js/extra-typings";
import { writeFileAtomically } from "../lib/checkpoints/atomic_write.ts";
import { BackendError, DivergenceError, UsageError } from "../lib/errors.ts";
import type { ActiveBackend } from "../lib/backends/backend.ts";
import type { Comparison, MachineConditions } from "../lib/experiments/comparison/comparison.ts";
import type { ComparisonOutcome } from "../lib/experiments/comparison/run_comparison.ts";
import type { PlannedRun } from "../lib/experiments/comparison/plan_rows.ts";
import type { RunWatcher } from "../lib/experiments/comparison/run_row.ts";
import type { Provenance } from "../lib/experiments/run_types.ts";
import { COMPARISON_FORMATS, type ComparisonFormat, formatComparison } from "./comparison_text.ts";
import { PRESET_NAMES } from "../lib/experiments/presets/preset_names.ts";
import {
  addOverrideOptions,
  type CompareOverrideOptions,
  compareOverrides,
} from "./compare_overrides.ts";
import { showDocument } from "./document_output.ts";
import { InterruptedError, type StopSignal } from "./exit_codes.ts";
import { createOutput, type Output } from "./output.ts";
import { PROGRAM } from "./program_name.ts";
import { createProgress, type Progress } from "./progress.ts";
import { collectProvenance } from "./provenance.ts";
import {
  addHelpSections,
  backendOption,
  debugOption,
  jsonOption,
  quietOption,
  type TalkOptions,
  wholeNumber,
} from "./shared_options.ts";
import { startBackend } from "./start_backend.ts";
import { withStopSignals } from "./stop_signals.ts";
import { showTraining } from "./training_display.ts";

/** Options of `compare`. */
interface CompareOptions extends CompareOverrideOptions, TalkOptions {
  readonly table?: number | undefined;
  readonly smoke?: true | undefined;
  readonly seeds: readonly number[];
  readonly runs: string;
  readonly only?: readonly string[] | undefined;
  readonly train: boolean;
  readonly speed: boolean;
  readonly format?: ComparisonFormat | undefined;
  readonly output?: string | undefined;
  readonly force?: true | undefined;
}

/** Words of a list `1,2,3`. */
function splitList(text: string): string[] {
  return text.split(",").map((word) => word.trim()).filter((word) => word !== "");
}

function readSeeds(text: string): number[] {
  const read = wholeNumber(0, 2 ** 32 - 1);
  const seeds = splitList(text).map(read);
  if (seeds.length > 0 && new Set(seeds).size === seeds.length) return seeds;
  throw new InvalidArgumentError("It must be different whole numbers, for example 1,2,3.");
}

/** What only the options together can tell. */
function checkOptions(runs: readonly string[], options: CompareOptions): void {
  if ((options.table === undefined) === (runs.length === 0)) {
    throw new UsageError(
      `Cannot compare: give either --table 1..6 or run folders, for example "${PROGRAM} compare --table 5 --smoke"`,
    );
  }
  // Where the images are and what computes changes no run.
  const given = compareOverrides({ ...options, data: undefined, backend: undefined })[0];
  if (runs.length > 0 && (options.smoke || options.only || given)) {
    const name = options.smoke ? "--smoke" : options.only ? "--only" : given!.from;
    throw new UsageError(`Cannot use ${name} with run folders: they are taken as they are`);
  }
}

/** Found out before hours of training, not after. */
async function checkOutput({ output, force }: CompareOptions): Promise<void> {
  if (output === undefined || force) return;
  try {
    await Deno.lstat(output);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new UsageError(`Cannot write ${output}: it exists; name another file, or give --force`);
}

function conditionsOf(
  backend: ActiveBackend,
  { versions, machine }: Provenance,
): MachineConditions {
  return { backend: backend.description, device: backend.device, machine, versions };
}

/** Shows what happens to the runs; `next` begins another one. */
function watchRuns(
  progress: Progress,
  output: Output,
): { readonly watcher: RunWatcher; readonly next: (run: PlannedRun, text: string) => void } {
  const warn = (text: string) => output.warn(text);
  let show: ReturnType<typeof showTraining> | null = null;
  return {
    next: ({ config }, text) => {
      progress.note(text);
      show = showTraining(progress, { training: config.training, warn });
    },
    watcher: {
      training: (event) => show?.(event),
      phase: (text) => progress.note(`  ${text}`),
      evaluation: (done, total) => progress.update({ done, total, text: "test images" }),
      warn,
    },
  };
}

/** Everything that the comparison of a table and that of run folders share. */
interface Session {
  readonly options: CompareOptions;
  readonly provenance: Provenance;
  readonly conditions: MachineConditions;
  readonly progress: Progress;
  readonly output: Output;
  readonly signal: AbortSignal;
}

async function compareTable(session: Session): Promise<ComparisonOutcome> {
  const { options, provenance, conditions, progress, output, signal } = session;
  const { runComparison } = await import("../lib/experiments/comparison/run_comparison.ts");
  const { watcher, next } = watchRuns(progress, output);
  return await runComparison({
    table: options.table!,
    seeds: options.seeds,
    smoke: options.smoke === true,
    runsDirectory: options.runs,
    only: options.only ?? [],
    overrides: compareOverrides(options),
    train: options.train,
    measureSpeed: options.speed,
    ...{ provenance, conditions, signal, watcher },
    onRun: (run, { name, done, total }) =>
      next(run, `run ${done + 1} of ${total}: ${name}, seed ${run.config.training.seed}`),
  });
}

async function compareFolders(
  runs: readonly string[],
  session: Session,
): Promise<ComparisonOutcome> {
  const { options, provenance, conditions, progress, output, signal } = session;
  const { compareRuns } = await import("../lib/experiments/comparison/compare_runs.ts");
  const { watcher } = watchRuns(progress, output);
  const comparison = await compareRuns(runs, {
    ...{ provenance, conditions, signal, watcher },
    measureSpeed: options.speed,
    ...(options.data === undefined ? {} : { dataDirectory: options.data }),
    onRun: (run, { done, total }) => progress.note(`run ${done + 1} of ${total}: ${run}`),
  });
  return { comparison, isInterrupted: false };
}

async function print(
  comparison: Comparison,
  options: CompareOptions,
  output: Output,
): Promise<void> {
  const format = options.json ? "json" : options.format ?? "text";
  const text = formatComparison(comparison, format);
  if (options.output === undefined) return showDocument(text, output);
  await writeFileAtomically(options.output, `${text}\n`);
  output.talk(`written: ${options.output}`);
}

/** Rows without a result for want of memory are shown first; the exit code then says that they have none. */
function refuseFailure({ rows }: Comparison): void {
  const failed = rows.flatMap(({ runs }) => runs.filter(({ state }) => state === "failed"));
  if (failed.length === 0) return;
  throw new BackendError(
    `Memory came to its end in ${failed.map(({ runDirectory }) => runDirectory).join(", ")}; the ` +
      `other rows stand: take --backend tensorflow, or a machine with more memory, and run the command again`,
  );
}

/** Rows that diverged are shown first; the exit code then says that they are no result. */
function refuseDivergence({ rows }: Comparison): void {
  const diverged = rows.flatMap(({ runs }) => runs.filter(({ state }) => state === "diverged"));
  if (diverged.length === 0) return;
  throw new DivergenceError(
    `Training diverged in ${
      diverged.map(({ runDirectory }) => runDirectory).join(", ")
    }: the loss or the ` +
      `gradient stopped being finite; the other rows stand`,
  );
}

async function compare(runs: readonly string[], options: CompareOptions): Promise<void> {
  const startedAt = new Date();
  checkOptions(runs, options);
  await checkOutput(options);
  const output = createOutput(options);
  const backend = await startBackend(options.backend ?? "auto", output);
  const provenance = collectProvenance({ argv: Deno.args, startedAt, backend });
  const conditions = conditionsOf(backend, provenance);
  const progress = createProgress({ quiet: output.quiet });
  const parts = { options, provenance, conditions, progress, output };
  try {
    const { result, signal } = await withStopSignals(
      (signal) =>
        runs.length > 0
          ? compareFolders(runs, { ...parts, signal })
          : compareTable({ ...parts, signal }),
      (signal) => progress.note(`${signal}: saving after this step; once more to leave at once`),
    );
    progress.end();
    if (result.isInterrupted) throw interruption(signal ?? "SIGTERM");
    await print(result.comparison, options, output);
    refuseFailure(result.comparison);
    refuseDivergence(result.comparison);
  } finally {
    progress.end();
  }
}

function interruption(signal: StopSignal): InterruptedError {
  return new InterruptedError(
    signal,
    "Comparison was interrupted; what was trained is saved, and the same command goes on from there",
  );
}

/**
 * Makes the command `compare`.
 *
 * @returns The command, to be added to the program.
 */
export function compareCommand(): CommandUnknownOpts {
  const command = new Command("compare")
    .description(
      "Sets a table of the paper, or run folders, beside each other: accuracy, size, speed and multiply-adds with " +
        "the paper's printed figures. Of a table it trains what is missing, resumes what was interrupted and skips " +
        "what is done; a run that several tables need is made once.",
    )
    .addArgument(new Argument("[runs...]", "run folders to compare instead of a table"))
    .addOption(
      new Option("--table <number>", "table of the paper, 1..6").argParser(wholeNumber(1, 7)),
    )
    .addOption(new Option("--smoke", "a run of seconds for every row: no result, marked as such"))
    .addOption(
      new Option("--seeds <list>", "seeds of the runs, for example 1,2,3")
        .argParser(readSeeds).default([1], "1"),
    )
    .addOption(new Option("--runs <folder>", "folder of the runs").default("runs/tables"))
    .addOption(
      new Option("--only <presets>", "only rows of these presets, for example puppet-cnn,vgg")
        .argParser(splitList),
    )
    .addOption(new Option("--no-train", "show what is there, train nothing"))
    .addOption(new Option("--no-speed", "do not measure speed"))
    .addOption(
      new Option("--format <name>", "format of the result").choices(COMPARISON_FORMATS)
        .conflicts("json"),
    )
    .addOption(new Option("--output <file>", "write the result to a file"))
    .addOption(new Option("--force", "overwrite the file of --output"));
  addOverrideOptions(command);
  command
    .addOption(backendOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addOption(debugOption())
    .action((runs, options) => compare(runs as string[], options as unknown as CompareOptions));
  addHelpSections(command, [
    ["compare --table 5 --smoke", "see that Table 5 works, in a minute"],
    ["compare --table 1 --seeds 1,2,3", "repeat Table 1 over three seeds: days on a CPU"],
    ["compare --table 2 --only alexnet,puppet-alexnet", "two cells of Table 2"],
    ["compare --table 1 --no-train --format md", "what there is so far, for a document"],
    ["compare runs/first runs/second", "two runs of one's own"],
  ]);
  command.addHelpText("after", `\nPresets (--only, and train --preset):\n${presetLines()}`);
  return command;
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
