import { OutOfMemoryError } from "../backends/out_of_memory.ts";
import { FolderInUseError } from "../checkpoints/run_lock.ts";
import {
  BackendError,
  CheckpointError,
  DataError,
  DivergenceError,
  messageOf,
  UsageError,
} from "../errors.ts";
import { asFitted } from "../paper/run_identity.ts";
import { runTraining } from "../runs/run_training.ts";
import {
  type Attempt,
  BEAT_SECONDS,
  claimAttempt,
  isOvertaken,
  readAttempts,
  rowLockOf,
  updateAttempt,
} from "./attempts.ts";
import { lockFile } from "./process_lock.ts";
import { readRowState, type RowState, type StateConditions } from "./row_state.ts";
import { readRunOfRow } from "./run_of_row.ts";
import { runDirectoryOf, type SweepPlan } from "./sweep_plan.ts";
import type { Provenance } from "../runs/run_types.ts";
import type { TrainingEvent } from "../training/training_event.ts";

/** Options of {@linkcode runRowTask}. */
export interface RunRowTaskOptions extends Pick<StateConditions, "host" | "isJobRunning"> {
  /** Folder of the plan. */
  readonly folder: string;
  /** The plan. */
  readonly plan: SweepPlan;
  /** Number of the row. */
  readonly index: number;
  /** Job of a batch system; `null` without one. */
  readonly job: string | null;
  /** Where the command came from; added to the run folder. */
  readonly provenance: Provenance;
  /** Saves, and ends. */
  readonly signal: AbortSignal;
  /** Hears every event of the training. */
  readonly report?: (event: TrainingEvent) => void;
}

/** How a task ended. */
export type TaskEnd =
  /** The row is done, now or before. */
  | { readonly kind: "done" }
  /** Another process is at work on it. */
  | { readonly kind: "taken"; readonly by: Attempt | null }
  /** The signal came, and the state is saved. */
  | { readonly kind: "saved" }
  /** It failed before for good, or too often. */
  | { readonly kind: "given-up"; readonly message: string };

/** Whether the same attempt would fail in the same way again. */
function isForGood(error: unknown): boolean {
  return [UsageError, DataError, CheckpointError, BackendError, DivergenceError, OutOfMemoryError]
    .some((Class) => error instanceof Class);
}

/** The row as this task finds it, and whether it may begin. */
async function decide(
  options: RunRowTaskOptions,
  holdsLock: boolean,
): Promise<TaskEnd | RowState> {
  const { folder, plan, index, job } = options;
  const attempts = (await readAttempts(folder)).get(index) ?? [];
  const state = await readRowState(folder, plan, index, {
    ...options,
    attempts,
    holdsLock,
    now: Date.now(),
    // A job that was started again is not at work as it was before.
    isJobRunning: (other) => other !== job && (options.isJobRunning?.(other) ?? true),
  });
  if (state.state === "done") return { kind: "done" };
  if (state.state === "running") return { kind: "taken", by: state.attempts.at(-1)! };
  if (state.state === "failed") return { kind: "given-up", message: state.message! };
  return state;
}

/**
 * Makes one attempt at a row: trains it, or goes on with it, until its end or a signal. A row that another process works on
 * is left to it; of two that begin at once, one makes the record of the attempt, and the other leaves.
 *
 * @param options Plan, row, job, signal.
 * @returns How it ended.
 * @throws What the training throws; the record of the attempt says so before.
 */
export async function runRowTask(options: RunRowTaskOptions): Promise<TaskEnd> {
  const { folder, index } = options;
  using lock = await lockFile(rowLockOf(folder, index));
  if (lock.isHeld === false) return { kind: "taken", by: null };
  const found = await decide(options, lock.isHeld === true);
  if ("kind" in found) return found;
  const all = (await readAttempts(folder)).get(index) ?? [];
  const now = new Date().toISOString();
  const attempt: Attempt = {
    ...{ number: (all.at(-1)?.number ?? 0) + 1, state: "running" },
    ...{ host: options.host, process: Deno.pid, job: options.job },
    ...{ startedAt: now, seenAt: now, secondsToFirstStep: null, message: null },
  };
  if (!await claimAttempt(folder, index, attempt)) return { kind: "taken", by: null };
  return await train(options, attempt);
}

