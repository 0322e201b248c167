import assert from "node:assert/strict";
import { findLookalikes } from "../../../lib/runs/find_lookalikes.ts";

Deno.test("findLookalikes() tells whether it came to its end", () => {
  const images = Array.from({ length: 6 }, (_, index) => ({
    ...{ part: index < 3 ? "train" : "test", label: 0 },
    file: `${index}.png`,
    thumbnail: Uint8Array.of(100, 50, 7),
  }));
  const all = findLookalikes(images);
  assert.deepEqual([all.acrossParts.pairs, all.isComplete], [9, true]);
  assert.ok(findLookalikes(images, { acrossParts: 9, withinParts: 0 }).isComplete);
  const some = findLookalikes(images, { acrossParts: 6, withinParts: 0 });
  assert.deepEqual([some.acrossParts.pairs, some.isComplete], [6, false]);
});

Deno.test("findLookalikes() sets pairs of different classes apart, also within a part, and keeps few of many", () => {
  const images = Array.from({ length: 200 }, (_, index) => ({
    ...{ part: index < 100 ? "train" : "test", label: index % 2 },
    file: `${index}.png`,
    thumbnail: Uint8Array.of(100, 50, 7),
  }));
  const { acrossParts, acrossClasses } = findLookalikes(images);
  assert.deepEqual([acrossParts.pairs, acrossClasses.pairs], [100 * 100, 100 * 100]);
  assert.equal(acrossParts.examples.length, 5);
  const near = images.map((image, index) => ({
    ...image,
    thumbnail: Uint8Array.of(100, 50, index === 31 || index === 32 ? 7 : 8 + index % 2),
  }));
  assert.deepEqual(findLookalikes(near).acrossClasses.examples[0], ["31.png", "32.png"]);
  for (const [one, other] of acrossClasses.examples) {
    assert.notEqual(parseInt(one) % 2, parseInt(other) % 2);
  }
});

Deno.test("findLookalikes() names the pairs that are the most equal, in whatever order they are found", () => {
  const images = Array.from({ length: 16 }, (_, index) => {
    // Pairs of one brightness, far from the others; the later, the more equal.
    const [pair, difference] = [index >> 1, index % 2 === 0 ? 0 : 8 - (index >> 1)];
    const grey = 30 * pair;
    return {
      ...{ part: index % 2 === 0 ? "train" : "test", label: 0, file: `${pair}-${index % 2}` },
      thumbnail: Uint8Array.of(grey, grey, grey, grey, grey + difference),
    };
  });
  const { pairs, examples } = findLookalikes(images).acrossParts;
  assert.equal(pairs, 8);
  assert.deepEqual(examples.map(([one]) => one.slice(0, 1)), ["7", "6", "5", "4", "3"]);
});
