import { createHash } from "node:crypto";
import { join } from "node:path";
import { findKey } from "../lib/configuration/config_words.ts";
import { UsageError } from "../lib/errors.ts";
import { hasAccuracy } from "../lib/paper/run_comparison.ts";
import { compareOverrides } from "./compare_overrides.ts";
import { createOutput } from "./output.ts";
import { RUNS_FOLDER } from "./runs_folder.ts";
import { planSweep } from "./sweep_plan.ts";
import { refuseIdleOptions } from "./refuse_idle_options.ts";
import { runSweep } from "./sweep_run.ts";
import { quoteWord } from "../lib/safe_text.ts";
import type { CompareOverrideOptions } from "./compare_overrides.ts";
import type { ExecutorName, SweepOptions } from "./sweep_options.ts";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/** What `sweep` does where nothing is said, for a comparison that says nothing of it. */
const SWEEP_DEFAULTS = { saveEvery: 600, retries: 2 } as const;

/** Name of the sweep: other changes of the protocol are another sweep, since its results are one comparison. */
function nameOf(
  options: Pick<SweepOptions, "smoke"> & CompareOverrideOptions & {
    readonly table: readonly number[];
  },
): string {
  const changes = compareOverrides(options).filter(({ path }) => !findKey(path)?.isPlace)
    .map(({ path, value }) => [path, value]).sort();
  const words = ["tables", ...options.table, ...options.smoke ? ["smoke"] : []];
  if (changes.length > 0) {
    words.push(createHash("sha256").update(JSON.stringify(changes)).digest("hex").slice(0, 8));
  }
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

/**
 * Gives the trainings of a comparison's tables to an executor: as a sweep, in a folder that is named after the tables.
 *
 * @param options Options of `compare`.
 * @returns Folder of the runs.
 */
export async function sweepTables(
  options: Omit<SweepOptions, "saveEvery" | "retries"> & {
    readonly table: readonly number[];
    readonly train?: boolean | undefined;
  },
): Promise<string> {
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
  const runs = options.runs ?? RUNS_FOLDER;
  const folder = join("sweeps", nameOf({ ...options, table }));
  const { plan } = await planSweep(folder, { ...SWEEP_DEFAULTS, ...options, table, runs });
  output.talk(
    `planned ${plan.rows.length} trainings in ${folder}; "sweep status ${
      quoteWord(folder)
    }" shows them`,
  );
  await runSweep(folder, { ...options, output });
  return runs;
}
