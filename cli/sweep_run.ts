import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { PuppetError, UsageError } from "../lib/errors.ts";
import { findSharingProblem } from "../lib/sweeps/check_sharing.ts";
import {
  kubernetesJob,
  kubernetesName,
  renderKubernetesJob,
} from "../lib/sweeps/kubernetes_job.ts";
import { requireStartable, runLocally } from "../lib/sweeps/local_executor.ts";
import { starterLockOf } from "../lib/sweeps/attempts.ts";
import { lockFile } from "../lib/sweeps/process_lock.ts";
import { readRowStates, type RowState, type StateConditions } from "../lib/sweeps/row_state.ts";
import {
  readSlurmQueue,
  requireSlurmFolder,
  type SlurmTask,
  submitToSlurm,
} from "../lib/sweeps/slurm_executor.ts";
import { renderReportScript, renderTaskScript } from "../lib/sweeps/slurm_script.ts";
import { addSubmission, readSubmissions } from "../lib/sweeps/submissions.ts";
import { readPlan, type SweepPlan } from "../lib/sweeps/sweep_plan.ts";
import { InterruptedError, judgeTask } from "./exit_codes.ts";
import type { Output } from "./output.ts";
import { createProgress } from "./progress.ts";
import { describeExit } from "./describe_exit.ts";
import type { ExecutorOptions } from "./sweep_options.ts";
import { withStopSignals } from "./stop_signals.ts";
import { quoteWord } from "../lib/safe_text.ts";
import { countOf } from "../lib/count_of.ts";

/** Permissions that a task needs; it starts no other program. */
const PERMISSIONS = ["read", "write", "env", "sys", "ffi", "net"].map((name) => `--allow-${name}`);

/** What starts this program again, up to the command. */
function programOfTasks(): string[] {
  if (Deno.build.standalone) return [Deno.execPath()];
  const main = new URL("../main.ts", import.meta.url);
  return [Deno.execPath(), "run", "--no-prompt", ...PERMISSIONS, decodeURIComponent(main.pathname)];
}

/** Slurm's words for a job that is in the queue and not on a node. */
const NOT_STARTED = /^(PENDING|CONFIGURING|REQUEUE\w*|SPECIAL_EXIT)$/;

/** A sweep as it stands, with what Slurm knows of it. */
export interface SweepState {
  readonly plan: SweepPlan;
  readonly states: readonly RowState[];
  /** Tasks in Slurm's queue; `null` where nothing was submitted to it, or it does not answer. */
  readonly queue: readonly SlurmTask[] | null;
}

function hostName(): string {
  return Deno.hostname();
}

/** What of the sweep is in Slurm's queue; `null` where nothing was submitted to it, or it does not answer. */
async function readQueue(
  folder: string,
  output: Pick<Output, "warn">,
): Promise<SlurmTask[] | null> {
  const submissions = await readSubmissions(folder);
  if (!submissions.some(({ executor }) => executor === "slurm")) return null;
  try {
    return await readSlurmQueue(submissions);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      output.warn('Slurm is not asked: start with "deno task sweep", which may run programs');
    } else if (error instanceof PuppetError) output.warn(`Slurm is not asked: ${error.message}`);
    else throw error;
    return null;
  }
}

/**
 * Reads how a sweep stands.
 *
 * @param folder Folder of the sweep.
 * @param output Hears where Slurm does not answer; `null` does not ask it.
 * @returns Plan, rows and queue.
 */
export async function readSweep(
  folder: string,
  output: Pick<Output, "warn"> | null,
): Promise<SweepState> {
  const plan = await readPlan(folder);
  const queue = output === null ? null : await readQueue(folder, output);
  const running = queue?.filter(({ state }) => !NOT_STARTED.test(state)).map(({ job }) => job);
  const conditions: StateConditions = {
    host: hostName(),
    now: Date.now(),
    ...(running === undefined ? {} : { isJobRunning: (job) => running.includes(job) }),
  };
  return { plan, states: await readRowStates(folder, plan, conditions), queue };
}

/** Rows that nobody works on and that are to be worked on; those that have failed only `again`. */
function openRows({ states, queue }: SweepState, again: boolean): number[] {
  const queued = new Set(queue?.map(({ row }) => row));
  return states
    .filter(({ state }) => state === "waiting" || state === "lost" || (again && state === "failed"))
    .map(({ index }) => index).filter((index) => !queued.has(index));
}

/** What the executor is told, with what is not said. */
function slurmOptions(options: ExecutorOptions) {
  const { partition, account, time, cpus = 1, mem, gres, arrayLimit, sbatch = [] } = options;
  return { partition, account, time, cpus, mem, gres, arrayLimit, sbatch };
}

