import assert from "node:assert/strict";
import { crc32, deflateSync } from "node:zlib";
import { decodeImage } from "../../../../lib/datasets/decode_image.ts";
import { checkPng } from "../../../../lib/datasets/codecs/check_png.ts";
import { DataError } from "../../../../lib/errors.ts";
import { concatenate } from "../helpers/make_tar.ts";
import { pngChunk, pngFile } from "../helpers/png_chunks.ts";

/** An RGB picture of 8 bits whose packed pixels are as given. */
function pngOf(side: number, pixels: Uint8Array, more: readonly Uint8Array[] = []): Uint8Array {
  const form = { width: side, height: side, depth: 8, colorType: 2, isInterlaced: false };
  return pngFile(form, [...more, pngChunk("IDAT", pixels)]);
}

Deno.test("decodeImage() refuses a PNG that unfolds into more than its pixels", () => {
  const bomb = pngOf(1, deflateSync(new Uint8Array(100e6)));
  assert.ok(bomb.length < 100_000);
  const before = Deno.memoryUsage();
  assert.throws(() => decodeImage(bomb, "bomb.png"), (error: unknown) => {
    assert.ok(error instanceof DataError);
    assert.match(error.message, /bomb\.png is a damaged or unsupported PNG/);
    return true;
  });
  const after = Deno.memoryUsage();
  assert.ok(after.external + after.heapUsed < before.external + before.heapUsed + 50e6);
});

Deno.test("checkPng() refuses kinds of pixels that PNG has not, before anything unfolds", () => {
  const bomb = pngChunk("IDAT", deflateSync(new Uint8Array(100e6)));
  const kinds = [[2, 255], [6, 255], [3, 16], [0, 3], [4, 4], [1, 8], [7, 8], [0, 0]] as const;
  for (const [colorType, depth] of kinds) {
    const form = { width: 8000, height: 8000, depth, colorType, isInterlaced: false };
    const message = new RegExp(`colour type ${colorType} with ${depth} bits is none of PNG's`);
    assert.throws(() => checkPng(pngFile(form, [bomb])), message);
  }
});

Deno.test("checkPng() leaves good pictures alone, large and noisy ones too", () => {
  const side = 300;
  const rows = new Uint8Array(side * (1 + 3 * side));
  for (let at = 0; at < rows.length; at++) rows[at] = (at * 7919 + (at >> 3) * 31) & 255;
  for (let row = 0; row < side; row++) rows[row * (1 + 3 * side)] = 0;
  const large = pngOf(side, deflateSync(rows, { level: 0 }));
  assert.equal(checkPng(large), large);
  assert.equal(decodeImage(large, "large.png").data.length, side * side * 3);
});

Deno.test("decodeImage() does not unfold colour profiles and texts", () => {
  const pixel = deflateSync(Uint8Array.of(0, 10, 20, 30));
  const name = new TextEncoder().encode("x\0\0");
  const packed = concatenate([name, deflateSync(new Uint8Array(50e6))]);
  const picture = pngOf(1, pixel, [pngChunk("iCCP", packed), pngChunk("zTXt", packed)]);
  assert.ok(checkPng(picture).length < 100);
  assert.deepEqual([...decodeImage(picture, "x.png").data], [10, 20, 30]);
});

Deno.test("checkPng() drops texts that are not packed and the frames of an animation", () => {
  const pixel = deflateSync(Uint8Array.of(0, 10, 20, 30));
  const text = pngChunk("tEXt", new Uint8Array(5e6).fill(65));
  const frame = pngChunk("fdAT", deflateSync(new Uint8Array(1e6)));
  const picture = pngOf(1, pixel, [text, pngChunk("acTL", new Uint8Array(8)), frame]);
  assert.deepEqual(checkPng(picture), pngOf(1, pixel));
});

Deno.test("decodeImage() refuses pixels of a palette that is missing", () => {
  const picture = pngOf(1, deflateSync(Uint8Array.of(0, 3)));
  picture[25] = 3;
  new DataView(picture.buffer).setUint32(29, crc32(picture.subarray(12, 29)));
  assert.throws(
    () => decodeImage(picture, "x.png"),
    (error) => error instanceof DataError && /x\.png is a damaged/.test(error.message),
  );
});
