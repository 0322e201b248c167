import assert from "node:assert/strict";
import {
  countValidation,
  hasStoppedEarly,
  isOutOfPatience,
} from "../../../lib/training/early_stopping.ts";
import { initialProgress } from "../../../lib/training/training_progress.ts";

const RULE = { epochs: 50, patience: 2, minDelta: 0 };

/** Validates with one accuracy after the other and returns the counts after each. */
function countsOf(accuracies: readonly number[], rule: typeof RULE): number[] {
  const progress = initialProgress();
  return accuracies.map((top1) => {
    countValidation(progress, top1, rule);
    return progress.validationsWithoutGain;
  });
}

Deno.test("countValidation() counts validations since the last better one", () => {
  assert.deepEqual(countsOf([0.5, 0.5, 0.6, 0.55, 0.59], RULE), [0, 1, 0, 1, 2]);
});

Deno.test("countValidation() takes no gain of minDelta or less for one, and adds small gains up", () => {
  const rule = { ...RULE, minDelta: 0.02 };
  assert.deepEqual(countsOf([0.5, 0.51, 0.515, 0.53, 0.54], rule), [0, 1, 2, 0, 1]);
});

Deno.test("countValidation() takes a gain of exactly minDelta for none, whatever the numbers are rounded to", () => {
  const [images, minDelta] = [2000, 0.002];
  for (let right = 0; right + 4 <= images; right++) {
    const counts = countsOf([right / images, (right + 4) / images], { ...RULE, minDelta });
    assert.deepEqual(counts, [0, 1], `${right} of ${images}, then 4 more`);
    const more = countsOf([right / images, (right + 5) / images], { ...RULE, minDelta });
    assert.deepEqual(more, [0, 0], `${right} of ${images}, then 5 more`);
  }
});

Deno.test("hasStoppedEarly() is true until the rule changes", () => {
  const progress = initialProgress();
  for (const top1 of [0.5, 0.4, 0.3]) countValidation(progress, top1, RULE);
  progress.epoch = 3;
  assert.ok(hasStoppedEarly(progress, RULE));
  assert.ok(!hasStoppedEarly(progress, { ...RULE, epochs: 60 }));
  assert.ok(!hasStoppedEarly(progress, { ...RULE, patience: 1 }));
  assert.ok(!hasStoppedEarly(progress, { ...RULE, minDelta: 0.1 }));
  assert.ok(!hasStoppedEarly(progress, { ...RULE, epochs: 3 }), "it is finished");
  assert.ok(isOutOfPatience(progress, { ...RULE, epochs: 60 }));
  assert.ok(!isOutOfPatience(progress, { ...RULE, patience: 3 }));
  assert.ok(!isOutOfPatience(progress, { ...RULE, patience: 0 }));
});

Deno.test("hasStoppedEarly() lets a training of an older version go on", () => {
  const progress = { ...initialProgress(), epoch: 5, validationsWithoutGain: 5 };
  assert.ok(isOutOfPatience(progress, RULE));
  assert.ok(!hasStoppedEarly(progress, RULE));
});
