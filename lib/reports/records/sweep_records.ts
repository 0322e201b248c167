import type { SweepResults } from "../../sweeps/results_by_setting.ts";
import type { Setting } from "../../sweeps/sweep_plan.ts";
import type { CsvRecord } from "./csv_record.ts";

/** As `--set` takes it: yes and no are `true` and `false` there, not 1 and 0. */
function cellOf(setting: Setting | undefined): string | number | null {
  return typeof setting === "boolean" ? String(setting) : setting ?? null;
}

/**
 * Results of a sweep for other programs: one record per setting.
 *
 * @param sweep The results.
 * @returns Raw numbers: a column for every swept key, shares 0..1, seconds; a key that a preset does not sweep is `null`.
 */
export function sweepRecords({ results }: SweepResults): CsvRecord[] {
  const paths = [...new Set(results.flatMap(({ settings }) => Object.keys(settings)))];
  return results.map((result) => ({
    name: result.name,
    ...Object.fromEntries(paths.map((path) => [path, cellOf(result.settings[path])])),
    trainings: result.rows,
    done: result.done,
    validation_top1: result.validationTop1,
    validation_top1_deviation: result.deviation,
    seconds: result.seconds,
    is_best: result.isBest,
  }));
}
