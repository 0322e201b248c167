import assert from "node:assert/strict";
import { readJpegHeader } from "../../../../lib/datasets/codecs/jpeg_header.ts";
import { decodeImage } from "../../../../lib/datasets/decode_image.ts";
import { DataError } from "../../../../lib/errors.ts";

function segment(marker: number, content: readonly number[]): number[] {
  const length = content.length + 2;
  return [0xff, marker, length >> 8, length & 255, ...content];
}

/**
 * A progressive JPEG of 1600 x 1600 pixels whose passes say nothing: with runs of 32,767 empty blocks, a pass over 40,000
 * blocks takes four bytes.
 */
function manyScans(scans: number): Uint8Array {
  const scan = [...segment(0xda, [1, 1, 0, 1, 63, 0]), 0x7f, 0xfe, 0x00, 0x03];
  return Uint8Array.of(
    ...[0xff, 0xd8, ...segment(0xdb, [0, ...new Array<number>(64).fill(1)])],
    ...segment(0xc2, [8, 1600 >> 8, 1600 & 255, 1600 >> 8, 1600 & 255, 1, 1, 0x11, 0]),
    ...segment(0xc4, [0x10, 1, ...new Array<number>(15).fill(0), 0xe0]),
    ...segment(0xc4, [0x00, 1, ...new Array<number>(15).fill(0), 0]),
    ...Array.from({ length: scans }, () => scan).flat(),
    ...[0xff, 0xd9],
  );
}

Deno.test("readJpegHeader() counts the scans of a picture, not what looks like them in a comment", () => {
  const comment = segment(0xfe, new Array<number>(5000).fill(0).flatMap(() => [0xff, 0xda]));
  const picture = manyScans(3);
  const commented = Uint8Array.of(...picture.subarray(0, 2), ...comment, ...picture.subarray(2));
  assert.deepEqual(readJpegHeader(commented), {
    width: 1600,
    height: 1600,
    precision: 8,
    planes: 1,
    scans: 3,
    orientation: 1,
    isEnded: true,
  });
});

Deno.test("decodeImage() refuses a JPEG of more passes than any encoder makes", () => {
  const picture = manyScans(201);
  assert.throws(
    () => decodeImage(picture, "slow.jpg"),
    (error) => error instanceof DataError && /slow\.jpg .*201 scans are more/.test(error.message),
  );
});

Deno.test("readJpegHeader() comes to an end on anything", () => {
  for (const fill of [0xff, 0xda, 0, 0xd8]) {
    assert.throws(() => readJpegHeader(new Uint8Array(100_000).fill(fill)), RangeError);
  }
  const segments = new Array<number>(100).fill(0).flatMap(() => [0xff, 0xe0, 0, 0]);
  assert.throws(() => readJpegHeader(Uint8Array.from(segments)), /no size/);
});
