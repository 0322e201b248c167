import assert from "node:assert/strict";
import { stepCount, stepGrid } from "../../../lib/puppeteer/step_schedule.ts";

const SCHEDULE = { stepsPerBit: 0.8, minSteps: 6, maxSteps: 12 };

Deno.test("stepCount() is round(kappa H) within the range", () => {
  assert.equal(stepCount(12.5, SCHEDULE), 10);
  assert.equal(stepCount(0, SCHEDULE), 6);
  assert.equal(stepCount(16, SCHEDULE), 12);
  assert.equal(stepCount(9.37, SCHEDULE), 7);
  assert.equal(stepCount(9.38, SCHEDULE), 8);
});

Deno.test("stepCount() refuses what is no complexity", () => {
  assert.throws(() => stepCount(Number.NaN, SCHEDULE), RangeError);
  assert.throws(() => stepCount(-1, SCHEDULE), RangeError);
});

Deno.test("stepGrid() ends at exactly 1 for every depth", () => {
  for (let steps = 1; steps <= 1000; steps++) {
    const grid = stepGrid(steps);
    assert.equal(grid.length, steps + 1);
    assert.equal(grid[0], 0);
    assert.equal(grid[steps], 1);
  }
  assert.throws(() => stepGrid(0), RangeError);
});
