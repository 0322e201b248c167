import type { Attempt } from "./attempts.ts";
import type { RowState, RowStateName } from "./row_state.ts";
import type { SlurmTask } from "./slurm_executor.ts";
import { nameOf, type Setting } from "./sweep_plan.ts";

/** A row as its status shows it. */
export interface SweepStatusRow {
  /** Number of the row. */
  readonly index: number;
  /** Name of its run folder. */
  readonly run: string;
  /** Name that its run folder begins with: of its preset or configuration. */
  readonly name: string;
  /** What distinguishes it, apart from the seed. */
  readonly settings: Readonly<Record<string, Setting>>;
  /** Its seed. */
  readonly seed: number;
  /** What it is doing. */
  readonly state: RowStateName;
  /** Epochs completed, of how many. */
  readonly epochs: number;
  /** Epochs of the whole training. */
  readonly plannedEpochs: number;
  /** Best Top-1 on the validation images, 0..1; `null` before the first validation. */
  readonly validationTop1: number | null;
  /** Seconds that are left at the pace of the epochs so far; `null` where nothing tells. */
  readonly secondsLeft: number | null;
  /** What else there is to say: why it failed, where it runs, what it waits for. */
  readonly remark: string;
  /** Attempts so far. */
  readonly attempts: readonly Attempt[];
}

/** A message of several lines in one; the record of the attempt has all of a long one. */
function oneLine(message: string): string {
  const line = message.replaceAll(/\s+/g, (blanks) => blanks.includes("\n") ? " " : blanks);
  return line.length <= 400 ? line : `${line.slice(0, 397).toWellFormed()}...`;
}

function remarkOn(row: RowState, task: SlurmTask | undefined): string {
  // The first line may only announce what the others name.
  if (row.message !== null) return oneLine(row.message);
  if (row.state === "done") return "";
  if (row.state === "running") {
    const by = row.attempts.at(-1)!;
    return `${by.job ?? `process ${by.process}`} on ${by.host}`;
  }
  if (task !== undefined) return `${task.job} ${task.state.toLowerCase()} ${task.reason}`;
  if (row.state === "lost") return "killed; goes on from its last checkpoint when started again";
  return row.epochs > 0 ? "saved; goes on when started again" : "";
}

/**
 * Says how the rows of a sweep stand.
 *
 * @param states The rows.
 * @param queue Tasks in Slurm's queue; `null` where it was not asked.
 * @returns The rows as they are shown.
 */
export function statusRows(
  states: readonly RowState[],
  queue: readonly SlurmTask[] | null,
): SweepStatusRow[] {
  const tasks = new Map(queue?.map((task) => [task.row, task]));
  return states.map((row) => {
    const { index, state, epochs, plannedEpochs, validationTop1, secondsLeft, attempts } = row;
    return {
      ...{ index, run: row.row.name, name: nameOf(row.row.name), settings: row.row.settings },
      ...{ seed: row.row.config.training.seed, state, epochs, plannedEpochs, validationTop1 },
      ...{ secondsLeft: state === "running" ? secondsLeft : null },
      remark: remarkOn(row, tasks.get(index)),
      attempts,
    };
  });
}
