import { Argument, Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { CheckpointError } from "../lib/errors.ts";
import { distinctPaths } from "../lib/files/distinct_paths.ts";
import { describePathFailure } from "../lib/files/path_failure.ts";
import type { MathType } from "../lib/backends/backend.ts";
import type { CheckpointChoice, EvaluationSummary } from "../lib/runs/run_types.ts";
import type { ReportSource } from "../lib/reports/build_report.ts";
import { findRun, requireRun } from "./find_run.ts";
import { type Failure, refuseFailures, workOnEach } from "./good_and_bad.ts";
import { createOutput, type Output, showBeforeEnd } from "./output.ts";
import { addDocumentOptions, type DocumentOptions, planDocument, present } from "./present.ts";
import { createProgress } from "./progress.ts";
import {
  addHelpSections,
  type BackendChoice,
  backendOption,
  checkpointOption,
  debugOption,
  mathOption,
  quietOption,
  type TalkOptions,
  threadsOption,
  wholeNumber,
} from "./shared_options.ts";
import { refuseIdleOptions } from "./refuse_idle_options.ts";
import { showWork } from "./show_work.ts";
import { startBackend } from "./start_backend.ts";

interface ReportOptions extends DocumentOptions, TalkOptions {
  readonly eval: boolean;
  readonly testImages?: number;
  readonly images: boolean;
  readonly data?: string;
  readonly checkpoint: CheckpointChoice;
  readonly backend?: BackendChoice;
  readonly threads?: number | undefined;
  readonly math?: MathType | undefined;
}

/** Options that make a difference without a run too: they are about the report itself. */
const OF_EVERY_REPORT = ["--format", "--json", "--output", "--force", "--quiet", "--debug"];

/** Folders are runs, files are documents. */
async function sortPaths(
  paths: readonly string[],
  attempt: ReturnType<typeof workOnEach>["attempt"],
) {
  const [runs, files]: [string[], string[]] = [[], []];
  const stat = (path: string) =>
    Deno.stat(path).catch((error: unknown) => {
      const failure = describePathFailure(error);
      if (failure === null) throw error;
      throw new CheckpointError(`Cannot report on ${path}: ${failure}`, { cause: error });
    });
  for (const path of paths) {
    const found = await attempt(path, () => stat(path));
    if (found !== null) (found.isDirectory ? runs : files).push(path);
  }
  return { runs, files };
}

type EvaluationSource = Extract<ReportSource, { readonly kind: "evaluation" }>;

/** Whether a folder holds the checkpoint that was evaluated, as far as the document and the folder can tell. */
async function isOfTraining(run: string, { content }: EvaluationSource): Promise<boolean> {
  const { checkpoint, manifestSha256 } = content;
  if (manifestSha256 === undefined) return true;
  const { digestManifest } = await import("../lib/runs/run_progress.ts");
  const found = await digestManifest(run, checkpoint);
  return found === null || found === manifestSha256;
}

/** Evaluations that belong to one of the runs, by run; the first one on test images of each. */
async function assignEvaluations(
  documents: readonly ReportSource[],
  runs: readonly string[],
  to: Output,
): Promise<Map<string, EvaluationSummary>> {
  const { resolve } = await import("node:path");
  const assigned = new Map<string, EvaluationSummary>();
  const { readRunConfig } = await import("../lib/runs/run_config_file.ts");
  const { hasOwnTrajectories } = await import("../lib/models/model_layers.ts");
  for (const run of runs) {
    const exact = hasOwnTrajectories((await readRunConfig(run)).model);
    // One depth for all images, or trajectories that the run does not have, are a document of its own.
    const fitting = documents.filter((source): source is EvaluationSource =>
      source.kind === "evaluation" && source.content.part === "test" &&
      source.content.depth === undefined && source.content.exact === exact &&
      resolve(source.content.runDirectory) === resolve(run)
    );
    for (const source of fitting) {
      if (await isOfTraining(run, source)) {
        assigned.set(run, source.content);
        break;
      }
      to.warn(
        `${source.origin} is of another training: the ${source.content.checkpoint} that ${run} holds now is not the ` +
          "one that was evaluated; shown by itself",
      );
    }
  }
  return assigned;
}

async function collectRun(
  runDirectory: string,
  evaluation: EvaluationSummary | null,
  options: ReportOptions & { readonly to: Output },
): Promise<ReportSource> {
  const { collectRunReport } = await import("../lib/reports/collect_run_report.ts");
  const { to } = options;
  const progress = createProgress({ quiet: to.quiet });
  try {
    const content = await collectRunReport({
      runDirectory,
      checkpoint: options.checkpoint,
      evaluation,
      evaluate: options.eval,
      testImages: options.testImages ?? null,
      pictures: options.images,
      ...options.data === undefined ? {} : { dataDirectory: options.data },
      warn: (text) => to.warn(text),
      report: showWork(progress, `evaluating ${runDirectory}`),
    });
    for (const text of content.missing) progress.note(`${runDirectory}: ${text}`);
    return { kind: "run-report", content, origin: runDirectory };
  } finally {
    progress.end();
  }
}

/** Everything that was asked for, in the order in which it was named. */
async function collectSources(
  paths: readonly string[],
  options: ReportOptions & { readonly to: Output; readonly command: CommandUnknownOpts },
): Promise<{ readonly sources: ReportSource[]; readonly failures: readonly Failure[] }> {
  const { attempt, failures } = workOnEach(paths);
  const { readReportSources } = await import("../lib/reports/read_report_sources.ts");
  const { runs, files } = await sortPaths(paths, attempt);
  if (runs.length === 0) {
    refuseIdleOptions(
      options.command,
      ({ long }) => !OF_EVERY_REPORT.includes(long!),
      "without a run: nothing is computed for documents; leave it out",
    );
  }
  const sources = new Map<string, readonly ReportSource[]>();
  const keep = (path: string, found: readonly ReportSource[] | null) =>
    sources.set(path, found ?? []);
  for (const file of files) keep(file, await attempt(file, () => readReportSources(file)));
  const readable: string[] = [];
  // Before a backend is started for nothing.
  for (const run of runs) if (await attempt(run, () => requireRun(run))) readable.push(run);
  if (readable.length > 0) await startBackend(options.backend ?? "auto", options.to, options);
  const evaluations = await assignEvaluations([...sources.values()].flat(), readable, options.to);
  if (runs.length > 0 && runs.every((run) => evaluations.has(run))) {
    refuseIdleOptions(
      options.command,
      ({ long }) => long === "--test-images",
      "with an evaluation of every run: no test image is evaluated again",
    );
  }
  for (const run of readable) {
    const evaluation = evaluations.get(run) ?? null;
    keep(run, await attempt(run, async () => [await collectRun(run, evaluation, options)]));
  }
  const used = new Set<unknown>(evaluations.values());
  const found = paths.flatMap((path) => sources.get(path) ?? [])
    .filter(({ content }) => !used.has(content));
  // Nothing is left to show.
  if (found.length === 0) refuseFailures(failures, { shown: false });
  return { sources: found, failures };
}

async function report(
  paths: readonly string[],
  options: ReportOptions,
  command: CommandUnknownOpts,
): Promise<void> {
  if (!options.eval) {
    refuseIdleOptions(
      command,
      ({ long }) => long === "--test-images",
      "with --no-eval: no test image is evaluated",
    );
  }
  const format = await planDocument(options);
  const to = createOutput(options);
  const found = await distinctPaths(await Promise.all(paths.map(findRun)));
  const { sources, failures } = await collectSources(found, { ...options, to, command });
  await showBeforeEnd(
    () => present(sources, { ...options, format, to }),
    () => refuseFailures(failures),
  );
}

/**
 * Makes the command `report`.
 *
 * @returns The command, to be added to the program.
 */
export function reportCommand(): CommandUnknownOpts {
  const command = new Command("report")
    .description(
      "Writes one HTML page about a run: curves, accuracy by level and class, trajectories, sizes, " +
        "conditions. Also of several runs, and of the JSON documents of other commands. The page " +
        "needs no network, and holds no script.",
    )
    .addArgument(
      new Argument(
        "<sources...>",
        "folders of runs; JSON files of eval, analyze-depth, param-scaling, compare, sweep results or report",
      ),
    );
  addDocumentOptions(command);
  command
    .addOption(checkpointOption())
    .addOption(new Option("--no-eval", "do not evaluate the test images"))
    .addOption(new Option("--no-images", "leave copies of test images out of the page"))
    .addOption(
      new Option("--test-images <count>", "evaluate only this many test images").argParser(
        wholeNumber(1),
      ),
    )
    .addOption(new Option("--data <folder>", "dataset or pictures by class, if not the run's"))
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(mathOption())
    .addOption(quietOption())
    .addOption(debugOption())
    .action((sources, options, self) => report(sources, options as unknown as ReportOptions, self));
  addHelpSections(command, [
    [
      "report runs/first --output report.html",
      "evaluates the best checkpoint, then writes the page",
    ],
    ["report runs/first --test-images 1000", "the same as text, from a thousand test images"],
    ["report runs/a runs/b --output both.html", "two runs side by side"],
    ["report table1.json depth.json --output paper.html", "documents that were made before"],
    ["report runs/first eval.json --format csv", "every figure on a line, with this evaluation"],
  ]);
  return command;
}
