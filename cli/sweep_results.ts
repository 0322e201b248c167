import { join, resolve } from "node:path";
import { UsageError } from "../lib/errors.ts";
import type { ReportSource } from "../lib/reports/build_report.ts";
import { countStates, resultsBySetting } from "../lib/sweeps/results_by_setting.ts";
import { createOutput } from "./output.ts";
import { planDocument, present } from "./present.ts";
import { readSweep, type SweepState } from "./sweep_run.ts";
import type { SweepOptions } from "./sweep_options.ts";

/** The comparison of the tables whose runs the sweep has made. */
async function compareTables(folder: string, sweep: SweepState, options: SweepOptions) {
  const { tables, seeds, smoke, only, overrides } = sweep.plan.tables!;
  const { compareCommand } = await import("./compare.ts");
  const { output, format, force, json, quiet, debug, data } = options;
  const backend = options.backend ?? overrides.find(({ path }) => path === "backend")?.value;
  // The backend has an option of its own, and images that are named now take the place of those that were planned with.
  const replaced = ["backend", ...(data === undefined ? [] : ["data.directory"])];
  // `compare` narrows a single table only; of several the rows that were not planned have no run.
  const narrowed = only.length > 0 && tables.length === 1;
  const targets = options.write
    ? ["html", "md", "csv"].map((ending) => [
      ...["--output", join(folder, `results.${ending}`), "--force"],
    ])
    : [[
      ...(output === undefined ? [] : ["--output", output]),
      ...(format === undefined ? [] : ["--format", format]),
      ...(force ? ["--force"] : []),
      ...(json ? ["--json"] : []),
    ]];
  const words = [
    ...["--table", tables.join(), "--seeds", seeds.join(), "--no-train", "--no-speed"],
    ...["--runs", resolve(folder, sweep.plan.runs), ...(smoke ? ["--smoke"] : [])],
    ...overrides.filter(({ path }) => !replaced.includes(path))
      .flatMap(({ path, value }) => ["--set", `${path}=${value}`]),
    ...(data === undefined ? [] : ["--set", `data.directory=${data}`]),
    ...(backend === undefined ? [] : ["--backend", `${backend}`]),
    ...(narrowed ? ["--only", only.join()] : []),
    ...(quiet ? ["--quiet"] : []),
    ...(debug ? ["--debug"] : []),
  ];
  for (const target of targets) {
    await compareCommand().parseAsync([...words, ...target], { from: "user" });
  }
}

/**
 * Shows the results of a sweep by setting, or the comparison of its tables.
 *
 * @param folder Folder of the sweep.
 * @param options What the parser found.
 */
export async function showResults(folder: string, options: SweepOptions): Promise<void> {
  const to = createOutput(options);
  const idle = options.output ?? options.format ?? options.json;
  if (options.write && idle !== undefined) {
    throw new UsageError(
      "Cannot use --write with --output, --format or --json: it writes results.html, .md and .csv beside the plan",
    );
  }
  const format = await planDocument(options);
  const sweep = await readSweep(folder, null);
  if (sweep.plan.tables !== null) return await compareTables(folder, sweep, options);
  const computing = options.data !== undefined ? "--data" : options.backend && "--backend";
  if (computing) {
    throw new UsageError(
      `Cannot use ${computing} with the results of a grid: they are those of its trainings; it is for tables`,
    );
  }
  const source: ReportSource = {
    kind: "sweep-results",
    content: {
      ...{ kind: "sweep-results", version: 1, folder },
      counts: countStates(sweep.states),
      results: resultsBySetting(sweep.states),
    },
    origin: folder,
  };
  if (!options.write) return await present([source], { ...options, format, to });
  for (const format of ["html", "md", "csv"] as const) {
    await present([source], { format, output: join(folder, `results.${format}`), force: true, to });
  }
}
