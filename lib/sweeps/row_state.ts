import { countOf } from "../count_of.ts";
import { CheckpointError } from "../errors.ts";
import { endOfRun, epochsOf } from "../runs/end_of_run.ts";
import type { RunProgress } from "../runs/run_progress.ts";
import { type Attempt, readAttempts, rowLockOf, STALE_SECONDS } from "./attempts.ts";
import { isLocked } from "./process_lock.ts";
import { readRunOfRow } from "./run_of_row.ts";
import { runDirectoryOf, type SweepPlan, type SweepRow } from "./sweep_plan.ts";

/** What a row is doing. A lost one was at work and was killed without a word; it goes on from its last checkpoint. */
export type RowStateName = "waiting" | "running" | "done" | "failed" | "lost";

/** A row as it stands. */
export interface RowState {
  /** Number of the row. */
  readonly index: number;
  /** The row. */
  readonly row: SweepRow;
  /** What it is doing. */
  readonly state: RowStateName;
  /** Attempts so far, without those that somebody has reset. */
  readonly attempts: readonly Attempt[];
  /** Epochs completed, of how many. */
  readonly epochs: number;
  /** Epochs of the whole training. */
  readonly plannedEpochs: number;
  /** Best Top-1 on the validation images, 0..1; `null` before the first validation. */
  readonly validationTop1: number | null;
  /** Wall time of the epochs that are logged, in seconds. */
  readonly seconds: number;
  /** Seconds that are left at the pace of the epochs so far; `null` where nothing tells. */
  readonly secondsLeft: number | null;
  /** Why it failed; `null` if it did not. */
  readonly message: string | null;
}

/** What the state of a row follows from, beside its folder. */
export interface StateConditions {
  /** Name of this machine. */
  readonly host: string;
  /** Time in milliseconds since 1970. */
  readonly now: number;
  /** Whether a batch system knows that the attempt's job runs; `undefined` where it cannot be asked. */
  readonly isJobRunning?: ((job: string) => boolean) | undefined;
  /**
   * Whether the caller holds the row's lock itself, so that nobody else on this machine does.
   *
   * @default false
   */
  readonly holdsLock?: boolean;
}

/**
 * Whether the process of an attempt lives. On this machine its lock tells, which goes with the process. A lock on another
 * machine may be known there only; then signs of life tell.
 *
 * @param folder Folder of the plan.
 * @param row Number of the row.
 * @param attempt The attempt.
 * @param conditions This machine, the time, and what the batch system says.
 * @returns `false` where it was killed.
 */
export async function isAlive(
  folder: string,
  row: number,
  attempt: Attempt,
  conditions: StateConditions,
): Promise<boolean> {
  const { host, now, isJobRunning, holdsLock = false } = conditions;
  if (attempt.job !== null && isJobRunning !== undefined && !isJobRunning(attempt.job)) {
    return false;
  }
  if (attempt.host === host) {
    const isHeld = holdsLock ? false : await isLocked(rowLockOf(folder, row));
    if (isHeld !== null) return isHeld;
  }
  return now - Date.parse(attempt.seenAt) < STALE_SECONDS * 1000;
}

/** The attempts since the row was last reset. */
function countedAttempts(attempts: readonly Attempt[]): readonly Attempt[] {
  return attempts.slice(attempts.findLastIndex(({ state }) => state === "reset") + 1);
}

/**
 * Counts the attempts that count against `retries`: those that failed, or were killed. One that saved on a signal does not.
 *
 * @param attempts Attempts since the last reset; none is at work.
 * @returns The number.
 */
export function countLosses(attempts: readonly Attempt[]): number {
  return attempts.filter(({ state }) => state === "running" || state === "failed").length;
}

async function nameState(
  at: { readonly folder: string; readonly index: number; readonly retries: number },
  attempts: readonly Attempt[],
  conditions: StateConditions,
): Promise<RowStateName> {
  const last = attempts.at(-1);
  if (last === undefined || last.state === "saved") return "waiting";
  if (last.state === "failed-for-good") return "failed";
  const isRunning = last.state === "running" &&
    await isAlive(at.folder, at.index, last, conditions);
  if (isRunning) return "running";
  if (countLosses(attempts) > at.retries) return "failed";
  return last.state === "running" ? "lost" : "waiting";
}

function timeLeft({ log, config, epochs }: RunProgress): number | null {
  if (log.length === 0) return null;
  const recent = log.slice(-5);
  const pace = recent.reduce((sum, { seconds }) => sum + seconds, 0) / recent.length;
  return pace * Math.max(config.training.epochs - epochs, 0);
}

function messageOf(state: RowStateName, attempts: readonly Attempt[]): string | null {
  if (state !== "failed") return null;
  const told = attempts.findLast(({ message }) => message !== null)?.message;
  return told ?? `killed without a word, ${countOf(countLosses(attempts), "time")}`;
}

/** How far the run of a row has come, or what is wrong with it: that concerns its own row, and no other. */
async function readProgress(
  ...of: Parameters<typeof readRunOfRow>
): Promise<RunProgress | CheckpointError | null> {
  try {
    return await readRunOfRow(...of);
  } catch (error) {
    if (error instanceof CheckpointError) return error;
    throw error;
  }
}

/**
 * Reads the state of one row from its run folder and the records of its attempts.
 *
 * @param folder Folder of the plan.
 * @param plan The plan.
 * @param index Number of the row.
 * @param options Its attempts, and the conditions.
 * @returns The state.
 */
export async function readRowState(
  folder: string,
  plan: SweepPlan,
  index: number,
  options: StateConditions & { readonly attempts: readonly Attempt[] },
): Promise<RowState> {
  const row = plan.rows[index]!;
  const directory = runDirectoryOf(folder, plan, row);
  const found = await readProgress(folder, plan, index);
  const damage = found instanceof CheckpointError ? found.message : null;
  const progress = found instanceof CheckpointError ? null : found;
  const attempts = countedAttempts(options.attempts);
  const at = { folder, index, retries: plan.retries };
  const attempted = await nameState(at, attempts, options);
  const end = await endOfRun(directory, progress);
  const state = damage !== null ? "failed" : end !== null ? "done" : attempted;
  return {
    ...{ index, row, state, attempts },
    epochs: epochsOf(progress, end),
    plannedEpochs: row.config.training.epochs,
    validationTop1: progress?.best?.validationTop1 ?? null,
    seconds: progress?.log.reduce((sum, { seconds }) => sum + seconds, 0) ?? 0,
    secondsLeft: progress === null || state === "done" ? null : timeLeft(progress),
    message: damage ?? messageOf(state, attempts),
  };
}

/**
 * Reads the state of every row.
 *
 * @param folder Folder of the plan.
 * @param plan The plan.
 * @param conditions This machine, the time, and what the batch system says.
 * @returns The states, by number.
 */
export async function readRowStates(
  folder: string,
  plan: SweepPlan,
  conditions: StateConditions,
): Promise<RowState[]> {
  const attempts = await readAttempts(folder);
  const states: RowState[] = [];
  for (const index of plan.rows.keys()) {
    const own = attempts.get(index) ?? [];
    states.push(await readRowState(folder, plan, index, { ...conditions, attempts: own }));
  }
  return states;
}
