import assert from "node:assert/strict";
import { RandomStream } from "../../../lib/randomness/random_stream.ts";
import { shuffledIndices } from "../../../lib/randomness/shuffled_indices.ts";

Deno.test("shuffledIndices() is a permutation", () => {
  const order = shuffledIndices(1000, new RandomStream(1, "order"));
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, index) => index),
  );
});

Deno.test("shuffledIndices() handles empty and single lists", () => {
  assert.equal(shuffledIndices(0, new RandomStream(1, "order")).length, 0);
  assert.deepEqual([...shuffledIndices(1, new RandomStream(1, "order"))], [0]);
});

Deno.test("shuffledIndices() gives all orders of three the same chance", () => {
  const stream = new RandomStream(5, "order");
  const counts = new Map<string, number>();
  for (let trial = 0; trial < 6000; trial++) {
    const order = shuffledIndices(3, stream).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 6);
  for (const count of counts.values()) assert.ok(Math.abs(count - 1000) < 130, `${count}`);
});
