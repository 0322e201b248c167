import assert from "node:assert/strict";
import {
  checkpointName,
  compareNewestFirst,
  parseCheckpointName,
  parseCheckpointPointer,
} from "../../../lib/checkpoints/checkpoint_pointer.ts";
import { CheckpointError } from "../../../lib/errors.ts";

Deno.test("parseCheckpointPointer() accepts names of checkpoints and nothing else", () => {
  for (
    const name of [
      "step-00000000",
      "step-123456789",
      "step-00000001-r2",
      "step-999999999999999-r999999999",
    ]
  ) {
    assert.equal(parseCheckpointPointer(name), name);
    assert.equal(parseCheckpointPointer(`${name}\n`), name);
  }
  const refused = [
    "",
    "\n",
    "step-1",
    "step-000000001",
    "step-00000001-r1",
    "step-00000001-r0",
    "step-00000001-r02",
    "step-00000001\n\n",
    "step-00000001\r\n",
    "step-00000001/",
    "step-00000001/../x",
    "../step-00000001",
    "/step-00000001",
    ".",
    "..",
    "step-00000001\0",
    "step-00000001.tmp-1-1",
    "STEP-00000001",
    "step-\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661",
    "step-9999999999999999",
  ];
  for (const text of refused) {
    assert.throws(() => parseCheckpointPointer(text, "/run/last"), (error: unknown) => {
      assert.ok(error instanceof CheckpointError, JSON.stringify(text));
      assert.match(error.message, /\/run\/last holds another text/);
      return true;
    });
  }
});

Deno.test("parseCheckpointName() takes apart what checkpointName() makes", () => {
  for (const step of [0, 7, 99_999_999, 100_000_000, 1e15 - 1]) {
    for (const revision of [1, 2, 10]) {
      assert.deepEqual(parseCheckpointName(checkpointName(step, revision)), { step, revision });
    }
  }
  assert.equal(parseCheckpointName("manifest.json"), null);
});

Deno.test("compareNewestFirst() orders by step and revision as numbers", () => {
  const names = [[5, 1], [100_000_000, 2], [99_999_999, 1], [5, 10], [5, 9]] as const;
  const sorted = names.map(([step, revision]) => checkpointName(step, revision)).sort(
    compareNewestFirst,
  );
  assert.deepEqual(sorted, [
    "step-100000000-r2",
    "step-99999999",
    "step-00000005-r10",
    "step-00000005-r9",
    "step-00000005",
  ]);
});
