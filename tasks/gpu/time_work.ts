import * as tf from "@tensorflow/tfjs-core";
import { formatRow } from "../bench/bench_row.ts";
import { pairedTimes, secondsOf } from "../bench/paired_times.ts";
import { quartilesOf } from "../bench/quartiles.ts";
import type { BenchRow } from "../bench/bench_row.ts";
import type { TorchReference, TorchRequest } from "../bench/torch_reference.ts";
import type { SectionContext } from "./section.ts";

/** Time of a piece of work, alone or in turns with PyTorch's. */
export interface TimedWork {
  /** What was timed. */
  readonly name: string;
  /** Median and quartiles in seconds. */
  readonly seconds: { readonly median: number; readonly quartiles: readonly [number, number] };
  /** Times that count. */
  readonly rounds: number;
  /** The comparison; `null` without PyTorch on the same device. */
  readonly torch: BenchRow | null;
}

/** What is timed. */
export interface WorkToTime {
  /** What it is. */
  readonly name: string;
  /** Does it once, and ends when the device is done. */
  readonly work: () => Promise<unknown>;
  /** What PyTorch does in turns with it; `null` for none. */
  readonly torch: { readonly reference: TorchReference; readonly request: TorchRequest } | null;
  /** Repetitions within one time. @default 1 */
  readonly times?: number;
}

/** Waits until the device has computed a tensor, by reading one number of it. */
export async function waitFor(tensor: tf.Tensor): Promise<void> {
  const one = tf.tidy(() => tf.slice(tf.reshape(tensor, [-1]), 0, 1));
  await one.data();
  one.dispose();
}

/** Everything that was timed in this process, for `note`. */
const timed: TimedWork[] = [];

/** Turns that fit into a quarter of the section's time, judged by the first one, which also warms up. */
async function affordableRounds(context: SectionContext, once: () => Promise<unknown>) {
  const first = await secondsOf(once);
  const usual = await secondsOf(once);
  const affordable = Math.floor(context.secondsLeft() / 4 / Math.max(usual, 1e-4));
  return {
    first,
    rounds: Math.max(1, Math.min(context.options.rounds, affordable)),
  };
}

/**
 * Times a piece of work and says the result.
 *
 * @param context Rounds, time that is left, where to say it.
 * @param what The work.
 * @returns Median, quartiles, and the ratio to PyTorch.
 */
export async function timeWork(context: SectionContext, what: WorkToTime): Promise<TimedWork> {
  const found = await timeRounds(context, what);
  timed.push(found);
  context.note({ rows: timed });
  return found;
}

async function timeRounds(context: SectionContext, what: WorkToTime): Promise<TimedWork> {
  const { name, work, torch, times = 1 } = what;
  const ours = () => secondsOf(work, times);
  const { first, rounds } = await affordableRounds(context, ours);
  const seconds: number[] = [];
  if (torch === null) {
    for (let round = 0; round < rounds; round++) seconds.push(await ours());
    const [low, median, high] = quartilesOf(seconds);
    context.say(
      `${name}: ${formatSeconds(median)} (${formatSeconds(low)} .. ${formatSeconds(high)}, ` +
        `${rounds} times; the first time ${formatSeconds(first)})`,
    );
    return { name, seconds: { median, quartiles: [low, high] }, rounds, torch: null };
  }
  const row = await pairedTimes(
    async () => {
      const time = await ours();
      seconds.push(time);
      return time;
    },
    torch.reference.timed(torch.request, times),
    {
      ...{ target: "", name: `${name} / PyTorch`, limit: null, rounds },
    },
  );
  context.say(formatRow(row).trim());
  const [low, median, high] = quartilesOf(seconds);
  return { name, seconds: { median, quartiles: [low, high] }, rounds, torch: row };
}

/** Seconds as a text with three digits: `1.25 s`, `3.10 ms`, `45.2 us`. */
export function formatSeconds(seconds: number): string {
  if (seconds >= 1) return `${seconds.toPrecision(3)} s`;
  return seconds >= 1e-3
    ? `${(seconds * 1e3).toPrecision(3)} ms`
    : `${(seconds * 1e6).toPrecision(3)} us`;
}
