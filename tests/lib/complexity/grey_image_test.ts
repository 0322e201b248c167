import assert from "node:assert/strict";
import { checkGreyImage, checkImageSize, greyImage } from "../../../lib/complexity/grey_image.ts";
import { patternImage, referenceRows } from "./patterns.ts";

Deno.test("greyImage() rounds every luma correctly, halves upwards", () => {
  for (let red = 0; red < 256; red += 3) {
    const pixels = new Uint8Array(256 * 256 * 3);
    for (let pixel = 0; pixel < 256 * 256; pixel++) {
      pixels[3 * pixel] = red;
      pixels[3 * pixel + 1] = pixel >> 8;
      pixels[3 * pixel + 2] = pixel & 255;
    }
    const grey = greyImage({ pixels, height: 256, width: 256 });
    for (let pixel = 0; pixel < grey.length; pixel++) {
      const thousandths = 299 * red + 587 * (pixel >> 8) + 114 * (pixel & 255);
      const rest = (thousandths + 500) % 1000;
      if (grey[pixel] !== (thousandths + 500 - rest) / 1000) {
        assert.fail(`luma of ${red}, ${pixel >> 8}, ${pixel & 255} is ${grey[pixel]}`);
      }
    }
  }
});

Deno.test("greyImage() keeps grey pixels and agrees with NumPy on patterns", () => {
  const levels = Uint8Array.from({ length: 256 }, (_, level) => level);
  const pixels = Uint8Array.from({ length: 768 }, (_, index) => Math.floor(index / 3));
  assert.deepEqual(greyImage({ pixels, height: 16, width: 16 }), levels);
  for (const row of referenceRows) {
    const grey = greyImage(patternImage(row.pattern, row));
    assert.equal(grey.reduce((sum, level) => sum + level, 0), row.grey);
  }
});

Deno.test("greyImage() writes to the array it is given", () => {
  const target = new Uint8Array(2);
  const result = greyImage(
    { pixels: Uint8Array.of(3, 3, 3, 4, 4, 4), height: 2, width: 1 },
    target,
  );
  assert.equal(result, target);
  assert.deepEqual([...target], [3, 4]);
});

Deno.test("greyImage() refuses pixels and targets of another size", () => {
  const pixels = new Uint8Array(12);
  assert.throws(
    () => greyImage({ pixels, height: 2, width: 3 }),
    /x 3 = 18 values, current length is 12/,
  );
  assert.throws(() => greyImage({ pixels, height: 2, width: 2 }, new Uint8Array(5)), /length is 5/);
});

Deno.test("checkImageSize() counts pixels and refuses sizes that are not positive integers", () => {
  assert.equal(checkImageSize({ height: 5, width: 7 }), 35);
  assert.throws(() => checkImageSize({ height: 5, width: 0 }), /width must be a positive integer/);
  assert.throws(() => checkImageSize({ height: 0.5, width: 2 }), /current value is 0.5/);
});

Deno.test("checkGreyImage() refuses a wrong number of levels", () => {
  assert.equal(checkGreyImage(new Uint8Array(6), { height: 2, width: 3 }), 6);
  assert.throws(
    () => checkGreyImage(new Uint8Array(5), { height: 2, width: 3 }),
    /2 x 3 = 6 levels/,
  );
});

Deno.test("greyImage() refuses pixels that are no bytes", () => {
  const pixels = new Float32Array(3).fill(0.5) as unknown as Uint8Array;
  assert.throws(() => greyImage({ pixels, height: 1, width: 1 }), /must be bytes of 0\.\.255/);
  assert.throws(
    () => greyImage({ pixels: [1, 2, 3] as unknown as Uint8Array, height: 1, width: 1 }),
    TypeError,
  );
});
