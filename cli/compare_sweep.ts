import { createHash } from "node:crypto";
import { join } from "node:path";
import { findKey } from "../lib/configuration/config_words.ts";
import { compareOverrides } from "./compare_overrides.ts";
import { createOutput } from "./output.ts";
import { RUNS_FOLDER } from "./runs_folder.ts";
import { planSweep } from "./sweep_plan.ts";
import { runSweep } from "./sweep_run.ts";
import { quoteWord } from "../lib/safe_text.ts";
import type { SweepOptions } from "./sweep_options.ts";

/** What `sweep` does where nothing is said, for a comparison that says nothing of it. */
const SWEEP_DEFAULTS = { saveEvery: 600, retries: 2 } as const;

/** Name of the sweep: other changes of the protocol are another sweep, since its results are one comparison. */
function nameOf(options: Parameters<typeof sweepTables>[0]): string {
  const changes = compareOverrides(options).filter(({ path }) => !findKey(path)?.isPlace)
    .map(({ path, value }) => [path, value]).sort();
  const words = ["tables", ...options.table, ...options.smoke ? ["smoke"] : []];
  if (changes.length > 0) {
    words.push(createHash("sha256").update(JSON.stringify(changes)).digest("hex").slice(0, 8));
  }
  return words.join("-");
}

/**
 * Gives the trainings of a comparison's tables to an executor: as a sweep, in a folder that is named after the tables.
 *
 * @param options Options of `compare`.
 * @returns Folder of the runs.
 */
export async function sweepTables(
  options: Omit<SweepOptions, "saveEvery" | "retries"> & { readonly table: readonly number[] },
): Promise<string> {
  const output = createOutput(options);
  const runs = options.runs ?? RUNS_FOLDER;
  const folder = join("sweeps", nameOf(options));
  const { plan } = await planSweep(folder, { ...SWEEP_DEFAULTS, ...options, runs });
  output.talk(
    `planned ${plan.rows.length} trainings in ${folder}; "sweep status ${
      quoteWord(folder)
    }" shows them`,
  );
  await runSweep(folder, { ...options, output });
  return runs;
}
