import assert from "node:assert/strict";
import fc from "fast-check";
import { cropToSquare, resizeImage } from "../../../lib/datasets/resize_image.ts";

function makeImage(height: number, width: number, color: (at: number) => number) {
  return {
    height,
    width,
    data: Uint8Array.from({ length: height * width * 3 }, (_, at) => color(at)),
  };
}

const side = fc.integer({ min: 1, max: 24 });

Deno.test("resizeImage() at equal size changes nothing", () => {
  fc.assert(fc.property(side, side, fc.nat(), (height, width, seed) => {
    const image = makeImage(height, width, (at) => (at * 97 + seed) & 0xff);
    assert.deepEqual(resizeImage(image, { height, width }), image);
  }));
});

Deno.test("resizeImage() keeps a constant picture constant, larger and smaller", () => {
  fc.assert(fc.property(side, side, side, side, fc.nat(255), (h, w, height, width, value) => {
    const { data } = resizeImage(makeImage(h, w, () => value), { height, width });
    assert.ok(data.every((found) => found === value));
  }));
});

Deno.test("resizeImage() keeps the mean when whole blocks are averaged", () => {
  const image = makeImage(32, 32, (at) => (at * at * 7 + at * 13) & 0xff);
  const { data } = resizeImage(image, { height: 8, width: 8 });
  const mean = (values: Uint8Array) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(Math.abs(mean(data) - mean(image.data)) < 4);
});

Deno.test("resizeImage() keeps a ramp a ramp", () => {
  const image = makeImage(1, 64, (at) => Math.floor(at / 3) * 4);
  const { data } = resizeImage(image, { height: 1, width: 16 });
  for (let column = 1; column < 15; column++) {
    assert.ok(Math.abs(data[column * 3]! - (column * 16 + 6)) <= 1, `column ${column}`);
  }
});

Deno.test("resizeImage() turns a fine chequer into grey instead of skipping pixels", () => {
  const image = makeImage(40, 40, (at) => {
    const pixel = Math.floor(at / 3);
    return (pixel + Math.floor(pixel / 40)) % 2 === 0 ? 0 : 255;
  });
  const { data } = resizeImage(image, { height: 10, width: 10 });
  assert.ok(data.every((value) => Math.abs(value - 127.5) < 6));
});

Deno.test("resizeImage() interpolates between pixels when it enlarges", () => {
  const image = { height: 1, width: 2, data: Uint8Array.of(0, 0, 0, 100, 100, 100) };
  const { data } = resizeImage(image, { height: 1, width: 4 });
  assert.deepEqual([...data].filter((_, at) => at % 3 === 0), [0, 25, 75, 100]);
});

Deno.test("resizeImage() refuses sides that are no positive integers", () => {
  const image = makeImage(2, 2, () => 0);
  for (const bad of [0, -1, 1.5, NaN]) {
    assert.throws(() => resizeImage(image, { height: bad, width: 2 }), /height must be a positive/);
    assert.throws(() => resizeImage(image, { height: 2, width: bad }), /width must be a positive/);
  }
});

Deno.test("cropToSquare() takes the middle of tall and wide pictures", () => {
  const tall = cropToSquare(makeImage(5, 1, (at) => Math.floor(at / 3)));
  assert.deepEqual([tall.height, tall.width, [...tall.data]], [1, 1, [2, 2, 2]]);
  const wide = cropToSquare(makeImage(2, 6, (at) => Math.floor(at / 3)));
  assert.deepEqual([...wide.data].filter((_, at) => at % 3 === 0), [2, 3, 8, 9]);
});

Deno.test("resizeImage() weighs by a triangle as wide as the picture shrinks", () => {
  const image = makeImage(1, 4, (at) => at < 3 ? 240 : 0);
  assert.deepEqual([...resizeImage(image, { height: 1, width: 1 }).data], [50, 50, 50]);
});
