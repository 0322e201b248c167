import assert from "node:assert/strict";
import { exifOrientation } from "../../../../lib/datasets/codecs/exif_orientation.ts";

function tiff(isLittle: boolean, value: number, type = 3): Uint8Array {
  const bytes = new Uint8Array(26 + 12);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, isLittle ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, isLittle);
  view.setUint32(4, 8, isLittle);
  view.setUint16(8, 2, isLittle);
  // Another tag first: width.
  view.setUint16(10, 0x0100, isLittle);
  view.setUint16(22, 0x0112, isLittle);
  view.setUint16(24, type, isLittle);
  view.setUint32(26, 1, isLittle);
  view.setUint16(30, value, isLittle);
  return bytes;
}

Deno.test("exifOrientation() reads all eight values in both byte orders", () => {
  for (const isLittle of [false, true]) {
    for (let value = 1; value <= 8; value++) {
      assert.equal(exifOrientation(tiff(isLittle, value)), value);
    }
  }
});

Deno.test("exifOrientation() takes what makes no sense for upright, as other readers do", () => {
  for (const value of [0, 9, 65_535]) assert.equal(exifOrientation(tiff(true, value)), 1);
  assert.equal(exifOrientation(tiff(true, 6, 4)), 1);
  const whole = tiff(false, 6);
  for (let length = 0; length < 34; length++) {
    assert.equal(exifOrientation(whole.subarray(0, length)), 1);
  }
  const far = tiff(false, 6);
  new DataView(far.buffer).setUint32(4, 0xffff_fff0);
  assert.equal(exifOrientation(far), 1);
});
