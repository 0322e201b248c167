import assert from "node:assert/strict";
import { learningRateAt } from "../../../lib/training/learning_rate.ts";

const OPTIONS = {
  learningRate: 1e-3,
  minLearningRate: 1e-5,
  warmupEpochs: 0,
  stepsPerEpoch: 10,
  totalSteps: 101,
};

function close(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) < 1e-12, `${found} is not ${expected}`);
}

Deno.test("learningRateAt() constant stays at the peak", () => {
  for (const step of [0, 50, 100]) {
    close(learningRateAt(step, { ...OPTIONS, schedule: "constant" }), 1e-3);
  }
});

Deno.test("learningRateAt() cosine falls from the peak to the minimum, half way in the middle", () => {
  const rate = (step: number) => learningRateAt(step, { ...OPTIONS, schedule: "cosine" });
  close(rate(0), 1e-3);
  close(rate(50), (1e-3 + 1e-5) / 2);
  close(rate(100), 1e-5);
  for (let step = 1; step <= 100; step++) assert.ok(rate(step) < rate(step - 1));
});

Deno.test("learningRateAt() one-cycle rises over 30 % of the steps and then falls", () => {
  const rate = (step: number) => learningRateAt(step, { ...OPTIONS, schedule: "one-cycle" });
  close(rate(0), 1e-3 / 25);
  close(rate(30), 1e-3);
  close(rate(100), 1e-5);
  for (let step = 1; step <= 100; step++) {
    assert.equal(rate(step) > rate(step - 1), step <= 30, `step ${step}`);
  }
});

Deno.test("learningRateAt() warms up linearly and then follows the schedule", () => {
  const rate = (step: number) =>
    learningRateAt(step, { ...OPTIONS, schedule: "cosine", warmupEpochs: 2 });
  close(rate(0), 1e-3 / 20);
  close(rate(9), 1e-3 / 2);
  close(rate(20), 1e-3);
  close(rate(100), 1e-5);
});

Deno.test("learningRateAt() survives runs of a single step", () => {
  for (const schedule of ["constant", "cosine", "one-cycle"] as const) {
    const rate = learningRateAt(0, { ...OPTIONS, schedule, totalSteps: 1 });
    assert.ok(rate > 0 && rate <= 1e-3);
  }
});

Deno.test("learningRateAt() warms up to a constant rate too", () => {
  const rate = (step: number) =>
    learningRateAt(step, { ...OPTIONS, schedule: "constant", warmupEpochs: 2 });
  close(rate(0), 5e-5);
  close(rate(9), 5e-4);
  close(rate(20), 1e-3);
});
