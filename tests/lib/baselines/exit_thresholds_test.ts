import assert from "node:assert/strict";
import {
  defaultThreshold,
  ExitThresholds,
  tuneExitThresholds,
} from "../../../lib/baselines/exit_thresholds.ts";
import type { ExitLogits } from "../../../lib/baselines/exit_thresholds.ts";

/** Logits for class 0 of two that grow less certain from image to image. */
const FALLING = [6, 0, 5, 0, 4, 0, 3, 0, 2, 0, 1, 0];

/** Always right: all labels are 0. */
const RIGHT = [9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0];

const LABELS = [0, 0, 0, 0, 0, 0];

/** Binary entropy of a logit difference, in nats. */
function entropyOf(difference: number): number {
  const share = 1 / (1 + Math.exp(-difference));
  return -share * Math.log(share) - (1 - share) * Math.log(1 - share);
}

Deno.test("tuneExitThresholds() opens an exit wide that is always right", () => {
  const [threshold] = tuneExitThresholds(
    { exits: [FALLING, RIGHT], labels: LABELS, classes: 2 },
    0,
  );
  assert.ok(threshold! > entropyOf(1) && threshold! < 1.01 * Math.log(2));
});

Deno.test("tuneExitThresholds() stops before the first answer that it must not lose", () => {
  // The exit is wrong about the fourth image, and right about less certain ones.
  const exit = FALLING.with(6, 0).with(7, 3);
  const logits: ExitLogits = { exits: [exit, RIGHT], labels: LABELS, classes: 2 };
  const [strict] = tuneExitThresholds(logits, 0);
  assert.ok(Math.abs(strict! - (entropyOf(4) + entropyOf(3)) / 2) < 1e-9);
  const [loose] = tuneExitThresholds(logits, 1 / 6);
  assert.ok(loose! > entropyOf(1));
});

Deno.test("tuneExitThresholds() takes the largest threshold, beyond losses that are won back", () => {
  // Wrong about the third; the end is wrong about the fifth, about which the exit is right.
  const exit = FALLING.with(4, 0).with(5, 4);
  const final = RIGHT.with(8, 0).with(9, 9);
  const [threshold] = tuneExitThresholds({ exits: [exit, final], labels: LABELS, classes: 2 }, 0);
  assert.ok(threshold! > entropyOf(1));
});

Deno.test("tuneExitThresholds() closes an exit whose most certain answer is wrong", () => {
  const wrong = FALLING.map((_, at, all) => all[at % 2 === 0 ? at + 1 : at - 1]!);
  const exits = [wrong, RIGHT];
  assert.deepEqual(tuneExitThresholds({ exits, labels: LABELS, classes: 2 }, 0.1), [0]);
});

Deno.test("tuneExitThresholds() gives a later exit what an earlier one has left of the tolerance", () => {
  // Each exit is wrong about one image; one loss in six is allowed, and the first exit takes it.
  const first = FALLING.with(6, 0).with(7, 3).with(8, 0).with(9, 2).with(10, 0).with(11, 1);
  const second = FALLING.with(8, 0).with(9, 2);
  const exits = [first, second, RIGHT];
  const [early, late] = tuneExitThresholds({ exits, labels: LABELS, classes: 2 }, 1 / 6);
  // The fourth image is lost by the first exit; of the fifth and sixth the second exit may lose none.
  assert.ok(Math.abs(early! - (entropyOf(3) + entropyOf(2)) / 2) < 1e-9);
  assert.equal(late, 0);
});

Deno.test("ExitThresholds saves, restores and refuses what does not fit", async () => {
  const logits: ExitLogits = { exits: [FALLING, RIGHT], labels: LABELS, classes: 2 };
  const thresholds = new ExitThresholds([defaultThreshold(2)], () => Promise.resolve(logits));
  assert.deepEqual(thresholds.values, { exit1: 0.1 * Math.log(2) });
  async function* none() {}
  await thresholds.tune(new Map(), none());
  assert.ok(thresholds.list[0]! > entropyOf(1));
  thresholds.restore({ exit1: 0.25 });
  assert.deepEqual(thresholds.list, [0.25]);
  for (const values of [{}, { exit1: -1 }, { exit1: NaN }, { exit1: 0.1, exit2: 0.1 }]) {
    assert.throws(() => thresholds.restore(values), RangeError);
  }
  assert.deepEqual(thresholds.list, [0.25]);
});

Deno.test("ExitThresholds keeps its thresholds without validation images", async () => {
  const empty: ExitLogits = { exits: [[], []], labels: [], classes: 2 };
  const thresholds = new ExitThresholds([0.3], () => Promise.resolve(empty));
  async function* none() {}
  await thresholds.tune(new Map(), none());
  assert.deepEqual(thresholds.list, [0.3]);
});

Deno.test("ExitThresholds.tune() loses half a point at most", async () => {
  // The exit is wrong about the last five of 200 images; the end is right about all.
  const exit = Array.from({ length: 200 }, (_, at) => {
    const certain = 6 - at / 50;
    return at < 195 ? [certain, 0] : [0, certain];
  });
  const exits = [exit.flat(), exit.flatMap(() => [9, 0])];
  const logits: ExitLogits = { exits, labels: new Array(200).fill(0), classes: 2 };
  const thresholds = new ExitThresholds([0], () => Promise.resolve(logits));
  async function* none() {}
  await thresholds.tune(new Map(), none());
  const leaving = exit.filter(([own, other]) =>
    entropyOf(Math.abs(own! - other!)) < thresholds.list[0]!
  );
  assert.equal(leaving.length, 196);
});
