import assert from "node:assert/strict";
import fc from "fast-check";
import { fourierTransform } from "../../../lib/complexity/fft.ts";

interface Signal {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** The definition, point by point. */
function naiveTransform(signal: Signal): Signal {
  const length = signal.real.length;
  const real = new Float64Array(length);
  const imaginary = new Float64Array(length);
  for (let k = 0; k < length; k++) {
    for (let j = 0; j < length; j++) {
      const angle = -2 * Math.PI * ((j * k) % length) / length;
      real[k]! += signal.real[j]! * Math.cos(angle) - signal.imaginary[j]! * Math.sin(angle);
      imaginary[k]! += signal.real[j]! * Math.sin(angle) + signal.imaginary[j]! * Math.cos(angle);
    }
  }
  return { real, imaginary };
}

function fastTransform(signal: Signal): Signal {
  const real = signal.real.slice();
  const imaginary = signal.imaginary.slice();
  fourierTransform(real.length).transform(real, imaginary);
  return { real, imaginary };
}

function wave(length: number, seed = 1): Signal {
  return {
    real: Float64Array.from({ length }, (_, j) => Math.sin(j * j * 0.7 + seed) * 3),
    imaginary: Float64Array.from({ length }, (_, j) => Math.cos(j * 1.3 * seed) - j % 3),
  };
}

function assertClose(actual: Signal, expected: Signal, label: string): void {
  for (const part of ["real", "imaginary"] as const) {
    actual[part].forEach((value, index) => {
      const difference = Math.abs(value - expected[part][index]!);
      assert.ok(difference < 1e-9, `${label}: ${part}[${index}] is off by ${difference}`);
    });
  }
}

Deno.test("fourierTransform() agrees with the definition for every length from 1 to 150", () => {
  // Covers powers of two and four, odd primes, and their products.
  for (let length = 1; length <= 150; length++) {
    const signal = wave(length);
    assertClose(fastTransform(signal), naiveTransform(signal), `length ${length}`);
  }
});

Deno.test("fourierTransform() agrees with the definition for long and awkward lengths", () => {
  for (const length of [256, 289, 343, 400, 503, 512, 13 * 17, 1024]) {
    const signal = wave(length, 2);
    assertClose(fastTransform(signal), naiveTransform(signal), `length ${length}`);
  }
});

Deno.test("fourierTransform() transforms interleaved sequences like single ones", () => {
  for (const [length, lanes] of [[8, 3], [12, 5], [7, 2], [19, 4], [1, 3]] as const) {
    const signals = Array.from({ length: lanes }, (_, lane) => wave(length, lane + 1));
    const real = Float64Array.from(
      { length: length * lanes },
      (_, index) => signals[index % lanes]!.real[Math.floor(index / lanes)]!,
    );
    const imaginary = Float64Array.from(
      { length: length * lanes },
      (_, index) => signals[index % lanes]!.imaginary[Math.floor(index / lanes)]!,
    );
    fourierTransform(length, lanes).transform(real, imaginary);
    signals.forEach((signal, lane) => {
      const own = {
        real: real.filter((_, index) => index % lanes === lane),
        imaginary: imaginary.filter((_, index) => index % lanes === lane),
      };
      assertClose(own, fastTransform(signal), `length ${length}, lane ${lane}`);
    });
  }
});

Deno.test("fourierTransform() keeps energy: sum |X|^2 = n sum |x|^2 (Parseval)", () => {
  const finite = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(finite, finite), { minLength: 1, maxLength: 70 }), (points) => {
      const signal = {
        real: Float64Array.from(points, ([re]) => re),
        imaginary: Float64Array.from(points, ([, im]) => im),
      };
      const energy = (of: Signal) =>
        of.real.reduce((sum, re, index) => sum + re * re + of.imaginary[index]! ** 2, 0);
      const expected = points.length * energy(signal);
      assert.ok(Math.abs(energy(fastTransform(signal)) - expected) <= 1e-10 * expected + 1e-12);
    }),
  );
});

Deno.test("fourierTransform() is linear", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 80 }),
      fc.integer({ min: -5, max: 5 }),
      fc.integer({ min: -5, max: 5 }),
      (length, first, second) => {
        const a = wave(length, 1);
        const b = wave(length, 2);
        const combine = (x: Signal, y: Signal): Signal => ({
          real: x.real.map((value, index) => first * value + second * y.real[index]!),
          imaginary: x.imaginary.map((value, index) =>
            first * value + second * y.imaginary[index]!
          ),
        });
        assertClose(
          fastTransform(combine(a, b)),
          combine(fastTransform(a), fastTransform(b)),
          `length ${length}`,
        );
      },
    ),
  );
});

Deno.test("fourierTransform() gives the same answer when it is used again", () => {
  for (const length of [12, 16, 23]) {
    const transform = fourierTransform(length);
    const signal = wave(length);
    const expected = fastTransform(signal);
    for (let round = 0; round < 3; round++) {
      const real = signal.real.slice();
      const imaginary = signal.imaginary.slice();
      transform.transform(real, imaginary);
      assert.deepEqual({ real, imaginary }, expected);
    }
  }
});

Deno.test("fourierTransform() refuses lengths and lanes that are not positive integers", () => {
  for (const value of [0, -1, 2.5, NaN, Infinity]) {
    assert.throws(() => fourierTransform(value), /length must be a positive integer/);
    assert.throws(() => fourierTransform(4, value), /lanes must be a positive integer/);
  }
});
