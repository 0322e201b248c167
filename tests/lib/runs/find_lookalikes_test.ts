import assert from "node:assert/strict";
import { findLookalikes } from "../../../lib/runs/find_lookalikes.ts";

Deno.test("findLookalikes() tells whether it came to its end", () => {
  const images = Array.from({ length: 6 }, (_, index) => ({
    part: index < 3 ? "train" : "test",
    file: `${index}.png`,
    thumbnail: Uint8Array.of(100, 50, 7),
  }));
  const all = findLookalikes(images);
  assert.deepEqual([all.pairs.length, all.isComplete], [9, true]);
  assert.ok(findLookalikes(images, 15).isComplete);
  const some = findLookalikes(images, 6);
  assert.ok(some.pairs.length < 9 && !some.isComplete);
});
