/**
 * `deno task slurm-proof`: a sweep on a Slurm of one machine, started here, with all that can happen to its tasks: an array,
 * a failing row, a time limit, a cancellation, a preemption, a node that goes down. Prints one line a case, and what a task
 * costs beside its training.
 */
import { join } from "node:path";
import { median } from "simple-statistics";
import {
  tryArray,
  tryFailure,
  tryLimit,
  tryLosses,
  withBench,
} from "../tests/helpers/slurm_cases.ts";
import { readTaskArguments, refusePositionals, runTask } from "./task_options.ts";
import { slurmProblem } from "../tests/helpers/slurm_cluster.ts";

const CASES = [
  ["twelve trainings in two arrays, and their results", tryArray],
  ["a row that fails for good, resubmission and retry", tryFailure],
  ["a time limit and a cancellation, bit for bit", tryLimit],
  ["a preempted task, and a node that goes down under it", tryLosses],
] as const;

/** Seconds from the start of a task's process to its first step, over the tasks of the array. */
async function measureOverhead(folder: string): Promise<string> {
  const seconds: number[] = [];
  for await (const { name } of Deno.readDir(join(folder, "array", "attempts"))) {
    if (!name.endsWith(".json")) continue;
    const attempt = JSON.parse(await Deno.readTextFile(join(folder, "array", "attempts", name)));
    seconds.push(attempt.secondsToFirstStep);
  }
  return `start to first step: median ${
    median(seconds).toFixed(1)
  } s of ${seconds.length} tasks, two at a time`;
}

const HELP =
  `Runs a sweep on a Slurm of one machine, started here, with all that can happen to its tasks.
Where Slurm is not installed it says what is missing.
`;

async function main(): Promise<void> {
  refusePositionals(readTaskArguments(HELP, {}).positionals);
  if (slurmProblem !== null) throw new Error(`Cannot start Slurm here: ${slurmProblem}`);
  await withBench(async (bench) => {
    for (const [name, attempt] of CASES) {
      const started = performance.now();
      await attempt(bench);
      console.log(`${((performance.now() - started) / 1000).toFixed(0)} s  ${name}`);
      if (attempt === tryArray) console.log(`      ${await measureOverhead(bench.folder)}`);
    }
  });
}

if (import.meta.main) await runTask(main);
