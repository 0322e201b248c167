import assert from "node:assert/strict";
import fc from "fast-check";
import { entropySums } from "../../../lib/complexity/entropy_sums.ts";

function sums(values: Float64Array, start = 0, stride = 1): { total: number; weighted: number } {
  return entropySums(values, { words: new Uint32Array(values.buffer), start, stride });
}

Deno.test("entropySums() agrees with Math.log2 to 14 digits over the whole range", () => {
  const value = fc.double({ min: 1e-300, max: 1e300, noNaN: true });
  fc.assert(
    fc.property(value, (number) => {
      const { total, weighted } = sums(Float64Array.of(number));
      const expected = Math.log2(number);
      assert.equal(total, number);
      assert.ok(
        Math.abs(weighted / number - expected) <= 1e-14 * (1 + Math.abs(expected)),
        `${number}`,
      );
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("entropySums() is accurate on both sides of a power of two and of a table cell", () => {
  for (const edge of [1, 2, 0.5, 1024, 1 + 1 / 512, 1 + 511 / 512]) {
    for (const number of [edge * (1 - 2 ** -53), edge, edge * (1 + 2 ** -52)]) {
      const { weighted } = sums(Float64Array.of(number));
      assert.ok(
        Math.abs(weighted - number * Math.log2(number)) <=
          1e-13 * edge * Math.max(1, Math.log2(edge)),
      );
    }
  }
});

Deno.test("entropySums() counts zero and denormal numbers as nothing", () => {
  const { total, weighted } = sums(Float64Array.of(0, 5e-324, 0, 4));
  assert.equal(total, 4);
  assert.equal(weighted, 8);
});

Deno.test("entropySums() takes every value of the stride and no other", () => {
  assert.equal(sums(Float64Array.of(1, 2, 4, 8, 16, 32, 64), 1, 3).total, 2 + 16);
});
