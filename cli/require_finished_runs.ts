import { BackendError, DivergenceError } from "../lib/errors.ts";
import type { ComparedRun, Comparison, RunState } from "../lib/paper/comparison.ts";

function runsThat(became: RunState, comparisons: readonly Comparison[]): ComparedRun[] {
  return comparisons.flatMap(({ rows }) =>
    rows.flatMap(({ runs }) => runs.filter(({ state }) => state === became))
  );
}

function refuseFailure(comparisons: readonly Comparison[]): void {
  const failed = runsThat("failed", comparisons);
  if (failed.length === 0) return;
  throw new BackendError(
    `Memory ran out in ${failed.map(({ runDirectory }) => runDirectory).join(", ")}; the ` +
      `other rows stand: take --backend tensorflow, or a machine with more memory, and run the command again`,
  );
}

function refuseDivergence(comparisons: readonly Comparison[]): void {
  const diverged = runsThat("diverged", comparisons);
  if (diverged.length === 0) return;
  throw new DivergenceError(
    `Training diverged in ${
      diverged.map(({ runDirectory }) => runDirectory).join(", ")
    }: the loss went far ` +
      `beyond that of guessing, or a number stopped being finite; the other rows stand`,
  );
}

/**
 * Makes an error of runs without a result. Their tables are shown before: the exit code then says that rows are missing.
 *
 * @param comparisons What was compared.
 * @throws {BackendError} if memory ran out in a run.
 * @throws {DivergenceError} if a training diverged.
 */
export function requireFinishedRuns(comparisons: readonly Comparison[]): void {
  refuseFailure(comparisons);
  refuseDivergence(comparisons);
}
