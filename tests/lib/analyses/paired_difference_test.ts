import assert from "node:assert/strict";
import { pairedDifference } from "../../../lib/analyses/paired_difference.ts";

/** Two ways that differ on so many images. */
function waysOf(firstOnly: number, secondOnly: number, both = 100): [number[], number[]] {
  const fill = (count: number, value: number) => new Array<number>(count).fill(value);
  return [
    [...fill(firstOnly, 1), ...fill(secondOnly, 0), ...fill(both, 1)],
    [...fill(firstOnly, 0), ...fill(secondOnly, 1), ...fill(both, 1)],
  ];
}

Deno.test("pairedDifference() counts images that one way alone classifies correctly", () => {
  const { firstOnly, secondOnly } = pairedDifference(...waysOf(3, 5));
  assert.deepEqual([firstOnly, secondOnly], [3, 5]);
});

Deno.test("pairedDifference() is McNemar's exact test", () => {
  // 2 (C(8,0) + C(8,1)) / 2^8, and the sum of 225 binomials in whole numbers.
  assert.ok(Math.abs(pairedDifference(...waysOf(1, 7)).probability - 18 / 256) < 1e-12);
  assert.ok(
    Math.abs(pairedDifference(...waysOf(224, 261)).probability - 0.1020184970497737) < 1e-9,
  );
  assert.equal(pairedDifference(...waysOf(6, 6)).probability, 1);
  assert.equal(pairedDifference(...waysOf(0, 0)).probability, 1);
});

Deno.test("pairedDifference() stays finite where 2^-count is not a number", () => {
  const { probability } = pairedDifference(...waysOf(1155, 520));
  assert.ok(probability > 0 && probability < 1e-50);
});

Deno.test("pairedDifference() refuses ways that classified other images", () => {
  assert.throws(() => pairedDifference([1, 0], [1]), {
    name: "RangeError",
    message: /the same images, there are 2 and 1/,
  });
});
