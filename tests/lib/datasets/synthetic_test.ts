import assert from "node:assert/strict";
import { complexityMeasure } from "../../../lib/complexity/measure_registry.ts";
import { measureComplexity } from "../../../lib/complexity/measure_complexity.ts";
import type { ImageDataset } from "../../../lib/datasets/dataset.ts";
import { createSyntheticDataset } from "../../../lib/datasets/synthetic.ts";

const { train, test } = createSyntheticDataset({ trainImages: 1000, testImages: 500 });

function readAll(dataset: ImageDataset): Promise<Uint8Array> {
  return dataset.read(Uint32Array.from({ length: dataset.length }, (_, index) => index));
}

Deno.test("createSyntheticDataset() gives equal images for equal seeds, whatever the counts", async () => {
  const few = createSyntheticDataset({ trainImages: 7, testImages: 3 });
  assert.deepEqual(await few.train.read([6]), await train.read([6]));
  assert.deepEqual(await few.test.read([2]), await test.read([2]));
  const other = createSyntheticDataset({ trainImages: 7, testImages: 3, seed: 1 });
  assert.notDeepEqual(await other.train.read([6]), await train.read([6]));
  assert.notDeepEqual(await few.train.read([2]), await few.test.read([2]));
});

Deno.test("createSyntheticDataset() has ten classes in turn", () => {
  assert.equal(new Set(train.classNames).size, 10);
  assert.deepEqual([...train.labels.subarray(8, 13)], [8, 9, 0, 1, 2]);
});

Deno.test("createSyntheticDataset() spreads complexity over every depth", async () => {
  const complexities = measureComplexity(await readAll(train), {
    height: 32,
    width: 32,
    measure: complexityMeasure("entropy"),
  });
  const counts = new Map<number, number>();
  for (const complexity of complexities) {
    const depth = Math.min(12, Math.max(6, Math.round(0.8 * complexity)));
    counts.set(depth, (counts.get(depth) ?? 0) + 1);
  }
  for (let depth = 6; depth <= 12; depth++) {
    assert.ok((counts.get(depth) ?? 0) >= 30, `depth ${depth} has ${counts.get(depth)} of 1000`);
  }
  const mean = complexities.reduce((sum, value) => sum + value, 0) / complexities.length;
  assert.ok(mean > 11 && mean < 13, `mean complexity is ${mean}`);
});

/** Mean colour of each image, `[length][3]`. */
async function meanColors(dataset: ImageDataset): Promise<number[][]> {
  const pixels = await readAll(dataset);
  return Array.from({ length: dataset.length }, (_, image) => {
    const sums = [0, 0, 0];
    for (let at = 0; at < 3072; at++) sums[at % 3]! += pixels[image * 3072 + at]!;
    return sums.map((sum) => sum / 1024);
  });
}

Deno.test("createSyntheticDataset() cannot be told by the mean colour", async () => {
  const [known, asked] = [await meanColors(train), await meanColors(test)];
  let right = 0;
  for (const [image, color] of asked.entries()) {
    let best = Infinity;
    let answer = -1;
    for (const [other, candidate] of known.entries()) {
      const distance = candidate.reduce((sum, value, at) => sum + (value - color[at]!) ** 2, 0);
      if (distance < best) [best, answer] = [distance, train.labels[other]!];
    }
    if (answer === test.labels[image]) right += 1;
  }
  assert.ok(right < 500 * 0.16, `${right} of 500 by the nearest mean colour, chance is 50`);
});

Deno.test("createSyntheticDataset() draws figures that differ in form", async () => {
  // Share of strong horizontal and vertical steps: stripes of one direction have only one kind.
  const pixels = await readAll(train);
  const steps = Array.from({ length: 10 }, () => ({ across: 0, down: 0 }));
  for (let image = 0; image < train.length; image++) {
    const at = (row: number, column: number) => pixels[((image * 32 + row) * 32 + column) * 3]!;
    for (let row = 1; row < 32; row++) {
      for (let column = 1; column < 32; column++) {
        const step = steps[train.labels[image]!]!;
        step.across += Math.abs(at(row, column) - at(row, column - 1));
        step.down += Math.abs(at(row, column) - at(row - 1, column));
      }
    }
  }
  const ratio = (name: string) => {
    const { across, down } = steps[train.classNames.indexOf(name)]!;
    return across / down;
  };
  assert.ok(ratio("vertical-stripes") > 1.15);
  assert.ok(ratio("horizontal-stripes") < 1 / 1.15);
  assert.ok(Math.abs(Math.log(ratio("disc"))) < 0.1);
});

Deno.test("createSyntheticDataset() takes other sizes and refuses bad ones", () => {
  const { train } = createSyntheticDataset({ trainImages: 2, testImages: 1, size: 48 });
  assert.deepEqual([train.height, train.width], [48, 48]);
  for (const bad of [{ trainImages: 0 }, { testImages: 1.5 }, { size: 15 }]) {
    assert.throws(() => createSyntheticDataset(bad), RangeError);
  }
});
