import { computesInBfloat16 } from "../../lib/backends/bfloat16.ts";
import { LineProcess } from "./line_process.ts";
import { quartilesOf } from "./quartiles.ts";
import type { BenchRow } from "./bench_row.ts";

/** Sizes of the comparison. */
interface HugePagesOptions {
  /** C. */
  readonly channels: number;
  /** Images of a batch. */
  readonly batchSize: number;
  /** Turns. */
  readonly rounds: number;
  /** Receives the row. */
  readonly add: (row: BenchRow) => void;
}

/** The row of one kind of numbers. */
async function rowOf(
  math: "float32" | "bfloat16",
  { channels, batchSize, rounds }: HugePagesOptions,
): Promise<BenchRow> {
  const program = new URL("child_step.ts", import.meta.url).pathname;
  const command = ["run", "--no-check", "--allow-all", program, "tensorflow"];
  const withPages = (huge: 0 | 1) =>
    new LineProcess(Deno.execPath(), [...command, `${channels}`, `${batchSize}`, math], {
      GLIBC_TUNABLES: `glibc.malloc.hugetlb=${huge}`,
    });
  const [huge, usual] = [withPages(1), withPages(0)];
  const pairs: [number, number][] = [];
  for (let round = -1; round < rounds; round++) {
    const [ours, other] = [
      await huge.ask<{ step: number }>("step"),
      await usual.ask<{ step: number }>("step"),
    ];
    if (round >= 0) pairs.push([ours.step, other.step]);
  }
  await huge.stop();
  await usual.stop();
  const [low, ratio, high] = quartilesOf(pairs.map(([ours, other]) => ours / other));
  const middle = (side: 0 | 1) => quartilesOf(pairs.map((pair) => pair[side]))[1];
  return {
    ...{ target: "l", name: `training step, batch ${batchSize}, ${math}, huge pages / without` },
    ...{ ratio, quartiles: [low, high], limit: null, rounds: pairs.length },
    ...{ ours: middle(0), other: middle(1), unit: "s of processor" },
  };
}

/**
 * Rows l: a training step on backend tensorflow whose tensors lie in huge pages, as under the deno tasks, against one
 * without; in processor time, each in a process of its own, since it is settled when a process starts. Linux with glibc.
 *
 * @param options Sizes, and who receives the rows.
 */
export async function compareHugePages(options: HugePagesOptions): Promise<void> {
  options.add(await rowOf("float32", options));
  if (computesInBfloat16()) options.add(await rowOf("bfloat16", options));
}
