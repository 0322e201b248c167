import { UsageError } from "../lib/errors.ts";
import type { RowState } from "../lib/sweeps/row_state.ts";
import { resetRows } from "../lib/sweeps/run_row_task.ts";
import { cancelSlurm, type SlurmTask } from "../lib/sweeps/slurm_executor.ts";
import { readSubmissions } from "../lib/sweeps/submissions.ts";
import { formatShare } from "./number_text.ts";
import { createOutput } from "./output.ts";
import { formatDuration } from "./progress.ts";
import { readSweep, runSweep, type SweepState } from "./sweep_run.ts";
import type { SweepOptions } from "./sweep_options.ts";
import { renderTable } from "./text_table.ts";

/** What else there is to say of a row. */
function remarkOn(row: RowState, task: SlurmTask | undefined): string {
  if (row.message !== null) return row.message.split("\n")[0]!.slice(0, 200);
  if (row.state === "running") {
    const left = row.secondsLeft === null ? "" : `${formatDuration(row.secondsLeft)} left, `;
    const by = row.attempts.at(-1)!;
    return `${left}${by.job ?? `process ${by.process}`} on ${by.host}`;
  }
  if (row.state === "done") return "";
  if (task !== undefined) return `${task.job} ${task.state.toLowerCase()} ${task.reason}`;
  if (row.state === "lost") return "killed; goes on from its last checkpoint when started again";
  return row.epochs > 0 ? "saved; goes on when started again" : "";
}

/** A row as `--json` shows it. */
function summarize(row: RowState, task: SlurmTask | undefined) {
  const { index, state, epochs, plannedEpochs, validationTop1, secondsLeft, message } = row;
  const { attempts, seconds } = row;
  return {
    ...{ index, run: row.row.name, settings: row.row.settings, seed: row.row.config.training.seed },
    ...{ state, epochs, plannedEpochs, validationTop1, seconds, secondsLeft, message, attempts },
    queue: task ?? null,
  };
}

function formatStatus({ states, queue }: SweepState): string {
  const tasks = new Map(queue?.map((task) => [task.row, task]));
  const counts = ["done", "running", "waiting", "lost", "failed"].flatMap((name) => {
    const count = states.filter(({ state }) => state === name).length;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  const table = renderTable(
    [
      { header: "row", align: "right" },
      { header: "run" },
      { header: "state" },
      { header: "epochs", align: "right" },
      { header: "validation", align: "right" },
      { header: "" },
    ],
    states.map((row) => [
      String(row.index),
      row.row.name,
      row.state,
      `${row.epochs}/${row.plannedEpochs}`,
      formatShare(row.validationTop1),
      remarkOn(row, tasks.get(row.index)),
    ]),
  );
  return `${table}\n\n${counts.join(", ")} of ${states.length}`;
}

/**
 * Shows how the rows of a sweep stand.
 *
 * @param folder Folder of the sweep.
 * @param options What the parser found.
 */
export async function showStatus(folder: string, options: SweepOptions): Promise<void> {
  const output = createOutput(options);
  const sweep = await readSweep(folder, output);
  const tasks = new Map(sweep.queue?.map((task) => [task.row, task]));
  output.result(
    sweep.states.map((row) => summarize(row, tasks.get(row.index))),
    () => formatStatus(sweep),
  );
}

/**
 * Ends what works on a sweep: running trainings save, waiting ones leave the queue.
 *
 * @param folder Folder of the sweep.
 * @param options What the parser found.
 * @throws {UsageError} if nothing was started.
 */
export async function cancelSweep(folder: string, options: SweepOptions): Promise<void> {
  const output = createOutput(options);
  const { states } = await readSweep(folder, output);
  const submissions = await readSubmissions(folder);
  if (submissions.length === 0) {
    throw new UsageError(`Cannot cancel ${folder}: nothing was started; see sweep status`);
  }
  const jobs = await cancelSlurm(submissions.filter(({ executor }) => executor === "slurm"));
  const local = states.filter(({ state, attempts }) =>
    state === "running" && attempts.at(-1)!.job === null
  );
  // The process that keeps them at work tells them to save; a row's lock vouches that it lives.
  const starter = submissions.findLast(({ executor }) => executor === "local");
  const isHere = starter?.host === Deno.hostname();
  if (local.length > 0 && starter !== undefined && isHere) Deno.kill(starter.process, "SIGTERM");
  const elsewhere = local.length > 0 && !isHere
    ? `; ${local.length} trainings run on ${local[0]!.attempts.at(-1)!.host}: cancel them there`
    : "";
  output.result(
    { jobs, local: isHere ? local.map(({ index }) => index) : [] },
    () =>
      `cancelled ${jobs.length} jobs of Slurm and ${
        isHere ? local.length : 0
      } local trainings${elsewhere}`,
  );
}

/**
 * Lets failed and lost rows be tried again, and starts them.
 *
 * @param folder Folder of the sweep.
 * @param options What the parser found.
 */
export async function retrySweep(folder: string, options: SweepOptions): Promise<void> {
  const output = createOutput(options);
  const { states } = await readSweep(folder, output);
  const reset = await resetRows(folder, states, Deno.hostname());
  output.talk(`${reset.length} rows are tried again: ${reset.join(", ") || "none has failed"}`);
  await runSweep(folder, { ...options, output });
}
