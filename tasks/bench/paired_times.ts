import { quartilesOf } from "./quartiles.ts";
import type { BenchRow } from "./bench_row.ts";

/** Runs once and tells the seconds it took. */
export type TimedRun = () => Promise<number>;

/**
 * Seconds of a piece of work.
 *
 * @param work What is timed.
 * @param times Repetitions that are averaged: a short piece of work alone would measure the waking of threads.
 */
export async function secondsOf(work: () => unknown, times = 1): Promise<number> {
  const started = performance.now();
  for (let time = 0; time < times; time++) await work();
  return (performance.now() - started) / 1000 / times;
}

/**
 * Times two pieces of work in turns, so that whatever else the machine does falls on both, and takes the ratio of
 * every turn. The first turn warms up and does not count.
 *
 * @param ours Numerator.
 * @param other Denominator.
 * @param options What the row says, and the number of turns that count.
 */
export async function pairedTimes(
  ours: TimedRun,
  other: TimedRun,
  options: Pick<BenchRow, "target" | "name" | "limit" | "rounds">,
): Promise<BenchRow> {
  const times: [number, number][] = [];
  for (let round = -1; round < options.rounds; round++) {
    // The order changes from turn to turn: what comes second finds warmer caches.
    const swapped = round % 2 !== 0;
    const second = swapped ? await other() : 0;
    const first = await ours();
    const pair: [number, number] = [first, swapped ? second : await other()];
    if (round >= 0) times.push(pair);
  }
  const [low, ratio, high] = quartilesOf(times.map(([first, second]) => first / second));
  return {
    ...options,
    ratio,
    quartiles: [low, high],
    ours: quartilesOf(times.map(([first]) => first))[1],
    other: quartilesOf(times.map(([, second]) => second))[1],
    unit: "s",
  };
}
