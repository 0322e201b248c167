import assert from "node:assert/strict";
import {
  drawStatisticsImages,
  levelChances,
  planEpoch,
  stepsInEpoch,
} from "../../../lib/training/epoch_plan.ts";

/** 200 images: level 1 has half of them, level 3 one, level 4 none. */
const LEVELS = Uint8Array.from(
  { length: 200 },
  (_, image) => image === 0 ? 3 : image % 2 === 0 ? 1 : image % 4 === 1 ? 0 : 2,
);
const OPTIONS = {
  levelOfImage: LEVELS,
  levels: 5,
  batchSize: 16,
  levelSharing: "all",
  levelSmoothing: 0.1,
  seed: 1,
  epoch: 0,
  stepsPerEpoch: null,
} as const;

Deno.test("planEpoch() uses every image at most once when all levels share", () => {
  const batches = planEpoch(OPTIONS);
  assert.equal(batches.length, 12);
  const used = batches.flatMap(({ indices }) => [...indices]);
  assert.equal(used.length, 192);
  assert.equal(new Set(used).size, 192);
});

Deno.test("planEpoch() is the same for the same seed and epoch, and another for others", () => {
  assert.deepEqual(planEpoch(OPTIONS), planEpoch(OPTIONS));
  assert.notDeepEqual(planEpoch({ ...OPTIONS, epoch: 1 }), planEpoch(OPTIONS));
  assert.notDeepEqual(planEpoch({ ...OPTIONS, seed: 2 }), planEpoch(OPTIONS));
});

Deno.test("planEpoch() keeps to levels at most J away", () => {
  for (const levelSharing of [0, 1]) {
    for (let epoch = 0; epoch < 20; epoch++) {
      for (const { level, indices } of planEpoch({ ...OPTIONS, levelSharing, epoch })) {
        assert.ok(indices.length > 0, "no empty batch");
        assert.equal(new Set(indices).size, indices.length, "no repeats within a batch");
        for (const image of indices) {
          assert.ok(Math.abs(LEVELS[image]! - level) <= levelSharing);
        }
      }
    }
  }
});

Deno.test("planEpoch() deals all images of a level before it repeats one", () => {
  const many = planEpoch({
    ...OPTIONS,
    levelOfImage: LEVELS.slice(0, 160),
    levelSharing: 0,
    epoch: 3,
  });
  const dealt = new Map<number, number[]>();
  for (const { level, indices } of many) {
    dealt.set(level, [...(dealt.get(level) ?? []), ...indices]);
  }
  for (const [level, order] of dealt) {
    const count = LEVELS.slice(0, 160).filter((other) => other === level).length;
    assert.equal(
      new Set(order.slice(0, count)).size,
      Math.min(count, order.length),
      `level ${level}`,
    );
  }
});

Deno.test("planEpoch() repeats no image within a batch, however often a small level is drawn", () => {
  const levelOfImage = Uint8Array.from({ length: 1600 }, (_, image) => image < 20 ? 0 : 1);
  const plan = planEpoch({
    ...OPTIONS,
    ...{ levelOfImage, levels: 2, levelSharing: 0, levelSmoothing: 1 },
  });
  const batches = plan.filter(({ level }) => level === 0).map(({ indices }) => [...indices]);
  assert.ok(batches.length > 20, "the 20 images come again and again");
  for (const batch of batches) assert.equal(new Set(batch).size, 16);
  const dealt = batches.flat();
  for (let round = 0; round + 20 <= dealt.length; round += 20) {
    assert.equal(new Set(dealt.slice(round, round + 20)).size, 20, "a round deals every image");
  }
});

Deno.test("planEpoch() draws the levels by their chances", () => {
  const counts = new Float64Array(5);
  let batches = 0;
  for (let epoch = 0; epoch < 300; epoch++) {
    for (const { level } of planEpoch({ ...OPTIONS, epoch })) {
      counts[level]! += 1;
      batches += 1;
    }
  }
  const chances = levelChances(OPTIONS);
  counts.forEach((count, level) =>
    assert.ok(Math.abs(count / batches - chances[level]!) < 0.03, `level ${level}: ${count}`)
  );
});

Deno.test("levelChances() sums to 1 and gives rare levels their uniform share", () => {
  const chances = levelChances(OPTIONS);
  assert.ok(Math.abs(chances.reduce((sum, value) => sum + value, 0) - 1) < 1e-12);
  assert.ok(Math.abs(chances[4]! - 0.02) < 1e-12);
  assert.ok(Math.abs(chances[3]! - (0.02 + 0.9 / 200)) < 1e-12);
});

Deno.test("levelChances() leaves out levels that no image may pass", () => {
  const chances = levelChances({ ...OPTIONS, levelSharing: 0 });
  assert.equal(chances[4], 0);
  assert.ok(Math.abs(chances.reduce((sum, value) => sum + value, 0) - 1) < 1e-12);
});

Deno.test("stepsInEpoch() drops the incomplete batch unless it is the only one", () => {
  assert.equal(stepsInEpoch(200, { batchSize: 16, stepsPerEpoch: null }), 12);
  assert.equal(stepsInEpoch(5, { batchSize: 16, stepsPerEpoch: null }), 1);
  assert.equal(stepsInEpoch(200, { batchSize: 16, stepsPerEpoch: 3 }), 3);
});

Deno.test("planEpoch() refuses an empty training set", () => {
  assert.throws(() => planEpoch({ ...OPTIONS, levelOfImage: [] }), /must hold images/);
});

Deno.test("drawStatisticsImages() draws without repeats by the rule of the batches", () => {
  const images = drawStatisticsImages(2, 40, { ...OPTIONS, levelSharing: 0 });
  assert.equal(images.length, 40);
  assert.equal(new Set(images).size, 40);
  assert.ok(images.every((image) => LEVELS[image] === 2));
});

Deno.test("drawStatisticsImages() takes the nearest level's images for a level without any", () => {
  assert.deepEqual([...drawStatisticsImages(4, 40, { ...OPTIONS, levelSharing: 0 })], [0]);
});

Deno.test("planEpoch() deals the images of a single level in another order every epoch", () => {
  const oneLevel = { ...OPTIONS, levelOfImage: new Uint8Array(200), levels: 1 };
  assert.notDeepEqual(planEpoch({ ...oneLevel, epoch: 1 }), planEpoch(oneLevel));
});

Deno.test("drawStatisticsImages() draws other images for another seed, and for another level", () => {
  const drawn = drawStatisticsImages(2, 20, OPTIONS);
  assert.deepEqual(drawStatisticsImages(2, 20, OPTIONS), drawn);
  assert.notDeepEqual(drawStatisticsImages(2, 20, { ...OPTIONS, seed: 2 }), drawn);
  assert.notDeepEqual(drawStatisticsImages(3, 20, OPTIONS), drawn);
});