/** Signs of life, and the end of the work where another attempt has begun. */
class Beat {
  readonly #abort = new AbortController();
  readonly #options: RunRowTaskOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  #attempt: Attempt;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: RunRowTaskOptions, attempt: Attempt) {
    this.#options = options;
    this.#attempt = attempt;
    this.#timer = setInterval(() => this.write({}), BEAT_SECONDS * 1000);
  }

  /** Stops the training: the user's signal, or another attempt. */
  get signal(): AbortSignal {
    return AbortSignal.any([this.#options.signal, this.#abort.signal]);
  }

  /** Changes the record; writes follow one another. */
  write(change: Partial<Attempt>): Promise<void> {
    this.#attempt = { ...this.#attempt, ...change, seenAt: new Date().toISOString() };
    const { folder, index } = this.#options;
    this.#writing = this.#writing.then(async () => {
      if (await isOvertaken(folder, index, this.#attempt.number)) this.#abort.abort();
      else await updateAttempt(folder, index, this.#attempt);
    }).catch(() => {
      // A disk that is full or away for a moment does not end a training; the next sign may come through.
    });
    return this.#writing;
  }

  /** The last word. */
  async end(change: Partial<Attempt>): Promise<void> {
    clearInterval(this.#timer);
    await this.write(change);
  }
}

async function train(options: RunRowTaskOptions, attempt: Attempt): Promise<TaskEnd> {
  const beat = new Beat(options, attempt);
  let hasStep = false;
  const report = (event: TrainingEvent) => {
    options.report?.(event);
    if (hasStep || event.kind !== "step") return;
    hasStep = true;
    // Since the process began, by a clock that nobody sets.
    beat.write({ secondsToFirstStep: performance.now() / 1000 });
  };
  try {
    const stopReason = await trainRow(options, { signal: beat.signal, report });
    if (stopReason === "diverged") {
      throw new DivergenceError(
        "Training diverged: its loss exploded, or its numbers stopped being finite",
      );
    }
    const isSaved = stopReason === "interrupted" || stopReason === "time-limit";
    await beat.end({ state: isSaved ? "saved" : "done" });
    return { kind: isSaved ? "saved" : "done" };
  } catch (error) {
    if (error instanceof FolderInUseError) {
      // Another sweep, or a person, trains the same run. That is no failure: the row goes on where that ends.
      await beat.end({ state: "saved" });
      return { kind: "taken", by: null };
    }
    const state = isForGood(error) ? "failed-for-good" : "failed";
    await beat.end({ state, message: messageOf(error).slice(0, 2000) });
    throw error;
  }
}

async function trainRow(
  { folder, plan, index, provenance }: RunRowTaskOptions,
  { signal, report }: {
    readonly signal: AbortSignal;
    readonly report: (event: TrainingEvent) => void;
  },
) {
  const row = plan.rows[index]!;
  const runDirectory = runDirectoryOf(folder, plan, row);
  const before = await readRunOfRow(folder, plan, index);
  const { stopReason } = await runTraining(asFitted(row.config, before?.config ?? null), {
    runDirectory,
    resume: before !== null,
    // Another node may have another device: close, but not bit for bit. Whoever names the backend says that it will do.
    allowOtherBackend: row.config.backend !== "auto",
    provenance,
    signal,
    report,
    saveEvery: { epochs: 1, seconds: plan.saveEvery },
  });
  return stopReason;
}

/**
 * Lets rows be tried again that failed, however often.
 *
 * @param folder Folder of the plan.
 * @param states The rows; those that are done or at work are left alone.
 * @param host Name of this machine.
 * @returns Numbers of the rows that were reset.
 */
export async function resetRows(
  folder: string,
  states: readonly RowState[],
  host: string,
): Promise<number[]> {
  const all = await readAttempts(folder);
  const reset: number[] = [];
  for (const { index, state } of states) {
    if (state !== "failed" && state !== "lost") continue;
    const now = new Date().toISOString();
    const attempt: Attempt = {
      ...{ number: (all.get(index)?.at(-1)?.number ?? 0) + 1, state: "reset" },
      ...{ host, process: Deno.pid, job: null, startedAt: now, seenAt: now },
      ...{ secondsToFirstStep: null, message: null },
    };
    if (await claimAttempt(folder, index, attempt)) reset.push(index);
  }
  return reset;
}
