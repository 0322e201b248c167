import assert from "node:assert/strict";
import {
  statisticsFromTensors,
  statisticsToTensors,
} from "../../../lib/classifiers/level_statistics.ts";

Deno.test("statisticsFromTensors() reads back what statisticsToTensors() wrote", () => {
  const layer = (value: number) => ({
    mean: Float32Array.of(value, 2),
    variance: Float32Array.of(3, value),
  });
  const statistics = new Map([
    [0, new Map([["stage1.conv1", layer(1)], ["stage2.conv1", layer(2)]])],
    [12, new Map([["stage1.conv1", layer(3)]])],
  ]);
  assert.deepEqual(statisticsFromTensors(statisticsToTensors(statistics)), statistics);
});

Deno.test("statisticsFromTensors() refuses foreign names, and mean or variance alone", () => {
  const values = { shape: [1], values: Float32Array.of(1) };
  assert.throws(() => statisticsFromTensors(new Map([["weights", values]])), /"weights"/);
  assert.throws(
    () => statisticsFromTensors(new Map([["level0.conv.mean", values]])),
    /"level0.conv.mean" has no variance/,
  );
  assert.throws(
    () => statisticsFromTensors(new Map([["level0.conv.variance", values]])),
    /"level0.conv.variance" has no mean/,
  );
});
