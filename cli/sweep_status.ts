import { UsageError } from "../lib/errors.ts";
import { resetRows } from "../lib/sweeps/run_row_task.ts";
import { cancelSlurm } from "../lib/sweeps/slurm_executor.ts";
import { statusRows } from "../lib/sweeps/status_row.ts";
import { listStarters, rowLockOf } from "../lib/sweeps/attempts.ts";
import { holderOf, isLocked } from "../lib/sweeps/process_lock.ts";
import type { RowState } from "../lib/sweeps/row_state.ts";
import { readSubmissions } from "../lib/sweeps/submissions.ts";
import { createOutput } from "./output.ts";
import { planDocument, present } from "./present.ts";
import { readSweep, runSweep } from "./sweep_run.ts";
import type { SweepOptions } from "./sweep_options.ts";
import { countOf } from "../lib/count_of.ts";

/**
 * Shows how the rows of a sweep stand.
 *
 * @param folder Folder of the sweep.
 * @param options What the parser found.
 */
export async function showStatus(folder: string, options: SweepOptions): Promise<void> {
  const to = createOutput(options);
  const format = await planDocument(options);
  const { states, queue } = await readSweep(folder, to);
  const content = statusRows(states, queue);
  await present([{ kind: "sweep-status", content, origin: folder }], { ...options, format, to });
}

/** Tells a process to save and end; `false` where there is none. */
function terminate(process: number): boolean {
  try {
    Deno.kill(process, "SIGTERM");
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Ends what starts tasks on this machine, so that no others begin, and the tasks. */
async function cancelHere(
  folder: string,
  host: string,
  running: readonly RowState[],
): Promise<{ readonly starters: number; readonly rows: readonly number[] }> {
  let starters = 0;
  for (const { lock, process } of await listStarters(folder, host)) {
    if (await isLocked(lock) && terminate(process)) starters++;
  }
  const rows: number[] = [];
  for (const { index, attempts } of running) {
    const lock = rowLockOf(folder, index);
    if (await isLocked(lock) === false) continue;
    // A task of an earlier version has left no number in its lock; one of Windows lets nobody read it.
    const process = await holderOf(lock) ?? attempts.at(-1)!.process;
    // A task that its starter tells too passes the second word over.
    if (terminate(process)) rows.push(index);
  }
  return { starters, rows };
}

/**
 * Ends what works on a sweep: running trainings save, waiting ones leave the queue. A number of a process is believed only
 * where the process has its file locked: after a restart of the machine it may be another's.
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
  const host = Deno.hostname();
  const local = states.filter(({ state, attempts }) =>
    state === "running" && attempts.at(-1)!.job === null
  );
  const here = local.filter(({ attempts }) => attempts.at(-1)!.host === host);
  const { starters, rows } = await cancelHere(folder, host, here);
  const [other] = local.filter((row) => !here.includes(row))
    .map(({ attempts }) => attempts.at(-1)!.host);
  const elsewhere = other === undefined
    ? ""
    : `; ${countOf(local.length - here.length, "training")} on ${other}, to be cancelled there`;
  output.result(
    { jobs, starters, local: rows },
    () =>
      `cancelled jobs of Slurm: ${jobs.length}, local starters: ${starters}, local trainings: ${rows.length}${elsewhere}`,
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
  if (!options.dryRun) {
    const reset = await resetRows(folder, states, Deno.hostname());
    output.talk(
      `tried again: ${countOf(reset.length, "row")}: ${reset.join(", ") || "none has failed"}`,
    );
  }
  await runSweep(folder, { ...options, output, again: true });
}
