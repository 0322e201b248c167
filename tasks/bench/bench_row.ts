/** One comparison of the benchmark. */
export interface BenchRow {
  /** Letter of the target in the table of docs/benchmarks.md; empty where a row is only information. */
  readonly target: string;
  /** What is compared with what. */
  readonly name: string;
  /** Ours over the other's, median over rounds; below 1 is faster or smaller. */
  readonly ratio: number;
  /** Quartiles of the ratio over rounds; equal to the ratio where it was taken once. */
  readonly quartiles: readonly [number, number];
  /** Largest ratio that meets the target; `null` for information. */
  readonly limit: number | null;
  /** Ours, median, in `unit`. */
  readonly ours: number;
  /** The other's, median, in `unit`. */
  readonly other: number;
  /** Unit of the two: `s`, `bytes`, ... */
  readonly unit: string;
  /** Number of rounds. */
  readonly rounds: number;
}

/** Whether a row meets its target; `null` for information. */
export function meetsTarget({ ratio, limit }: BenchRow): boolean | null {
  return limit === null ? null : ratio <= limit;
}

/** A row as one line: ratio, its quartiles, target, and the two figures. */
export function formatRow(row: BenchRow): string {
  const met = meetsTarget(row);
  const target = row.limit === null ? "" : `<= ${row.limit} ${met ? "met" : "NOT MET"}`;
  const columns = [
    row.target.padEnd(2),
    row.name.padEnd(62),
    row.ratio.toFixed(3).padStart(8),
    `[${row.quartiles.map((value) => value.toFixed(3)).join(" .. ")}]`.padStart(19),
    target.padEnd(16),
    `${row.ours.toPrecision(3)} / ${row.other.toPrecision(3)} ${row.unit}`,
  ];
  return columns.join(" ");
}
