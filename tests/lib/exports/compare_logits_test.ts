import assert from "node:assert/strict";
import { compareLogits } from "../../../lib/exports/compare_logits.ts";

Deno.test("compareLogits() allows rounding, measured by the largest logit, and nothing else", () => {
  const compare = (ours: readonly number[], theirs: readonly number[]) =>
    compareLogits(Float32Array.from(ours), Float32Array.from(theirs), "level-0.onnx");
  assert.equal(compare([1, -2], [1, -2]), 0);
  const difference = compare([-1000, 0], [-1000, 0.0625]);
  assert.equal(difference, 0.0625);
  const wrong = [
    [[1, 0], [1, 0.0625]],
    // Small logits are measured by 1.
    [[1e-3, 0], [1e-3, 2e-4]],
    [[1, 2], [2, 1]],
    [[1, 2], [1]],
    [[1], [1, 2]],
    [[1, 2], [1, NaN]],
  ] as const;
  for (const [ours, theirs] of wrong) {
    assert.throws(
      () => compare(ours, theirs),
      /^PuppetError: Cannot export: level-0\.onnx gives other logits than the model .*nothing was written/,
    );
  }
});
