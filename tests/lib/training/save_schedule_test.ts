import assert from "node:assert/strict";
import { SaveClock } from "../../../lib/training/save_schedule.ts";

Deno.test("SaveClock saves after every epoch where nothing is said", () => {
  const clock = new SaveClock(undefined, () => 1e9);
  assert.deepEqual([1, 2, 3].map((epoch) => clock.isDueAfter(epoch)), [true, true, true]);
  assert.ok(!clock.isDueWithinEpoch);
});

Deno.test("SaveClock saves after every few epochs", () => {
  const clock = new SaveClock({ epochs: 3 });
  assert.deepEqual([1, 2, 3, 4, 6].map((epoch) => clock.isDueAfter(epoch)), [
    ...[false, false, true],
    ...[false, true],
  ]);
});

Deno.test("SaveClock saves within an epoch once the time has passed, and then begins anew", () => {
  let now = 5000;
  const clock = new SaveClock({ seconds: 2 }, () => now);
  now += 1999;
  assert.ok(!clock.isDueWithinEpoch);
  now += 1;
  assert.ok(clock.isDueWithinEpoch);
  clock.saved();
  assert.ok(!clock.isDueWithinEpoch);
});

Deno.test("SaveClock saves after an epoch that its epochs leave out, once the time has passed", () => {
  let now = 5000;
  const clock = new SaveClock({ epochs: 3, seconds: 2 }, () => now);
  assert.ok(!clock.isDueAfter(1));
  now += 2000;
  assert.ok(clock.isDueAfter(1));
});
