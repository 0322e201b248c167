import assert from "node:assert/strict";
import { augmentImages } from "../../../lib/datasets/augmentation.ts";
import { RandomStream } from "../../../lib/randomness/random_stream.ts";

const SIZE = { height: 4, width: 5 };
const IMAGE = Uint8Array.from({ length: 60 }, (_, at) => at + 1);

function many(count: number): Uint8Array {
  return Uint8Array.from({ length: 60 * count }, (_, at) => IMAGE[at % 60]!);
}

function augment(count: number, options: { flip: boolean; crop: number; seed?: number }) {
  const stream = new RandomStream(options.seed ?? 1, "augmentation");
  return augmentImages(many(count), { count, ...SIZE, ...options, stream });
}

function pixel(image: Uint8Array, row: number, column: number): number[] {
  return [...image.subarray((row * 5 + column) * 3, (row * 5 + column) * 3 + 3)];
}

Deno.test("augmentImages() mirrors about half of the images left to right", () => {
  const out = augment(400, { flip: true, crop: 0 });
  let mirrored = 0;
  for (let image = 0; image < 400; image++) {
    const found = out.subarray(image * 60, (image + 1) * 60);
    const isMirrored = pixel(found, 0, 0)[0] !== 1;
    mirrored += isMirrored ? 1 : 0;
    for (let row = 0; row < 4; row++) {
      for (let column = 0; column < 5; column++) {
        assert.deepEqual(
          pixel(found, row, column),
          pixel(IMAGE, row, isMirrored ? 4 - column : column),
        );
      }
    }
  }
  assert.ok(mirrored > 150 && mirrored < 250, `${mirrored} of 400`);
});

Deno.test("augmentImages() moves images by every step up to the crop, black behind", () => {
  const out = augment(400, { flip: false, crop: 1 });
  const seen = new Set<string>();
  for (let image = 0; image < 400; image++) {
    const found = out.subarray(image * 60, (image + 1) * 60);
    const [center] = pixel(found, 1, 2);
    const from = (center! - 1) / 3;
    const down = 1 - Math.floor(from / 5);
    const right = 2 - from % 5;
    seen.add(`${down},${right}`);
    for (let row = 0; row < 4; row++) {
      for (let column = 0; column < 5; column++) {
        const [y, x] = [row - down, column - right];
        const isInside = y >= 0 && y < 4 && x >= 0 && x < 5;
        assert.deepEqual(pixel(found, row, column), isInside ? pixel(IMAGE, y, x) : [0, 0, 0]);
      }
    }
  }
  assert.equal(seen.size, 9);
});

Deno.test("augmentImages() repeats itself with the same stream and leaves its input alone", () => {
  const options = { flip: true, crop: 2 };
  assert.deepEqual(augment(20, options), augment(20, options));
  assert.notDeepEqual(augment(20, options), augment(20, { ...options, seed: 2 }));
  const pixels = many(3);
  const stream = new RandomStream(1, "augmentation");
  augmentImages(pixels, { count: 3, ...SIZE, ...options, stream });
  assert.deepEqual(pixels, many(3));
});

Deno.test("augmentImages() refuses wrong sizes and crops", () => {
  const stream = new RandomStream(1, "augmentation");
  const options = { count: 1, ...SIZE, flip: false, crop: 0, stream };
  assert.throws(() => augmentImages(many(2), options), RangeError);
  for (const crop of [-1, 4, 0.5]) {
    assert.throws(() => augmentImages(many(1), { ...options, crop }), /crop must be an integer/);
  }
});

Deno.test("augmentImages() changes colours within their share, and nothing else", () => {
  const pixels = Uint8Array.from({ length: 200 * 12 }, (_, at) => 60 + (at * 37) % 120);
  const still = { count: 200, height: 2, width: 2, flip: false, crop: 0 };
  const changed = (share: number) =>
    augmentImages(pixels, {
      ...still,
      stream: new RandomStream(1, "augmentation"),
      color: { share, stream: new RandomStream(1, "augmentation-color") },
    });
  assert.deepEqual(changed(0), pixels);
  const out = changed(0.3);
  const means = Array.from({ length: 200 }, (_, image) => {
    const mean = (values: Uint8Array) =>
      values.subarray(image * 12, image * 12 + 12).reduce((sum, value) => sum + value, 0) / 12;
    return mean(out) / mean(pixels);
  });
  assert.ok(
    means.every((ratio) => ratio > 0.65 && ratio < 1.35),
    `${Math.min(...means)} ${Math.max(...means)}`,
  );
  assert.ok(Math.max(...means) - Math.min(...means) > 0.4, "brightness varies");
  const average = means.reduce((sum, ratio) => sum + ratio, 0) / means.length;
  assert.ok(Math.abs(average - 1) < 0.05, `${average}`);
});

Deno.test("augmentImages() keeps grey images grey, whatever their saturation becomes", () => {
  const pixels = Uint8Array.from(
    { length: 50 * 12 },
    (_, at) => 40 + (Math.floor(at / 3) * 31) % 160,
  );
  const out = augmentImages(pixels, {
    count: 50,
    height: 2,
    width: 2,
    flip: false,
    crop: 0,
    stream: new RandomStream(1, "augmentation"),
    color: { share: 0.8, stream: new RandomStream(2, "augmentation-color") },
  });
  for (let at = 0; at < out.length; at += 3) {
    assert.ok(Math.abs(out[at]! - out[at + 1]!) <= 1 && Math.abs(out[at]! - out[at + 2]!) <= 1);
  }
});

/** A stream of given numbers; 0.5 leaves everything as it is. */
function streamOf(numbers: readonly number[]): RandomStream {
  const left = [...numbers];
  return Object.assign(new RandomStream(1, "test"), { nextFloat: () => left.shift()! });
}

Deno.test("augmentImages() multiplies contrast about the mean, and saturation about each pixel's luma", () => {
  const changed = (pixels: number[], numbers: readonly number[]) => {
    const color = { share: 0.5, stream: streamOf(numbers) };
    const still = { count: 1, height: 1, width: pixels.length / 3, flip: false, crop: 0 };
    const stream = new RandomStream(1, "augmentation");
    return [...augmentImages(Uint8Array.from(pixels), { ...still, stream, color })];
  };
  const greys = [100, 100, 100, 200, 200, 200];
  assert.deepEqual(changed(greys, [0.5, 1, 0.5]), [75, 75, 75, 225, 225, 225]);
  assert.deepEqual(changed(greys, [0.75, 0.5, 0.5]), [125, 125, 125, 250, 250, 250]);
  assert.deepEqual(changed([200, 100, 50], [0.5, 0.5, 0]), [162, 112, 87]);
});

Deno.test("augmentImages() draws three numbers for an image, whatever is switched on", () => {
  const next = (flip: boolean, crop: number) => {
    const stream = new RandomStream(1, "augmentation");
    augmentImages(many(3), { count: 3, ...SIZE, flip, crop, stream });
    return stream.nextFloat();
  };
  const expected = new RandomStream(1, "augmentation");
  for (let draw = 0; draw < 9; draw++) expected.nextFloat();
  const after = expected.nextFloat();
  assert.deepEqual([next(false, 0), next(true, 0), next(true, 1)], [after, after, after]);
});
