import assert from "node:assert/strict";
import fc from "fast-check";
import { gradientEnergy } from "../../../lib/complexity/gradient_energy.ts";

Deno.test("gradientEnergy() reaches its maximum on a checkerboard and ignores the sign of edges", () => {
  const board = Uint8Array.from(
    { length: 35 },
    (_, index) => (index % 7 + Math.floor(index / 7)) % 2 * 255,
  );
  const maximum = Math.log2(1 + 255 ** 2);
  assert.ok(Math.abs(gradientEnergy(board, { height: 5, width: 7 }) - maximum) < 1e-12);
  fc.assert(fc.property(fc.uint8Array({ minLength: 35, maxLength: 35 }), (grey) => {
    const inverted = grey.map((level) => 255 - level);
    const energy = gradientEnergy(grey, { height: 5, width: 7 });
    assert.equal(energy, gradientEnergy(inverted, { height: 5, width: 7 }));
    assert.ok(energy <= maximum + 1e-12);
  }));
});

Deno.test("gradientEnergy() counts rows and columns alike", () => {
  const grey = Uint8Array.of(0, 10, 20, 30, 40, 50);
  const across = Math.log2(1 + (4 * 100 + 3 * 900) / 7);
  assert.equal(gradientEnergy(grey, { height: 2, width: 3 }), across);
  const transposed = Uint8Array.of(0, 30, 10, 40, 20, 50);
  assert.equal(gradientEnergy(transposed, { height: 3, width: 2 }), across);
});
