import assert from "node:assert/strict";
import fc from "fast-check";
import {
  complexityMeasure,
  complexityMeasureNames,
} from "../../../lib/complexity/measure_registry.ts";
import { patternImage, referenceRows } from "./patterns.ts";

Deno.test("complexityMeasureNames lists the default first", () => {
  assert.deepEqual(complexityMeasureNames, [
    "entropy",
    "spatial-entropy",
    "spectral-entropy",
    "gradient-energy",
    "jpeg-like",
  ]);
});

Deno.test("complexityMeasure() finds every measure under its own name, with a unit and a description", () => {
  for (const name of complexityMeasureNames) {
    const measure = complexityMeasure(name);
    assert.equal(measure.name, name);
    assert.ok(measure.unit.startsWith("bits"));
    assert.ok(measure.description.length > 10);
    assert.ok(measure.referenceMean > 0);
  }
});

Deno.test("complexityMeasure() refuses unknown names and lists those it knows", () => {
  for (const name of ["", "Entropy", "toString", "__proto__"]) {
    assert.throws(() => complexityMeasure(name), (error: unknown) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, /one of entropy, spatial-entropy, .*jpeg-like/);
      assert.ok(error.message.endsWith(`current value is "${name}"`));
      return true;
    });
  }
});

Deno.test("measure() agrees with NumPy for every measure, pattern and size", () => {
  for (const row of referenceRows) {
    const image = patternImage(row.pattern, row);
    const expected: Readonly<Record<string, number>> = {
      "entropy": row.spatial + row.spectral,
      "spatial-entropy": row.spatial,
      "spectral-entropy": row.spectral,
      "gradient-energy": row.gradient,
      "jpeg-like": row.jpeg,
    };
    for (const name of complexityMeasureNames) {
      const actual = complexityMeasure(name).measure(image);
      assert.ok(
        Math.abs(actual - expected[name]!) < 1e-10,
        `${name} of ${row.pattern} ${row.height} x ${row.width}: ${actual}, not ${expected[name]}`,
      );
    }
  }
});

Deno.test("measure() is exactly zero for a constant image of any size and colour", () => {
  const sizes = [[1, 1], [1, 6], [7, 1], [8, 8], [5, 7], [32, 32], [84, 84], [17, 34]] as const;
  for (const name of complexityMeasureNames) {
    for (const [height, width] of sizes) {
      for (const value of [0, 1, 119, 255]) {
        const pixels = new Uint8Array(height * width * 3).fill(value);
        const actual = complexityMeasure(name).measure({ pixels, height, width });
        assert.ok(Object.is(actual, 0), `${name} of ${height} x ${width} x ${value} is ${actual}`);
      }
    }
  }
});

Deno.test("measure() is finite, not negative and repeatable for arbitrary images", () => {
  const images = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 })).chain(
    ([height, width]) =>
      fc.record({
        pixels: fc.uint8Array({ minLength: 3 * height * width, maxLength: 3 * height * width }),
        height: fc.constant(height),
        width: fc.constant(width),
      }),
  );
  fc.assert(
    fc.property(images, (image) => {
      for (const name of complexityMeasureNames) {
        const measure = complexityMeasure(name);
        const first = measure.measure(image);
        assert.ok(Number.isFinite(first) && first >= 0, `${name}: ${first}`);
        // The scratch memory of another size must not leak into the next result.
        measure.measure({ pixels: Uint8Array.of(1, 2, 3, 4, 5, 6), height: 1, width: 2 });
        assert.equal(measure.measure(image), first);
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("measure() refuses an image whose pixels do not agree with its size", () => {
  for (const name of complexityMeasureNames) {
    const { measure } = complexityMeasure(name);
    const pixels = new Uint8Array(11);
    assert.throws(() => measure({ pixels, height: 2, width: 2 }), /must hold 2 x 2 x 3 = 12/);
    for (const height of [0, -2, 1.5, NaN, Infinity]) {
      assert.throws(() => measure({ pixels, height, width: 2 }), RangeError);
    }
  }
});
