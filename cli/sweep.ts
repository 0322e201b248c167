import { Argument, Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { join } from "node:path";
import { UsageError } from "../lib/errors.ts";
import type { ExperimentConfig } from "../lib/configuration/experiment_config.ts";
import type { ConfigOverride } from "../lib/configuration/config_words.ts";
import { createOutput, type Output } from "./output.ts";
import { PROGRAM } from "./program_name.ts";
import { addDocumentOptions } from "./present.ts";
import { addHelpSections, backendOption, debugOption, quietOption } from "./shared_options.ts";
import { CHANGES_GROUP, compareOverrides } from "./compare_overrides.ts";
import { refuseIdleOptions } from "./refuse_idle_options.ts";
import {
  addSweepOptions,
  EXECUTION_GROUP,
  PLAN_GROUP,
  refuseOtherExecutors,
  type SweepOptions,
} from "./sweep_options.ts";
import { countOf } from "../lib/count_of.ts";

/** What can be done with a sweep. */
export const ACTIONS = ["plan", "run", "status", "cancel", "retry", "results", "task"] as const;
type Action = typeof ACTIONS[number];

/** Options of a document that is shown. */
const DOCUMENT = ["--format", "--json", "--output", "--force"];

/** Folder of the sweeps where none is named. */
export const SWEEPS_FOLDER = "sweeps";

/** What starts a sweep: a task of its own, since "deno task puppet" may run no programs. */
const TASK = Deno.build.standalone ? PROGRAM : "deno task";

/** What is to be done, and where: `sweep status sweeps/width`, or `sweep --preset ...` for a new plan. */
function readWords(
  words: readonly string[],
  options: SweepOptions,
): { readonly action: Action; readonly folder: string } {
  const named = ACTIONS.find((action) => action === words[0]);
  const rest = named === undefined ? words : words.slice(1);
  const action = named ?? "plan";
  if (rest.length > 1) {
    const wrong = named === undefined ? words[0] : rest[1];
    throw new UsageError(
      `Cannot use "${wrong}": give one of ${ACTIONS.join(", ")}, and one folder of a sweep`,
    );
  }
  if (rest[0] !== undefined) return { action, folder: rest[0] };
  if (action !== "plan") {
    throw new UsageError(`Cannot ${action}: name the folder of the sweep`);
  }
  const name = options.preset ?? (options.table === undefined ? "grid" : "tables");
  return { action, folder: join(SWEEPS_FOLDER, name) };
}

/** Says which options change no training, as `train` does: a grid of them would train the same again and again. */
async function sayIdle(
  configs: readonly ExperimentConfig[],
  options: SweepOptions,
  output: Output,
): Promise<void> {
  const { remarksOnIdleOptions } = await import("./idle_options.ts");
  const axes = (options.set ?? []).map((word): ConfigOverride => {
    return { path: word.split("=")[0]!, value: word, from: "--set" };
  });
  const overrides = [...compareOverrides({ ...options, set: undefined }), ...axes];
  const [first, ...others] = configs;
  for (const remark of await remarksOnIdleOptions([first!, ...others], overrides)) {
    output.talk(remark);
  }
}

async function plan(folder: string, options: SweepOptions): Promise<void> {
  const output = createOutput(options);
  const { planSweep } = await import("./sweep_plan.ts");
  const { plan, kept, added } = await planSweep(folder, options);
  await sayIdle(plan.rows.map(({ config }) => config), options, output);
  const summary = { folder, rows: plan.rows.length, added, kept };
  if (options.executor === undefined) {
    return output.result(
      summary,
      () =>
        `${join(folder, "plan.json")}: ${
          countOf(plan.rows.length, "training")
        }, ${added} of them new`,
    );
  }
  output.talk(
    `planned ${countOf(plan.rows.length, "training")} in ${folder}, ${added} of them new`,
  );
  const { runSweep } = await import("./sweep_run.ts");
  await runSweep(folder, { ...options, output });
}

/** What each action looks at beside --quiet and --debug: groups of the help, and options. */
const USED: Readonly<Record<Action, readonly string[]>> = {
  plan: [PLAN_GROUP, CHANGES_GROUP, EXECUTION_GROUP, "--data", "--backend", "--json"],
  run: [EXECUTION_GROUP, "--json"],
  status: DOCUMENT,
  cancel: ["--json"],
  retry: [EXECUTION_GROUP, "--json"],
  results: [...DOCUMENT, "--write", "--data", "--backend"],
  task: ["--index"],
};

/** Refuses what the action does not look at: the plan of a sweep that runs does not change any more. */
function refuseForOtherActions(
  command: CommandUnknownOpts,
  action: Action,
  { executor }: SweepOptions,
): void {
  const used = [...USED[action], "--quiet", "--debug"];
  for (const other of ACTIONS) {
    refuseIdleOptions(
      command,
      ({ long, helpGroupHeading }) =>
        [long, helpGroupHeading].some((word) => USED[other].includes(word!)) &&
        ![long, helpGroupHeading].some((word) => used.includes(word!)),
      `with sweep ${action}: it is for sweep ${other}`,
    );
  }
  refuseOtherExecutors(command, executor ?? (action === "plan" ? undefined : "local"));
}

async function sweep(
  words: readonly string[],
  options: SweepOptions,
  command: CommandUnknownOpts,
): Promise<void> {
  const { action, folder } = readWords(words, options);
  refuseForOtherActions(command, action, options);
  switch (action) {
    case "plan":
      return await plan(folder, options);
    case "run": {
      const { runSweep } = await import("./sweep_run.ts");
      return await runSweep(folder, { ...options, output: createOutput(options) });
    }
    case "task":
      return await (await import("./sweep_task.ts")).runTask(folder, options);
    case "results":
      return await (await import("./sweep_results.ts")).showResults(folder, options);
    case "status":
      return await (await import("./sweep_status.ts")).showStatus(folder, options);
    case "cancel":
      return await (await import("./sweep_status.ts")).cancelSweep(folder, options);
    case "retry":
      return await (await import("./sweep_status.ts")).retrySweep(folder, options);
  }
}

/**
 * Makes the command `sweep`.
 *
 * @returns The command, to be added to the program.
 */
export function sweepCommand(): CommandUnknownOpts {
  const command = new Command("sweep")
    .description(
      "Trains many settings: plans a grid or the paper's tables, runs the trainings here or as a job array of Slurm, and " +
        "sets the results beside each other. The same command again starts only what is missing. Starting tasks needs " +
        '"deno task sweep", which may run programs.',
    )
    .addArgument(
      new Argument(
        "[words...]",
        `one of ${ACTIONS.join(", ")} (default: plan), and the sweep's folder`,
      ),
    );
  addSweepOptions(command);
  addDocumentOptions(command);
  command
    .addOption(backendOption())
    .addOption(quietOption())
    .addOption(debugOption())
    .action((words, options, self) =>
      sweep(words as string[], options as unknown as SweepOptions, self)
    );
  addHelpSections(command, [
    [
      "sweep plan sweeps/width --preset puppet-cnn --set model.maxChannels=128,256 --seeds 1,2,3",
      "six trainings, numbered",
    ],
    ["sweep run sweeps/width --jobs 2", "here, two at a time"],
    [
      "sweep run sweeps/width --executor slurm --partition gpu --gres gpu:1 --time 4:00:00",
      "as a job array",
    ],
    ["sweep status sweeps/width", "what runs, waits, is done, has failed"],
    ["sweep cancel sweeps/width", "running trainings save and end, waiting ones leave the queue"],
    ["sweep retry sweeps/width --executor slurm", "failed rows again"],
    ["sweep results sweeps/width --output width.html", "by setting, over the seeds"],
  ], TASK);
  return command;
}
