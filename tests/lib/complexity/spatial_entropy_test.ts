import assert from "node:assert/strict";
import fc from "fast-check";
import { spatialEntropy } from "../../../lib/complexity/spatial_entropy.ts";

Deno.test("spatialEntropy() lies between 0 and 8 bits, and below log2 of the pixels", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 2000 }), (grey) => {
    const entropy = spatialEntropy(grey);
    assert.ok(entropy >= 0 && entropy <= 8);
    assert.ok(entropy <= Math.log2(grey.length) + 1e-12);
  }));
});

Deno.test("spatialEntropy() depends on the histogram only: a permutation keeps it", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(), (grey, seed) => {
    const shuffled = grey.slice();
    for (let index = shuffled.length - 1, state = seed; index > 0; index--) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      const other = state % (index + 1);
      [shuffled[index], shuffled[other]] = [shuffled[other]!, shuffled[index]!];
    }
    assert.equal(spatialEntropy(shuffled), spatialEntropy(grey));
  }));
});

Deno.test("spatialEntropy() is 8 bits when all levels are equally frequent, also with large counts", () => {
  for (const repeats of [1, 3, 255, 256, 300]) {
    const grey = Uint8Array.from({ length: 256 * repeats }, (_, index) => index % 256);
    assert.ok(Math.abs(spatialEntropy(grey) - 8) < 1e-12, `${repeats} of each`);
  }
});

Deno.test("spatialEntropy() follows the formula for a biased coin", () => {
  const grey = Uint8Array.from({ length: 1000 }, (_, index) => index < 110 ? 3 : 250);
  const expected = -(0.11 * Math.log2(0.11) + 0.89 * Math.log2(0.89));
  assert.ok(Math.abs(spatialEntropy(grey) - expected) < 1e-12);
});

Deno.test("spatialEntropy() refuses an image without pixels", () => {
  assert.throws(() => spatialEntropy(new Uint8Array(0)), /has no pixel/);
});
