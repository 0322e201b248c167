import type { ComparedRun } from "./comparison.ts";

function areTestedAlike(one: ComparedRun, other: ComparedRun): boolean {
  const [figures, others] = [one.figures, other.figures];
  // A run without figures is averaged with nothing.
  if (figures === null || others === null) return true;
  if (figures.testImages !== others.testImages) return false;
  const [fingerprint, another] = [figures.testFingerprint, others.testFingerprint];
  // A folder may have been copied; an evaluation of an earlier version does not say which images they were.
  return fingerprint === undefined || another === undefined
    ? one.dataset === other.dataset
    : fingerprint === another;
}

/**
 * Puts runs together that were tested on the same images.
 *
 * @param runs The runs, tested or not.
 * @returns Groups in the order of their first runs.
 */
export function groupByTestImages(runs: readonly ComparedRun[]): ComparedRun[][] {
  const groups: ComparedRun[][] = [];
  for (const run of runs) {
    const group = groups.find((others) => others.every((other) => areTestedAlike(run, other)));
    if (group === undefined) groups.push([run]);
    else group.push(run);
  }
  return groups;
}
