import { quoteWord } from "../safe_text.ts";
import { threadVariables } from "./thread_variables.ts";

/** What every task of a plan asks Slurm for. */
export interface SlurmOptions {
  /** Partition; Slurm's default without one. */
  readonly partition?: string | undefined;
  /** Account that is charged. */
  readonly account?: string | undefined;
  /** Time limit in Slurm's words: `2:00:00`. */
  readonly time?: string | undefined;
  /** Processor cores of a task. */
  readonly cpus: number;
  /** Memory of a task in Slurm's words: `8G`. */
  readonly mem?: string | undefined;
  /** Other resources: `gpu:1`. */
  readonly gres?: string | undefined;
  /** Most tasks at a time. */
  readonly arrayLimit?: number | undefined;
  /** Further arguments of sbatch, one each; a value with spaces or `#` is put in quotation marks if it has none. */
  readonly sbatch: readonly string[];
}

/** Folder of what the tasks write, beside the plan: a file a row. */
export const LOGS_FOLDER = "logs";

/** Seconds ahead of the time limit at which a task is told to save. */
const WARNING_SECONDS = 120;

/** What the scripts of a plan start. */
export interface ScriptParts {
  /** Program with its first arguments, up to the command. */
  readonly program: readonly string[];
  /** Folder of the plan, absolute. */
  readonly folder: string;
  /** Folder that the tasks start in, absolute. */
  readonly directory: string;
  /** Times that a row is tried again. */
  readonly retries: number;
}

/** sbatch splits its lines at spaces and ends them at `#`, but within quotation marks. */
function quoteValue(argument: string): string {
  return /["']/.test(argument) ? argument : argument.replace(/=(.*[\s#].*)$/s, '="$1"');
}

function directives(options: SlurmOptions, name: string): string[] {
  const { partition, account, time, cpus, mem, gres, sbatch } = options;
  const given = [
    ["partition", partition],
    ["account", account],
    ["time", time],
    ["cpus-per-task", String(cpus)],
    ["mem", mem],
    ["gres", gres],
  ].flatMap(([key, value]) => value === undefined ? [] : [`--${key}=${value}`]);
  return [`--job-name=${name}`, "--nodes=1", "--ntasks=1", ...given, ...sbatch.map(quoteValue)]
    .map((words) => `#SBATCH ${words}`);
}

/**
 * Writes the batch script of the tasks: a job array whose index, with the offset given as argument, is the number of the row.
 *
 * The signal ahead of the limit reaches the shell alone (`B:`), which passes it on. What asks to go on is queued again by
 * its own number in the array; a task that Slurm takes away for another job is queued again by Slurm.
 *
 * @param options What a task asks for.
 * @param parts What it starts.
 * @returns The script.
 */
export function renderTaskScript(options: SlurmOptions, parts: ScriptParts): string {
  const { program, folder, directory, retries } = parts;
  const failures = quoteWord(`${folder}/${LOGS_FOLDER}/failures`);
  const command = [...program, "sweep", "task", folder, "--index"].map(quoteWord).join(" ");
  const threads = Object.entries(threadVariables("$threads")).map((pair) => pair.join("="));
  return `#!/bin/bash
# One task of a sweep: row number = index in the array + offset, which is the argument of this script.
${directives(options, "puppet-sweep").join("\n")}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:USR1@${WARNING_SECONDS}

cd ${quoteWord(directory)} || exit 1
row=$((SLURM_ARRAY_TASK_ID + \${1:-0}))
threads=\${SLURM_CPUS_PER_TASK:-${options.cpus}}
export ${threads.join(" ")}
warned=0
told=0
code=143
task=
# Not passed on as it is: Deno takes SIGUSR1 for a wish to debug. SIGTERM saves as well.
# Set before there is a task: one that is told so early is not started.
trap 'warned=1; told=1; kill -TERM $task 2>/dev/null' USR1
trap 'told=1; kill -TERM $task 2>/dev/null' TERM

if [ $told = 0 ]; then
  ${command} "$row" &
  task=$!
  wait $task
  code=$?
  # A signal ends "wait" too: the task is still saving.
  while kill -0 $task 2>/dev/null; do wait $task; code=$?; done
fi

again() {
  echo "row $row: $1, queued again"
  trap 'exit 0' TERM
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}" || return
  # Slurm ends this job now; an end of its own would count as one.
  sleep 300 &
  wait $!
}
case $code in
  1)
    # Counted here too: a task may fail before it can note its attempt.
    failures=${failures}-"\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}"
    if echo "$code" >> "$failures" && [ "$(wc -l < "$failures")" -le ${retries} ]; then
      again "failed for a reason that may pass"
    else
      echo "row $row: failed too often, given up"
    fi
    ;;
  # Saved on a signal. Without the warning somebody wants the task gone, or Slurm queues it again itself.
  143) [ $warned = 1 ] && again "saved ahead of the limit" ;;
  # Killed without a word.
  *) [ "$code" -gt 128 ] && again "killed by signal $((code - 128))" ;;
esac
exit "$code"
`;
}

/**
 * Writes the batch script that runs after all tasks, whatever became of them: results by setting, or the tables.
 *
 * @param options What a task asks for; the report takes one core and no resources.
 * @param parts What it starts.
 * @returns The script.
 */
export function renderReportScript(options: SlurmOptions, parts: ScriptParts): string {
  const { program, folder, directory } = parts;
  const command = [...program, "sweep", "results", folder, "--write"].map(quoteWord).join(" ");
  const { partition, account, time, mem } = options;
  const own: SlurmOptions = { partition, account, time, mem, cpus: 1, sbatch: [] };
  return `#!/bin/bash
# The results of a sweep, after its last task.
${directives(own, "puppet-sweep-results").join("\n")}

cd ${quoteWord(directory)} || exit 1
exec ${command}
`;
}

/** Rows that one job array holds: its indices are these numbers less the offset. */
export interface ArrayChunk {
  /** Number of the row of index 0. */
  readonly offset: number;
  /** Indices in the array, ascending. */
  readonly indices: readonly number[];
}

/**
 * Cuts rows into arrays: an index must be below Slurm's MaxArraySize.
 *
 * @param rows Numbers of rows, ascending.
 * @param maxArraySize MaxArraySize of the cluster.
 * @returns The arrays.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(cutIntoArrays([0, 2, 5], 4), [
 *   { offset: 0, indices: [0, 2] },
 *   { offset: 4, indices: [1] },
 * ]);
 * ```
 */
export function cutIntoArrays(rows: readonly number[], maxArraySize: number): ArrayChunk[] {
  const groups = Map.groupBy(rows, (row) => Math.floor(row / maxArraySize) * maxArraySize);
  return [...groups].map(([offset, own]) => ({ offset, indices: own.map((row) => row - offset) }));
}

/**
 * Writes indices in Slurm's words.
 *
 * @param indices Ascending.
 * @param limit Most tasks at a time.
 * @returns `0-3,7%2`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(formatArray([0, 1, 2, 5, 7, 8], 2), "0-2,5,7-8%2");
 * ```
 */
export function formatArray(indices: readonly number[], limit?: number): string {
  const ranges: [number, number][] = [];
  for (const index of indices) {
    const last = ranges.at(-1);
    if (last?.[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  const words = ranges.map(([from, to]) => from === to ? `${from}` : `${from}-${to}`);
  return `${words.join(",")}${limit === undefined ? "" : `%${limit}`}`;
}
