import assert from "node:assert/strict";
import { compareMeasures } from "../../../lib/analyses/compare_measures.ts";
import { complexityMeasure } from "../../../lib/complexity/measure_registry.ts";

Deno.test("compareMeasures() gives images a second, depths by each scale, and which measure was chosen", () => {
  const measured = (["entropy", "jpeg-like"] as const).map((name, at) => ({
    measure: complexityMeasure(name),
    values: Float64Array.of(8, 9, 10, 11, 12, 12 - 10 * at),
    seconds: 2 + at,
  }));
  const found = compareMeasures(measured, {
    ...{ minSteps: 6, maxSteps: 12, selected: "jpeg-like" },
    scaleOf: (name) => ({ stepsPerBit: name === "jpeg-like" ? 0.5 : 1, referenceComplexity: 10 }),
  });
  assert.deepEqual(found.map(({ selected }) => selected), [false, true]);
  assert.deepEqual(found.map(({ imagesPerSecond }) => imagesPerSecond), [3, 2]);
  assert.deepEqual(found.map(({ meanDepth }) => meanDepth.toFixed(9)), [
    "10.333333333",
    "6.000000000",
  ]);
  assert.equal(found[0]!.correlation.pearson, 1);
  assert.ok(found[1]!.correlation.pearson! < 0.5);
});
