import assert from "node:assert/strict";
import { createProgress } from "../../cli/progress.ts";
import type { ProgressUpdate } from "../../cli/progress_line.ts";
import { showTraining } from "../../cli/training_display.ts";
import type { EpochRecord } from "../../lib/training/training_event.ts";

const RECORD: EpochRecord = {
  ...{ epoch: 100, step: 12_500, learningRate: 9.98e-4, trainLoss: 1.23456, trainTop1: 0.5525 },
  ...{ validationLoss: 1.3579, validationTop1: 0.6612, validationTop5: 0.95, gradientNorm: 1 },
  ...{ meanDepth: 10.2, imagesPerSecond: 812, seconds: 187, liveTensors: 100 },
};

/** What is written about an epoch on a terminal of some width; `null` is no terminal. */
function lineOf(columns: number | null, record: EpochRecord = RECORD, isBest = true): string {
  const written: string[] = [];
  const progress = createProgress({
    isTerminal: columns !== null,
    columns: () => columns ?? 0,
    write: (text) => written.push(text),
    now: () => 0,
  });
  const training = { epochs: 100, batchSize: 64 };
  showTraining(progress, { training, warn: () => {} })({ kind: "epoch", record, isBest });
  return written.join("").trimEnd();
}

Deno.test("showTraining() says everything of an epoch where nothing wraps", () => {
  const whole = "epoch 100/100: loss 1.2346 top-1 55.25 %, validation loss 1.3579 top-1 66.12 % " +
    "(best), depth 10.2, rate 0.000998, 812 images/s, 3 min 07 s";
  assert.equal(lineOf(null), whole);
  assert.equal(lineOf(200), whole);
  assert.equal(lineOf(200, RECORD, false), whole.replace(" (best)", ""));
});

Deno.test("showTraining() keeps the line of an epoch within the terminal, accuracies last", () => {
  for (const columns of [120, 100, 80, 60, 50]) {
    const line = lineOf(columns);
    assert.ok(line.length < columns, `${columns}: ${line}`);
    assert.match(line, /^epoch 100\/100: .*validation top-1 66\.12 %|loss 1\.3579 top-1 66\.12 %/);
  }
  assert.equal(
    lineOf(100),
    "epoch 100/100: loss 1.2346 top-1 55.25 %, validation loss 1.3579 top-1 66.12 % (best), 3 min 07 s",
  );
  assert.equal(lineOf(50), "epoch 100/100: validation top-1 66.12 % (best)");
  assert.equal(lineOf(40), "epoch 100/100: validation top-1 66.12 %");
  // Rather a line that wraps than one that says nothing.
  assert.equal(lineOf(20), lineOf(40));
  const unvalidated = { ...RECORD, validationLoss: null, validationTop1: null };
  assert.equal(lineOf(41, unvalidated), "epoch 100/100: loss 1.2346 top-1 55.25 %");
});

Deno.test("showTraining() counts the images of all epochs", () => {
  const updates: unknown[] = [];
  const update = ({ done, total, text }: ProgressUpdate) => void updates.push([done, total, text]);
  const progress = { update, note: () => {}, end: () => {}, width: () => 80 };
  const training = { epochs: 10, batchSize: 64 };
  showTraining(progress, { training, warn: () => {} })({
    ...{ kind: "step", step: 3, totalSteps: 1250, epoch: 1, epochs: 10 },
    ...{ stepInEpoch: 3, stepsInEpoch: 125, loss: 2.3, learningRate: 1e-3, imagesPerSecond: 800 },
  });
  assert.deepEqual(updates, [[192, 80_000, "epoch 1/10 loss 2.3000"]]);
});