/** Shows what would be started: a document with --json, else text that a shell or kubectl takes as it is. */
function showStart(
  output: Output,
  document: { readonly executor: string; readonly [part: string]: unknown },
  text: string,
): void {
  if (output.json) output.result(document, () => text);
  else output.data(text);
}

async function runSlurm(
  folder: string,
  rows: readonly number[],
  options: ExecutorOptions & { readonly output: Output; readonly retries: number },
): Promise<void> {
  const { output, retries } = options;
  const parts = {
    retries,
    program: programOfTasks(),
    folder: resolve(folder),
    directory: Deno.cwd(),
    slurm: slurmOptions(options),
  };
  requireSlurmFolder(parts.folder);
  if (options.dryRun) {
    const [tasks, results] = [renderTaskScript, renderReportScript].map((render) =>
      render(parts.slurm, parts)
    );
    const scripts = { tasks, results };
    return showStart(output, { executor: "slurm", rows, scripts }, `${tasks}\n${results}`);
  }
  const started = await submitToSlurm({ ...parts, rows }, (jobs) =>
    addSubmission(folder, {
      ...{ executor: "slurm", at: new Date().toISOString(), host: hostName(), process: Deno.pid },
      ...jobs,
    }));
  const jobs = started.arrays.map(({ job }) => job).join(", ");
  output.result(
    { rows, ...started },
    () => `submitted ${countOf(rows.length, "row")} to Slurm: job ${jobs}`,
  );
}

async function runLocal(
  folder: string,
  rows: readonly number[],
  options: ExecutorOptions & { readonly output: Output; readonly plan: SweepPlan },
): Promise<number[]> {
  const { jobs = 1, cpus, plan, output } = options;
  const command = [...programOfTasks(), "sweep", "task", folder, "--quiet", "--index"];
  if (options.dryRun) {
    const commands = rows.map((row) => [...command, String(row)]);
    const lines = commands.map((words) => words.map(quoteWord).join(" "));
    showStart(output, { executor: "local", rows, commands }, lines.join("\n"));
    return [];
  }
  await requireStartable(command[0]!);
  const starter = { host: hostName(), process: Deno.pid };
  const lock = starterLockOf(folder, starter.host, starter.process);
  using _held = await lockFile(lock);
  await addSubmission(folder, {
    ...{ executor: "local", at: new Date().toISOString(), ...starter, arrays: [], report: null },
  });
  const progress = createProgress({ quiet: output.quiet });
  let ended = 0;
  progress.note(
    `${countOf(rows.length, "row")} to work on, ${Math.min(jobs, rows.length)} at a time`,
  );
  const { result, signal } = await withStopSignals(
    (signal) =>
      runLocally({
        ...{ command, rows, jobs, cpus, signal, judge: judgeTask, retries: plan.retries },
        onExit: async (exit) => {
          const text = await describeExit(folder, plan, exit);
          progress.note(`${text}; ${++ended} of ${rows.length}`);
        },
      }),
    (signal) => progress.note(`${signal}: the trainings save and stop`),
  );
  progress.end();
  // Some systems refuse to remove an open file; it stays, locked by nobody.
  await Deno.remove(lock).catch(() => {});
  if (signal !== null) {
    throw new InterruptedError(signal, "Sweep was interrupted; the same command continues");
  }
  return result;
}

/** A pod finds what lies in the claim, which is mounted at the sweep's folder, and what its image has. */
function refuseOutside(folder: string, { runs, rows }: SweepPlan, output: Output): void {
  const leaves = (path: string) => /^[.][.](?:[/\\]|$)/.test(path) || isAbsolute(path);
  if (leaves(runs)) {
    throw new UsageError(
      `Cannot write a Job for Kubernetes: the runs are kept in ${
        join(folder, runs)
      }, outside of ${folder}, where the ` +
        "claim is mounted, and would be lost with their pods; plan another sweep without --runs",
    );
  }
  const images = new Set(
    rows.map(({ config }) => config.data).filter(({ dataset }) => dataset !== "synthetic")
      .map(({ directory }) => directory),
  );
  for (const directory of images) {
    if (!leaves(relative(resolve(folder), directory))) continue;
    output.warn(
      `The claim is mounted at ${
        resolve(folder)
      }: images in ${directory} have to be part of the pods' image at that path; ` +
        "or put them into the sweep's folder, and plan it again with --data",
    );
  }
}

