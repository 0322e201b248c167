import * as tf from "@tensorflow/tfjs-core";
import { DEPTH, fixedDepthPuppet, trainingWork } from "../bench/bench_models.ts";
import { secondsOf } from "../bench/paired_times.ts";
import { quartilesOf } from "../bench/quartiles.ts";
import { freeResults, type RecordedOperation, recordOperations } from "./record_operations.ts";
import { formatSeconds, waitFor } from "./time_work.ts";
import type { SectionContext, SectionFindings } from "./section.ts";

/** Steps before anything is measured, steps that are timed, and steps that are recorded. */
const [WARM_STEPS, TIMED_STEPS, RECORDED_STEPS] = [3, 5, 3];

/** Readings of one number, for the time of a way to the device and back. */
const READINGS = 10;

/** Launches of one operation that tell how many are worth timing, and the most that are timed. */
const [FIRST_REPEATS, MAX_REPEATS] = [8, 100];

/** Seconds that the launches of one operation are repeated for. */
const REPEAT_SECONDS = 0.03;

/** Lines of the table. */
const ROWS = 14;

/** Time of one operation with given shapes, or of all with one name. */
interface OperationTime {
  readonly name: string;
  readonly shapes: string;
  /** Launches per step. */
  readonly count: number;
  /** Milliseconds per step that this process takes to send them. */
  readonly host: number;
  /** Milliseconds per step of the launches repeated by themselves; `null` if they could not be. */
  readonly alone: number | null;
}

function isTensor(result: tf.TensorInfo): result is tf.Tensor {
  return result instanceof tf.Tensor;
}

/** Seconds of one launch, many together, until the device is done. */
async function repeat(operation: RecordedOperation): Promise<number> {
  const run = async (times: number): Promise<number> => {
    const started = performance.now();
    for (let time = 1; time < times; time++) freeResults(operation.again());
    // What only the backend knows becomes a tensor, which can be read.
    const tensors = operation.again().map((info) => isTensor(info) ? info : asTensor(info));
    await waitFor(tensors[0]!);
    tf.dispose(tensors);
    return (performance.now() - started) / 1000;
  };
  await run(1);
  // The way to the device and back is paid once in every run.
  const way = Math.min(await run(1), await run(1));
  const each = Math.max((await run(FIRST_REPEATS + 1) - way) / FIRST_REPEATS, 1e-6);
  const times = Math.min(MAX_REPEATS, Math.floor(REPEAT_SECONDS / each));
  if (times <= FIRST_REPEATS) return each;
  // The shortest is the one that nothing else on the machine disturbed.
  const runs = [await run(times + 1), await run(times + 1), await run(times + 1)];
  return Math.max(0, (Math.min(...runs) - way) / times);
}

function asTensor({ dataId, shape, dtype }: tf.TensorInfo): tf.Tensor {
  return tf.engine().makeTensorFromDataId(dataId, shape, dtype, tf.backend());
}

async function timeOperation(
  operation: RecordedOperation,
  context: SectionContext,
): Promise<OperationTime> {
  const { name, shapes } = operation;
  const count = operation.count / RECORDED_STEPS;
  const host = operation.hostMilliseconds / RECORDED_STEPS;
  let alone: number | null = null;
  try {
    if (context.secondsLeft() > 3) alone = await repeat(operation) * 1000 * count;
  } catch {
    // Some operations depend on values that the repetition does not have; the table says that they were left out.
  }
  operation.release();
  return { name, shapes, count, host, alone };
}

/** Adds up operations of one name. */
function byName(times: readonly OperationTime[]): OperationTime[] {
  const sums = new Map<string, OperationTime>();
  for (const time of times) {
    const sum = sums.get(time.name);
    const alone = sum === undefined ? time.alone : addKnown(sum.alone, time.alone);
    sums.set(time.name, {
      ...{ name: time.name, shapes: "", alone },
      count: (sum?.count ?? 0) + time.count,
      host: (sum?.host ?? 0) + time.host,
    });
  }
  return [...sums.values()].sort(bySize);
}

const addKnown = (left: number | null, right: number | null) =>
  left === null && right === null ? null : (left ?? 0) + (right ?? 0);

const bySize = (left: OperationTime, right: OperationTime) =>
  Math.max(right.alone ?? 0, right.host) - Math.max(left.alone ?? 0, left.host);

function sayTable(context: SectionContext, title: string, times: readonly OperationTime[]): void {
  context.say(`${title.padEnd(44)}  launches   sent in, ms  alone, ms`);
  for (const { name, shapes, count, host, alone } of times.slice(0, ROWS)) {
    const what = shapes === "" ? name : `${name} ${shapes}`;
    context.say(
      `${what.padEnd(44)} ${count.toFixed(0).padStart(9)} ${host.toFixed(2).padStart(12)} ` +
        `${(alone?.toFixed(2) ?? "?").padStart(10)}`,
    );
  }
}

/** Seconds from asking for one number that was just computed until it is here. */
async function timeReading(): Promise<number> {
  const seconds: number[] = [];
  const source = tf.fill([1024], 1);
  for (let reading = 0; reading < READINGS; reading++) {
    const computed = tf.add(source, reading);
    seconds.push(await secondsOf(() => waitFor(computed)));
    computed.dispose();
  }
  source.dispose();
  return quartilesOf(seconds)[1];
}

/**
 * Where a training step spends its time: launches by operation, what it takes to send them, and what they take when
 * each is repeated by itself. Sending and computing overlap, so the larger of the two sums is what the step waits for.
 */
export async function profileStep(context: SectionContext): Promise<SectionFindings> {
  const { channels, batches } = context.options;
  const batch = batches[0]!;
  const classifier = fixedDepthPuppet(channels);
  const training = trainingWork(classifier, batch);
  await secondsOf(training.step, WARM_STEPS);
  const seconds: number[] = [];
  for (let step = 0; step < TIMED_STEPS; step++) seconds.push(await secondsOf(training.step));
  const [, median] = quartilesOf(seconds);
  const readSeconds = await timeReading();
  const { operations, reads: allReads } = await recordOperations(async () => {
    for (let step = 0; step < RECORDED_STEPS; step++) await training.step();
  });
  const reads = allReads / RECORDED_STEPS;
  const times: OperationTime[] = [];
  for (const operation of operations) times.push(await timeOperation(operation, context));
  training.dispose();
  classifier.dispose();
  const sums = { stepSeconds: median, reads, readSeconds, ...sumUp(times) };
  context.say(
    `step of ${batch} images, C = ${channels}, depth ${DEPTH}: ${
      formatSeconds(median)
    }; ${sums.launches} launches ` +
      `of ${times.length} kinds; sending them takes ${
        sums.host.toFixed(1)
      } ms, repeated alone they take ` +
      `${sums.alone.toFixed(1)} ms; numbers are read back ${reads} times, ${
        formatSeconds(readSeconds)
      } each`,
  );
  if (sums.notRepeated > 0) context.say(`${sums.notRepeated} kinds were not repeated alone`);
  const names = byName(times);
  sayTable(context, "by operation", names);
  sayTable(context, "by operation and shapes", times.sort(bySize));
  return { passed: null, figures: { channels, batch, depth: DEPTH, ...sums, names, times } };
}

function sumUp(times: readonly OperationTime[]) {
  const total = (pick: (time: OperationTime) => number | null) =>
    times.reduce((sum, time) => sum + (pick(time) ?? 0), 0);
  return {
    launches: Math.round(total(({ count }) => count)),
    host: total(({ host }) => host),
    alone: total(({ alone }) => alone),
    notRepeated: times.filter(({ alone }) => alone === null).length,
  };
}
