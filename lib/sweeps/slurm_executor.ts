import { join, resolve } from "node:path";
import { UsageError } from "../errors.ts";
import { writeFileAtomically } from "../files/atomic_write.ts";
import { runProgram } from "./run_program.ts";
import {
  type ArrayChunk,
  cutIntoArrays,
  formatArray,
  LOGS_FOLDER,
  renderReportScript,
  renderTaskScript,
  type ScriptParts,
  type SlurmOptions,
} from "./slurm_script.ts";
import type { Submission } from "./submissions.ts";

const TASK_SCRIPT = "tasks.sbatch";
const REPORT_SCRIPT = "results.sbatch";

/** A task in Slurm's queue. */
export interface SlurmTask {
  /** `123_4`. */
  readonly job: string;
  /** Number of the row. */
  readonly row: number;
  /** Slurm's word: PENDING, RUNNING, COMPLETING, REQUEUED ... */
  readonly state: string;
  /** Why it waits, or where it runs. */
  readonly reason: string;
}

/**
 * Arguments of sbatch for one array.
 *
 * @param chunk Which indices.
 * @param parts Folder of the plan, and the most tasks at a time.
 * @returns The arguments, the script and its offset last.
 */
export function arrayArguments(
  { offset, indices }: ArrayChunk,
  { folder, arrayLimit }: { readonly folder: string; readonly arrayLimit?: number | undefined },
): string[] {
  // Rows of several arrays have the same index: the offset tells their files apart.
  const file = offset === 0 ? "%a.out" : `${offset}+%a.out`;
  return [
    "--parsable",
    `--array=${formatArray(indices, arrayLimit)}`,
    `--output=${join(folder, LOGS_FOLDER, file)}`,
    join(folder, TASK_SCRIPT),
    String(offset),
  ];
}

/** Arguments of sbatch for the job that writes the results. */
export function reportArguments(folder: string, jobs: readonly string[]): string[] {
  return [
    "--parsable",
    // Not afterok: a task that ended beside its last epoch would keep the results back for ever.
    `--dependency=afterany:${jobs.join(":")}`,
    "--kill-on-invalid-dep=yes",
    `--output=${join(folder, LOGS_FOLDER, "results.out")}`,
    join(folder, REPORT_SCRIPT),
  ];
}

/** The largest array that the cluster takes. */
async function readMaxArraySize(): Promise<number> {
  const config = await runProgram(["scontrol", "show", "config"]);
  const found = /^MaxArraySize\s*=\s*(\d+)/m.exec(config)?.[1];
  // Slurm's own default.
  return found === undefined ? 1001 : Number(found);
}

/** What `submitToSlurm` starts. */
export interface SubmitOptions extends ScriptParts {
  /** What every task asks for. */
  readonly slurm: SlurmOptions;
  /** Numbers of the rows, ascending; at least one. */
  readonly rows: readonly number[];
}

/**
 * Writes the scripts of a plan beside it.
 *
 * @param options What the tasks ask for and start.
 */
export async function writeScripts({ slurm, ...parts }: SubmitOptions): Promise<void> {
  const folder = resolve(parts.folder);
  await Deno.mkdir(join(folder, LOGS_FOLDER), { recursive: true });
  await writeFileAtomically(join(folder, TASK_SCRIPT), renderTaskScript(slurm, parts));
  await writeFileAtomically(join(folder, REPORT_SCRIPT), renderReportScript(slurm, parts));
}

/**
 * Refuses a folder whose name Slurm would read as something else.
 *
 * @param folder Folder of the plan, absolute.
 * @throws {UsageError} if it has one of Slurm's signs in it.
 */
export function requireSlurmFolder(folder: string): void {
  if (!/[%\\]/.test(folder)) return;
  throw new UsageError(
    `Cannot submit ${folder} to Slurm, which reads "%" and "\\" in the names of files as its own words; rename it`,
  );
}

/** Jobs that Slurm has taken. */
export type SubmittedJobs = Pick<Submission, "arrays" | "report">;

/**
 * Submits rows of a plan: a job array, or several where the cluster's arrays are shorter, and a job after them.
 *
 * @param options Rows, and what the tasks ask for and start.
 * @param note Hears of every job at once: those that were taken run, whatever becomes of the next.
 * @returns The jobs.
 * @throws {UsageError} if the folder has a name that Slurm would read as something else.
 * @throws {BackendError} if Slurm refuses.
 */
export async function submitToSlurm(
  options: SubmitOptions,
  note: (jobs: SubmittedJobs) => Promise<void>,
): Promise<SubmittedJobs> {
  const folder = resolve(options.folder);
  requireSlurmFolder(folder);
  // Where Slurm does not answer, or may not be asked, nothing is written.
  const largest = await readMaxArraySize();
  await writeScripts(options);
  const arrays: { job: string; offset: number }[] = [];
  const submit = async (args: readonly string[]) =>
    // `job` or `job;cluster`
    (await runProgram(["sbatch", ...args])).trim().split(";")[0]!;
  for (const chunk of cutIntoArrays(options.rows, largest)) {
    const job = await submit(arrayArguments(chunk, { ...options.slurm, folder }));
    const array = { job, offset: chunk.offset };
    arrays.push(array);
    await note({ arrays: [array], report: null });
  }
  const report = await submit(reportArguments(folder, arrays.map(({ job }) => job)));
  await note({ arrays: [], report });
  return { arrays, report };
}

/**
 * Asks Slurm for the tasks of a plan that are in its queue.
 *
 * @param submissions What was started.
 * @returns The tasks, waiting and running; those that ended are not among them.
 * @throws {BackendError} if Slurm does not answer.
 */
export async function readSlurmQueue(submissions: readonly Submission[]): Promise<SlurmTask[]> {
  const offsets = new Map(
    submissions.flatMap(({ arrays }) => arrays.map(({ job, offset }) => [job, offset] as const)),
  );
  if (offsets.size === 0) return [];
  // Not --jobs: Slurm refuses the whole question where it has forgotten one of them.
  const text = await runProgram(["squeue", "--noheader", "--array", "--format=%F %K %T %R"]);
  return text.split("\n").flatMap((line) => {
    const [job = "", index = "", state = "", ...reason] = line.trim().split(/\s+/);
    const offset = offsets.get(job);
    if (offset === undefined || !/^\d+$/.test(index)) return [];
    return [{
      job: `${job}_${index}`,
      row: Number(index) + offset,
      state,
      reason: reason.join(" "),
    }];
  });
}

/**
 * Takes the jobs of a plan out of Slurm's queue; running tasks save and end.
 *
 * @param submissions What was started.
 * @returns The jobs that Slurm was told to end.
 */
export async function cancelSlurm(submissions: readonly Submission[]): Promise<string[]> {
  const jobs = submissions.flatMap(({ arrays, report }) => [
    ...arrays.map(({ job }) => job),
    ...(report === null ? [] : [report]),
  ]);
  // Jobs that ended long ago are unknown to Slurm, which is no failure.
  for (const job of jobs) {
    await runProgram(["scancel", "--full", "--signal=TERM", job]).catch(() => {});
  }
  for (const job of jobs) await runProgram(["scancel", job]).catch(() => {});
  return jobs;
}
