import { mean } from "simple-statistics";
import { seedStatistics } from "../paper/build_row.ts";
import { nameOf, type Setting, settingKey } from "./sweep_plan.ts";
import type { RowState, RowStateName } from "./row_state.ts";

/** What came of one setting over its seeds. */
export interface SettingResult {
  /** Name of the settings' model or preset and their values. */
  readonly settings: Readonly<Record<string, Setting>>;
  /** Name that the run folders begin with. */
  readonly name: string;
  /** Rows that are done, of how many. */
  readonly done: number;
  /** Rows of the setting. */
  readonly rows: number;
  /** Mean over the seeds that are done of the best validation Top-1, 0..1; `null` without one. */
  readonly validationTop1: number | null;
  /** Sample standard deviation over the seeds; `null` for fewer than two. */
  readonly deviation: number | null;
  /** Mean wall time of a training in seconds; `null` without one. */
  readonly seconds: number | null;
  /** Whether no other setting validates better. */
  readonly isBest: boolean;
}

/** The results of a sweep. */
export interface SweepResults {
  /** Kind of the document. */
  readonly kind: "sweep-results";
  /** Version of its form. */
  readonly version: 1;
  /** Folder of the sweep. */
  readonly folder: string;
  /** Rows by their state. */
  readonly counts: Readonly<Record<RowStateName, number>>;
  /** One result per setting, in the order of the plan. */
  readonly results: readonly SettingResult[];
}

/**
 * Counts rows by their state.
 *
 * @param states The rows.
 * @returns A number for every state.
 */
export function countStates(states: readonly RowState[]): Record<RowStateName, number> {
  const counts = { done: 0, running: 0, waiting: 0, lost: 0, failed: 0 };
  for (const { state } of states) counts[state] += 1;
  return counts;
}

function summarize(states: readonly RowState[]): Omit<SettingResult, "isBest"> {
  const { row } = states[0]!;
  const done = states.filter(({ state }) => state === "done");
  const top1 = seedStatistics(done.flatMap(({ validationTop1 }) => validationTop1 ?? []));
  return {
    settings: row.settings,
    name: nameOf(row.name),
    done: done.length,
    rows: states.length,
    validationTop1: top1?.mean ?? null,
    deviation: top1?.deviation ?? null,
    seconds: done.length === 0 ? null : mean(done.map(({ seconds }) => seconds)),
  };
}

/**
 * Sets the settings of a sweep beside each other, over their seeds. They are told apart by their validation images: the
 * test images choose nothing.
 *
 * @param states The rows.
 * @returns One result per setting, in the order of the plan.
 */
export function resultsBySetting(states: readonly RowState[]): SettingResult[] {
  const groups = Map.groupBy(states, ({ row }) => settingKey(row));
  const results = [...groups.values()].map(summarize);
  const best = Math.max(...results.map(({ validationTop1 }) => validationTop1 ?? -Infinity));
  return results.map((result) => ({ ...result, isBest: result.validationTop1 === best }));
}
