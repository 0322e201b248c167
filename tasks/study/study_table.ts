import { mean, sampleStandardDeviation } from "simple-statistics";

/** What is kept of one training. */
export interface StudyRun {
  /** Name of the variant. */
  readonly variant: string;
  /** What is changed, in words. */
  readonly change: string;
  /** Seed of the run. */
  readonly seed: number;
  /** Last epoch: top-1 on the training images as they passed, 0..1. */
  readonly trainTop1: number;
  /** Last epoch: top-1 on the validation images, 0..1. */
  readonly validationTop1: number;
  /** Seconds of all epochs. */
  readonly seconds: number;
  /** Fingerprint of the training images. */
  readonly trainFingerprint: string;
}

const percent = (share: number): string => (100 * share).toFixed(2);

/**
 * Sets the variants beside the base, seed by seed: the difference is that of runs with the same seed, and with it the same
 * images.
 *
 * @param runs Finished trainings; those of a variant whose seed the base lacks are left out of its difference.
 * @returns A Markdown table, the largest gain first, with the number of seeds behind every line; lines without a difference last.
 */
export function formatStudy(runs: readonly StudyRun[]): string {
  const base = new Map(
    runs.filter(({ variant }) => variant === "base").map((run) => [run.seed, run.validationTop1]),
  );
  const rows = Map.groupBy(runs, ({ variant }) => variant).values().map((group) => {
    const differences = group.flatMap(({ seed, validationTop1 }) =>
      base.has(seed) ? [validationTop1 - base.get(seed)!] : []
    );
    return {
      change: group[0]!.change,
      isBase: group[0]!.variant === "base",
      seeds: group.length,
      validation: mean(group.map(({ validationTop1 }) => validationTop1)),
      train: mean(group.map(({ trainTop1 }) => trainTop1)),
      difference: differences.length === 0 ? null : mean(differences),
      spread: differences.length < 2 ? null : sampleStandardDeviation(differences),
    };
  }).toArray().sort((one, other) => (other.difference ?? -1) - (one.difference ?? -1));
  const lines = rows.map((row) => {
    const sign = (row.difference ?? 0) >= 0 ? "+" : "";
    const difference = row.isBase || row.difference === null
      ? ""
      : sign + percent(row.difference) + (row.spread === null ? "" : ` +- ${percent(row.spread)}`);
    return `| ${row.change} | ${percent(row.validation)} | ${difference} | ${
      percent(row.train)
    } | ${row.seeds} |`;
  });
  return [
    "| change | validation Top-1, % | against the base | training Top-1, % | seeds |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...lines,
    "",
  ].join("\n");
}