function showKubernetes(
  folder: string,
  plan: SweepPlan,
  options: ExecutorOptions & { readonly output: Output },
): void {
  const { image, claim, cpus = 1, mem, gres, arrayLimit } = options;
  if (image === undefined || claim === undefined) {
    throw new UsageError("Cannot write a Job for Kubernetes: give --image and --claim");
  }
  refuseOutside(folder, plan, options.output);
  // The API refuses it in a path at which a volume is mounted.
  if (resolve(folder).includes(":")) {
    throw new UsageError(
      `Cannot write a Job for Kubernetes: a mounted folder may not have ":" in its name, current value is ${
        resolve(folder)
      }; rename it`,
    );
  }
  const gpus = /^gpu:(\d+)$/.exec(gres ?? "")?.[1];
  if (gres !== undefined && gpus === undefined) {
    throw new UsageError(
      `Cannot write a Job for Kubernetes with --gres ${gres}: it must be gpu:COUNT, for example gpu:1`,
    );
  }
  const parts = {
    name: kubernetesName(`sweep-${basename(resolve(folder))}`),
    ...{ image, claim, cpus, mem, folder: resolve(folder), retries: plan.retries },
    program: ["puppet-cnn"],
    rows: plan.rows.length,
    parallelism: arrayLimit ?? plan.rows.length,
    ...(gpus === undefined ? {} : { gpus: Number(gpus) }),
  };
  const document = { executor: "kubernetes", job: kubernetesJob(parts) };
  showStart(options.output, document, renderKubernetesJob(parts).trimEnd());
}

/** Options of `runSweep`. */
interface RunSweepOptions extends ExecutorOptions {
  /** Where the command writes. */
  readonly output: Output;
  /** Rows that have failed too: they were reset, or only what would be submitted is shown. */
  readonly again?: boolean;
  /** Hears that rows have failed, where that is not the end; thrown by default. */
  readonly onFailed?: ((error: PuppetError) => void) | undefined;
}

/**
 * Starts what is left to do of a sweep.
 *
 * @param folder Folder of the sweep.
 * @param options What runs it, and where the command writes.
 * @throws {BackendError} if the batch system refuses.
 */
export async function runSweep(folder: string, options: RunSweepOptions): Promise<void> {
  const { executor = "local", output, again = false } = options;
  const sweep = await readSweep(folder, output);
  if (executor === "kubernetes") return showKubernetes(folder, sweep.plan, options);
  const problem = await findSharingProblem(folder);
  if (problem !== null) output.warn(problem);
  const rows = openRows(sweep, again);
  const failed = sweep.states.filter(({ state }) => state === "failed");
  if (rows.length === 0) {
    if (!again) refuseFailed(sweep, { folder, failed: [], onFailed: options.onFailed });
    return output.result(
      { executor, rows: [] },
      () => "nothing is left to start; see sweep status",
    );
  }
  if (failed.length > 0 && !again) {
    output.talk(
      `failed before and left alone: ${
        countOf(failed.length, "row")
      }; "sweep retry" tries them again`,
    );
  }
  const { plan } = sweep;
  const { retries } = plan;
  if (executor === "slurm") return await runSlurm(folder, rows, { ...options, retries });
  const without = await runLocal(folder, rows, { ...options, plan });
  if (options.dryRun) return;
  const now = await readSweep(folder, output);
  refuseFailed(now, { folder, failed: without, onFailed: options.onFailed });
  const ended = rows.map((row) => ({ row, state: now.states[row]!.state }));
  const left = ended.filter(({ state }) => state === "running").length;
  const others = left === 0 ? "" : `, ${left} of them left to other processes`;
  const text = `worked on ${countOf(rows.length, "row")}${others}`;
  output.result({ rows: ended }, () => `${text}; "sweep results ${quoteWord(folder)}" shows them`);
}

/** Rows without a result lead to an exit code of their own. */
function refuseFailed(
  { states }: SweepState,
  { folder, failed, onFailed }: {
    readonly folder: string;
    readonly failed: readonly number[];
    readonly onFailed: RunSweepOptions["onFailed"];
  },
): void {
  // A task that could not even note its attempt leaves a row that waits.
  const without = states.filter(({ index, state }) =>
    state === "failed" || (failed.includes(index) && state !== "done" && state !== "running")
  );
  if (without.length === 0) return;
  const error = new PuppetError([
    `Rows of ${
      join(folder, "plan.json")
    } have failed, the others stand ("sweep retry" tries them again):`,
    ...without.map(({ index, message }) =>
      `  row ${index}: ${message ?? "its task failed every time; what it said stands above"}`
    ),
  ]);
  if (onFailed === undefined) throw error;
  onFailed(error);
}
