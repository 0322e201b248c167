import assert from "node:assert/strict";
import { decodeWebp } from "../../../../lib/datasets/codecs/webp.ts";

const FIXTURES = new URL("../../../fixtures/images/corpus/", import.meta.url);

function readFixture(name: string): Uint8Array {
  return Deno.readFileSync(new URL(name, FIXTURES));
}

Deno.test("decodeWebp() refuses pictures that are cut off, and larger than its bound", () => {
  for (const name of ["lossy.webp", "lossless.webp"]) {
    const bytes = readFixture(name);
    assert.throws(
      () => decodeWebp(bytes.subarray(0, bytes.length >> 1), 1e6),
      /damaged or cut off/,
    );
    assert.throws(() => decodeWebp(bytes, 1000), /43 x 29 pixels, at most 0.001 million/);
    assert.throws(() => decodeWebp(bytes.subarray(0, 14), 1e6), RangeError);
  }
});

Deno.test("decodeWebp() refuses an animation", () => {
  const bytes = readFixture("orientation_6.webp").slice();
  bytes.set(new TextEncoder().encode("ANIM"), 30);
  assert.throws(() => decodeWebp(bytes, 1e6), /animations are not read/);
});
