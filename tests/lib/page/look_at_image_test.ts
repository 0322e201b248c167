import assert from "node:assert/strict";
import { imageEntropyMeasure } from "../../../lib/complexity/image_entropy.ts";
import { lookAtImage } from "../../../lib/page/look_at_image.ts";

Deno.test("lookAtImage() takes the complexity apart, for even and odd sides", () => {
  for (const side of [8, 9]) {
    const pixels = Uint8Array.from(
      { length: side * side * 3 },
      (_, at) => (at * 37 + at ** 2) % 256,
    );
    const { spatial, spectral, spectrum, grey } = lookAtImage(pixels, side);
    const complexity = imageEntropyMeasure.measure({ pixels, height: side, width: side });
    assert.ok(Math.abs(spatial + spectral - complexity) < 1e-12);
    assert.equal(grey.values.length, side * side);
    // Real images: every frequency is as strong as its opposite.
    const middle = Math.floor(side / 2);
    const at = (y: number, x: number) =>
      spectrum.values[((middle + y + side) % side) * side + (middle + x + side) % side]!;
    for (const [y, x] of [[1, 2], [2, -1], [0, 3], [3, 0]] as const) {
      assert.ok(Math.abs(at(y, x) - at(-y, -x)) < 1e-9);
    }
    assert.equal(at(0, 0), 0);
  }
});

Deno.test("lookAtImage() puts a wave where its frequency is", () => {
  const side = 16;
  const pixels = Uint8Array.from(
    { length: side * side * 3 },
    (_, at) =>
      Math.round(128 + 100 * Math.cos((2 * Math.PI * 3 * (Math.floor(at / 3) % side)) / side)),
  );
  const { spectrum } = lookAtImage(pixels, side);
  const strongest = spectrum.values.indexOf(Math.max(...spectrum.values));
  assert.equal(Math.floor(strongest / side), 8);
  assert.equal(Math.abs(strongest % side - 8), 3);
});
