import assert from "node:assert/strict";
import { depthRule } from "../../../../lib/reports/parts/depth_rule.ts";

Deno.test("depthRule() says from which complexity on layers are counted", () => {
  const rule = { stepsPerBit: 0.8, minSteps: 6, maxSteps: 12 };
  assert.equal(depthRule(rule), "N = round(0.8 H), held in 6..12");
  assert.equal(depthRule({ ...rule, complexityOffset: 0 }), "N = round(0.8 H), held in 6..12");
  assert.equal(
    depthRule({ ...rule, stepsPerBit: 5.266, complexityOffset: 10.82 }),
    "N = round(5.266 (H - 10.82)), held in 6..12",
  );
  assert.equal(
    depthRule({ ...rule, complexityOffset: -2.5, maxSteps: 6 }),
    "N = round(0.8 (H + 2.5)), held in 6",
  );
});
