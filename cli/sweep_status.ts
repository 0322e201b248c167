import { UsageError } from "../lib/errors.ts";
import { resetRows } from "../lib/sweeps/run_row_task.ts";
import { cancelSlurm } from "../lib/sweeps/slurm_executor.ts";
import { statusRows } from "../lib/sweeps/status_row.ts";
import { readSubmissions } from "../lib/sweeps/submissions.ts";
import { createOutput } from "./output.ts";
import { planDocument, present } from "./present.ts";
import { readSweep, runSweep } from "./sweep_run.ts";
import type { SweepOptions } from "./sweep_options.ts";

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
  const host = Deno.hostname();
  const here = local.filter(({ attempts }) => attempts.at(-1)!.host === host);
  const starter = submissions.findLast((each) => each.executor === "local" && each.host === host);
  // The process that started them tells them to save, and starts no others; where it was killed, they are told.
  if (here.length > 0 && !(starter !== undefined && terminate(starter.process))) {
    for (const { attempts } of here) terminate(attempts.at(-1)!.process);
  }
  const [other] = local.filter((row) => !here.includes(row))
    .map(({ attempts }) => attempts.at(-1)!.host);
  const elsewhere = other === undefined
    ? ""
    : `; ${local.length - here.length} trainings run on ${other}: cancel them there`;
  output.result(
    { jobs, local: here.map(({ index }) => index) },
    () => `cancelled ${jobs.length} jobs of Slurm and ${here.length} local trainings${elsewhere}`,
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
    output.talk(`${reset.length} rows are tried again: ${reset.join(", ") || "none has failed"}`);
  }
  await runSweep(folder, { ...options, output, again: true });
}
