import assert from "node:assert/strict";
import { createSyntheticDataset } from "../../../lib/datasets/synthetic.ts";
import { drawSyntheticOnDemand } from "../../../lib/datasets/synthetic_on_demand.ts";

Deno.test("drawSyntheticOnDemand() draws the images that createSyntheticDataset() draws", async () => {
  const kept = createSyntheticDataset({ trainImages: 12, testImages: 3 });
  const drawn = drawSyntheticOnDemand({ size: 32, classes: 10, trainImages: 12, testImages: 3 });
  assert.deepEqual(drawn.train.classNames, kept.train.classNames);
  assert.deepEqual(await drawn.train.read([11, 0]), await kept.train.read([11, 0]));
  assert.deepEqual(await drawn.test.read([2]), await kept.test.read([2]));
});

Deno.test("drawSyntheticOnDemand() has a hundred classes of different figures", async () => {
  const { train } = drawSyntheticOnDemand({ size: 84, classes: 100 });
  assert.equal(new Set(train.classNames).size, 100);
  assert.deepEqual([train.height, train.width, train.length], [84, 84, 4000]);
  assert.equal(train.labels[199], 99);
  assert.equal((await train.read([5, 6])).length, 2 * 84 * 84 * 3);
  assert.throws(() => drawSyntheticOnDemand({ size: 84, classes: 101 }), /in 2\.\.100/);
  assert.throws(() => drawSyntheticOnDemand({ size: 8, classes: 10 }), RangeError);
  const other = drawSyntheticOnDemand({ size: 84, classes: 99 });
  assert.notEqual(other.train.fingerprint, train.fingerprint);
});
