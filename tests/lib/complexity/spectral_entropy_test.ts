import assert from "node:assert/strict";
import fc from "fast-check";
import { spectralEntropy } from "../../../lib/complexity/spectral_entropy.ts";

const grey35 = fc.uint8Array({ minLength: 35, maxLength: 35 });

Deno.test("spectralEntropy() does not change when the image moves around the torus", () => {
  fc.assert(fc.property(grey35, fc.nat(6), fc.nat(4), (grey, right, down) => {
    const moved = grey.map((_, index) => {
      const y = (Math.floor(index / 7) + down) % 5;
      return grey[7 * y + (index + right) % 7]!;
    });
    const size = { height: 5, width: 7 };
    assert.ok(Math.abs(spectralEntropy(moved, size) - spectralEntropy(grey, size)) < 1e-9);
  }));
});

Deno.test("spectralEntropy() does not change when the image is transposed, brightened or inverted", () => {
  fc.assert(fc.property(grey35, (grey) => {
    const halved = grey.map((level) => level >> 1);
    const size = { height: 5, width: 7 };
    const expected = spectralEntropy(halved, size);
    const transposed = halved.map((_, index) => halved[7 * (index % 5) + Math.floor(index / 5)]!);
    assert.ok(Math.abs(spectralEntropy(transposed, { height: 7, width: 5 }) - expected) < 1e-9);
    for (
      const changed of [
        halved.map((level) => level + 100),
        halved.map((level) => 255 - level),
      ]
    ) {
      assert.ok(Math.abs(spectralEntropy(changed, size) - expected) < 1e-9);
    }
  }));
});

Deno.test("spectralEntropy() is one bit for a plain wave and the maximum for a single dot", () => {
  const stripes = Uint8Array.from(
    { length: 256 },
    (_, index) => 128 + 100 * Math.round(Math.sin(index % 16 * Math.PI / 2)),
  );
  assert.ok(Math.abs(spectralEntropy(stripes, { height: 16, width: 16 }) - 1) < 1e-9);
  for (const [height, width] of [[8, 8], [7, 9], [1, 16], [84, 84], [19, 2]] as const) {
    const dot = new Uint8Array(height * width);
    dot[3] = 200;
    const expected = Math.log2(height * width - 1);
    assert.ok(Math.abs(spectralEntropy(dot, { height, width }) - expected) < 1e-9);
  }
});

Deno.test("spectralEntropy() of one lone grey step is no rounding noise", () => {
  const grey = new Uint8Array(84 * 84).fill(255);
  grey[40] = 254;
  const actual = spectralEntropy(grey, { height: 84, width: 84 });
  assert.ok(Math.abs(actual - Math.log2(84 * 84 - 1)) < 1e-6);
});

Deno.test("spectralEntropy() refuses levels that do not fill the image", () => {
  assert.throws(
    () => spectralEntropy(new Uint8Array(8), { height: 3, width: 3 }),
    /3 x 3 = 9 levels/,
  );
});
