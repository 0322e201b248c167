import assert from "node:assert/strict";
import { powerSpectrum } from "../../../lib/complexity/power_spectrum.ts";

/** |FFT2|^2 at one frequency, by the definition. */
function naivePower(
  values: readonly number[],
  place: {
    readonly height: number;
    readonly width: number;
    readonly v: number;
    readonly u: number;
  },
): number {
  const { height, width, v, u } = place;
  let real = 0;
  let imaginary = 0;
  values.forEach((value, index) => {
    const y = Math.floor(index / width);
    const angle = 2 * Math.PI * (v * y / height + u * (index % width) / width);
    real += value * Math.cos(angle);
    imaginary -= value * Math.sin(angle);
  });
  return real ** 2 + imaginary ** 2;
}

const sizes = [[1, 1], [1, 5], [6, 1], [2, 2], [3, 4], [4, 3], [5, 7], [8, 8], [9, 6], [
  17,
  19,
]] as const;

Deno.test("powerSpectrum() agrees with the definition for even, odd and prime sides", () => {
  for (const [height, width] of sizes) {
    const values = Array.from(
      { length: height * width },
      (_, index) => (index * index * 31 + 5) % 256,
    );
    const spectrum = powerSpectrum({ height, width });
    const power = spectrum.compute(values);
    assert.equal(spectrum.halfWidth, Math.floor(width / 2) + 1);
    assert.equal(power.length, height * spectrum.halfWidth);
    const total = values.reduce((sum, value) => sum + value, 0) ** 2;
    power.forEach((actual, index) => {
      const v = Math.floor(index / spectrum.halfWidth);
      const u = index % spectrum.halfWidth;
      const expected = naivePower(values, { height, width, v, u });
      assert.ok(
        Math.abs(actual - expected) <= 1e-9 * total,
        `${height} x ${width} at ${v}, ${u}: ${actual}, not ${expected}`,
      );
    });
  }
});

Deno.test("multiplicity() makes the half spectrum hold all the energy (Parseval)", () => {
  for (const [height, width] of sizes) {
    const values = Array.from({ length: height * width }, (_, index) => (index * 37) % 101);
    const spectrum = powerSpectrum({ height, width });
    const energy = spectrum.compute(values).reduce(
      (sum, power, index) => sum + power * spectrum.multiplicity(index % spectrum.halfWidth),
      0,
    );
    const expected = values.length * values.reduce((sum, value) => sum + value * value, 0);
    assert.ok(Math.abs(energy - expected) <= 1e-10 * expected, `${height} x ${width}`);
  }
});

Deno.test("compute() does not remember the image before", () => {
  const spectrum = powerSpectrum({ height: 5, width: 6 });
  const values = Array.from({ length: 30 }, (_, index) => index % 7);
  const first = spectrum.compute(values).slice();
  spectrum.compute(new Array<number>(30).fill(200));
  assert.deepEqual(spectrum.compute(values), first);
});

Deno.test("powerSpectrum() refuses sizes that are not positive, and values of another size", () => {
  assert.throws(() => powerSpectrum({ height: 0, width: 3 }), RangeError);
  assert.throws(() => powerSpectrum({ height: 2, width: 3 }).compute([1, 2]), /hold 2 x 3 numbers/);
});
