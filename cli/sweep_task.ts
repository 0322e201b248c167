import { CheckpointError, UsageError } from "../lib/errors.ts";
import { runRowTask, type TaskEnd } from "../lib/sweeps/run_row_task.ts";
import { readPlan } from "../lib/sweeps/sweep_plan.ts";
import { InterruptedError, type StopSignal } from "./exit_codes.ts";
import { createOutput, readEnvironment } from "./output.ts";
import { createProgress } from "./progress.ts";
import { collectProvenance } from "../lib/runs/collect_provenance.ts";
import { startBackend } from "./start_backend.ts";
import { withStopSignals } from "./stop_signals.ts";
import type { SweepOptions } from "./sweep_options.ts";
import { showTraining } from "./training_display.ts";

/** The job as Slurm numbers it: that of the array, not the one that this task has besides. */
function jobOfTask(): string | null {
  const job = readEnvironment("SLURM_ARRAY_JOB_ID");
  const index = readEnvironment("SLURM_ARRAY_TASK_ID");
  return job === undefined || index === undefined ? null : `${job}_${index}`;
}

/** The share of the cores that the executor gives: TensorFlow reads the variable itself, WASM is told. */
function threadsOfTask(): number | undefined {
  const threads = Number(readEnvironment("OMP_NUM_THREADS"));
  return Number.isInteger(threads) && threads >= 1 ? threads : undefined;
}

/** Says how a task ended; what is to be tried again, and what not, follows from the exit code. */
function sayEnd(end: TaskEnd, index: number, signal: StopSignal | null): string {
  switch (end.kind) {
    case "done":
      return `row ${index} is done`;
    case "taken":
      return `row ${index} is worked on by ${
        end.by === null ? "another process" : `process ${end.by.process} on ${end.by.host}`
      }`;
    case "saved":
      if (signal === null) return `row ${index} was begun by another process, and is left to it`;
      throw new InterruptedError(signal, `Row ${index} is saved; its task goes on from there`);
    case "given-up":
      throw new CheckpointError(
        `Cannot try row ${index} again: ${end.message}; fix it, and use "sweep retry"`,
      );
  }
}

/**
 * Works on one row of a sweep: what an executor starts.
 *
 * @param folder Folder of the sweep.
 * @param options What the parser found.
 * @throws What the training throws, for the exit code.
 */
export async function runTask(folder: string, options: SweepOptions): Promise<void> {
  const startedAt = new Date();
  const output = createOutput(options);
  const { index } = options;
  if (index === undefined) {
    throw new UsageError("Cannot work on a row: give its number with --index");
  }
  const plan = await readPlan(folder);
  const row = plan.rows[index];
  if (row === undefined) {
    throw new UsageError(
      `Cannot work on row ${index}: the plan has rows 0 to ${plan.rows.length - 1}`,
    );
  }
  const backend = await startBackend(row.config.backend, output, {
    environmentThreads: threadsOfTask(),
    math: row.config.math,
  });
  const provenance = await collectProvenance({ argv: Deno.args, startedAt, backend });
  const progress = createProgress({ quiet: output.quiet });
  const report = showTraining(progress, {
    training: row.config.training,
    warn: (text) => output.warn(text),
  });
  const { result: end, signal } = await withStopSignals(
    (signal) =>
      runRowTask({
        ...{ folder, plan, index, provenance, signal, report },
        host: Deno.hostname(),
        job: jobOfTask(),
      }),
    (signal) => progress.note(`${signal}: saving and stopping`),
  );
  progress.end();
  output.talk(sayEnd(end, index, signal));
}
