import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { findKey } from "../lib/configuration/config_words.ts";
import { type PuppetError, UsageError } from "../lib/errors.ts";
import { readPlan } from "../lib/sweeps/sweep_plan.ts";
import { hasAccuracy } from "../lib/paper/run_comparison.ts";
import { compareOverrides } from "./compare_overrides.ts";
import { createOutput, showBeforeEnd } from "./output.ts";
import { RUNS_FOLDER } from "./runs_folder.ts";
import { planSweep } from "./sweep_plan.ts";
import { refuseIdleOptions } from "./refuse_idle_options.ts";
import { runSweep } from "./sweep_run.ts";
import { quoteWord } from "../lib/safe_text.ts";
import type { CompareOverrideOptions } from "./compare_overrides.ts";
import type { ExecutorName, SweepOptions } from "./sweep_options.ts";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { countOf } from "../lib/count_of.ts";

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 8);
}

/** Name of the sweep: other changes of the protocol are another sweep, since its results are one comparison. */
function nameOf(
  options: Pick<SweepOptions, "smoke" | "runs"> & CompareOverrideOptions & {
    readonly table: readonly number[];
  },
): string {
  const changes = compareOverrides(options).filter(({ path }) => !findKey(path)?.isPlace)
    .map(({ path, value }) => [path, value]).sort();
  const words = ["tables", ...options.table, ...options.smoke ? ["smoke"] : []];
  if (changes.length > 0) words.push(digest(changes));
  return words.join("-");
}

/** Options of the comparison itself, which is not made here where a batch system trains. */
const FOR_DOCUMENT = ["--format", "--output", "--report", "--force", "--threads"];

/**
 * Refuses what an executor's trainings do not look at.
 *
 * @param command The command, parsed.
 * @param executor What runs the trainings.
 * @throws {UsageError} if there is such an option; the message says where what it asks for comes from.
 */
export function refuseForExecutor(
  command: CommandUnknownOpts,
  executor: ExecutorName,
): void {
  refuseIdleOptions(
    command,
    (option) => option.long === "--no-train",
    "with --executor: an executor only trains; leave one of them out",
  );
  if (executor === "local") return;
  refuseIdleOptions(
    command,
    ({ long }) => FOR_DOCUMENT.includes(long!),
    executor === "slurm"
      ? "with executor slurm: a job of its own writes results.html, .md and .csv beside the plan"
      : `with executor kubernetes: "sweep results" shows the tables when the trainings are done`,
  );
}

/** Folder of the sweep. A plan keeps its runs in one place: with other --runs, and on Kubernetes, it is another plan. */
async function sweepFolder(
  options: Parameters<typeof nameOf>[0] & { readonly executor?: ExecutorName | undefined },
): Promise<string> {
  const folder = join("sweeps", nameOf(options));
  if (options.executor === "kubernetes" && options.runs === undefined) {
    return `${folder}-kubernetes`;
  }
  if (options.runs === undefined) return folder;
  const here = await readPlan(folder).catch(() => null);
  if (here !== null && resolve(folder, here.runs) === resolve(options.runs)) return folder;
  return `${folder}-${digest(options.runs)}`;
}

/**
 * Gives the trainings of a comparison's tables to an executor: as a sweep, in a folder that is named after the tables.
 *
 * @param options Options of `compare`.
 * @param show Makes the comparison of the runs in a folder, where they are trained here: also where some have failed.
 * @throws {PuppetError} if some have failed.
 */
export async function sweepTables(
  options: SweepOptions & {
    readonly table: readonly number[];
    readonly train?: boolean | undefined;
  },
  show: (runs: string) => Promise<void>,
): Promise<void> {
  const output = createOutput(options);
  const table = options.train ? options.table : options.table.filter(hasAccuracy);
  if (table.length === 0) {
    throw new UsageError(
      "Cannot give Table 5 to an executor: it has no accuracy, so that nothing is trained for it; --train trains its systems all the same",
    );
  }
  if (table.length < options.table.length) {
    output.talk(
      'Table 5 is left out of the sweep: it has no accuracy, so that nothing is trained for it; "compare --table 5" makes ' +
        "it, --train trains its systems all the same",
    );
  }
  const folder = await sweepFolder({ ...options, table });
  // A pod finds nothing outside of the sweep's folder.
  const runs = options.runs ??
    (options.executor === "kubernetes" ? join(folder, "runs") : RUNS_FOLDER);
  const { plan } = await planSweep(folder, { ...options, table, runs });
  output.talk(
    `planned ${countOf(plan.rows.length, "training")} in ${folder}; "sweep status ${
      quoteWord(folder)
    }" shows them`,
  );
  // What was started is the result where a batch system trains; here the comparison is.
  const isResult = options.executor !== "local" || options.dryRun;
  const result = isResult ? output.result : () => {};
  let failure: PuppetError | null = null;
  const onFailed = (error: PuppetError) => failure = error;
  await runSweep(folder, { ...options, output: { ...output, result }, onFailed });
  // Elsewhere a job of its own makes the comparison, when the trainings are done.
  if (options.executor !== "local" || options.dryRun) return;
  await showBeforeEnd(() => show(runs), () => {
    if (failure !== null) throw failure;
  });
}
