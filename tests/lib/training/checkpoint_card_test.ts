import assert from "node:assert/strict";
import { CheckpointError } from "../../../lib/errors.ts";
import { readCheckpointCard } from "../../../lib/training/checkpoint_card.ts";
import { withCheckpointErrors } from "../../../lib/training/decode_checkpoint.ts";
import { initialProgress } from "../../../lib/training/training_progress.ts";
import { TINY_MODEL } from "../../helpers/tiny_training.ts";

const GOOD = {
  formatVersion: 1,
  card: {
    ...{ model: TINY_MODEL, classNames: ["a", "b"], image: { height: 8, width: 9 } },
    standardization: { mean: [0, 0, 0], deviation: [1, 1, 1] },
    ...{ trainFingerprint: "x", backend: "y" },
  },
  progress: initialProgress(),
  ...{ updates: { "head.bias": 1 }, calibration: {} },
};

function read(content: unknown) {
  return readCheckpointCard(
    new TextEncoder().encode(JSON.stringify(content)),
    "run/checkpoint.json",
  );
}

function assertRefused(content: unknown, message: RegExp): void {
  assert.throws(() => read(content), (error: unknown) => {
    assert.ok(error instanceof CheckpointError, String(error));
    assert.match(error.message, message);
    assert.match(error.message, /^Cannot load checkpoint: .*run\/checkpoint\.json/);
    return true;
  });
}

Deno.test("readCheckpointCard() returns what a checkpoint says", () => {
  assert.deepEqual(read(GOOD), GOOD);
});

Deno.test("readCheckpointCard() takes keys that a later program of the same version may add", () => {
  assert.equal(read({ ...GOOD, remark: "new" }).card.backend, "y");
});

Deno.test("readCheckpointCard() refuses a later version with advice", () => {
  assertRefused({ ...GOOD, formatVersion: 2 }, /at most 1, .* has 2; update Puppet-CNN/);
  assertRefused({ formatVersion: 99 }, /update Puppet-CNN/);
});

Deno.test("readCheckpointCard() names what is malformed", () => {
  const { card, progress } = GOOD;
  const cases: [unknown, RegExp][] = [
    [null, /must have the form/],
    [{ ...GOOD, formatVersion: 0 }, /"formatVersion" has not/],
    [{ ...GOOD, formatVersion: "1" }, /"formatVersion" has not/],
    [{ ...GOOD, card: null }, /"card" has not/],
    [{ ...GOOD, card: { ...card, classNames: [] } }, /"card\.classNames" has not/],
    [
      { ...GOOD, card: { ...card, classNames: ["x".repeat(2e6), "y"] } },
      /"card\.classNames\.0" has not/,
    ],
    [{ ...GOOD, card: { ...card, backend: "x".repeat(2e6) } }, /"card\.backend" has not/],
    [{ ...GOOD, card: { ...card, image: { height: 1e9, width: 8 } } }, /"card\.image\.height"/],
    [
      { ...GOOD, card: { ...card, standardization: { mean: [0, 0, 0], deviation: [1, 0, 1] } } },
      /"card\.standardization\.deviation\.1"/,
    ],
    ...[1e-38, 1e30, Number.MIN_VALUE].map((value): [unknown, RegExp] => [
      {
        ...GOOD,
        card: { ...card, standardization: { mean: [0, 0, 0], deviation: [1, value, 1] } },
      },
      /"card\.standardization\.deviation\.1"/,
    ]),
    [
      {
        ...GOOD,
        card: { ...card, standardization: { mean: [0, -9e30, 0], deviation: [1, 1, 1] } },
      },
      /"card\.standardization\.mean\.1"/,
    ],
    ...[1e-300, 1e-3, 2, -0.2].map((deviation): [unknown, RegExp] => [
      {
        ...GOOD,
        card: {
          ...card,
          standardization: { ...card.standardization, deviation: [deviation, 1, 1] },
        },
      },
      /"card\.standardization\.deviation\.0"/,
    ]),
    ...[1e300, -0.1, 1.1].map((mean): [unknown, RegExp] => [
      {
        ...GOOD,
        card: { ...card, standardization: { ...card.standardization, mean: [0, 0, mean] } },
      },
      /"card\.standardization\.mean\.2"/,
    ]),
    [{ ...GOOD, progress: { ...progress, step: -1 } }, /"progress\.step"/],
    [{ ...GOOD, progress: { ...progress, epoch: 0.5 } }, /"progress\.epoch"/],
    [{ ...GOOD, updates: { a: "many" } }, /"updates\.a"/],
  ];
  for (const [content, message] of cases) assertRefused(content, message);
  assert.throws(
    () => readCheckpointCard(new TextEncoder().encode("{"), "run/checkpoint.json"),
    /is not JSON/,
  );
});

Deno.test("withCheckpointErrors() makes the checkpoint responsible for tensors that do not fit", () => {
  assert.equal(withCheckpointErrors("step-00000001", () => 3), 3);
  assert.throws(
    () =>
      withCheckpointErrors("step-00000001", () => {
        throw new RangeError('"head.bias" is missing');
      }),
    (error) =>
      error instanceof CheckpointError &&
      /step-00000001 does not fit its model \("head\.bias" is missing\)/.test(error.message),
  );
  assert.throws(() =>
    withCheckpointErrors("x", () => {
      throw new SyntaxError("other");
    }), SyntaxError);
});
