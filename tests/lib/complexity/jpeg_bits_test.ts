import assert from "node:assert/strict";
import { jpegBits } from "../../../lib/complexity/jpeg_bits.ts";

/** A generator for test noise. */
function noise(count: number, amplitude: number): Uint8Array {
  let state = 12345;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 128 + amplitude * (state / 2 ** 32 - 0.5);
  });
}

Deno.test("jpegBits() grows with the amplitude of noise", () => {
  const size = { height: 32, width: 32 };
  const bits = [0, 20, 60, 120, 250].map((amplitude) => jpegBits(noise(1024, amplitude), size));
  bits.slice(1).forEach((value, index) => assert.ok(value > bits[index]!, bits.join(" ")));
  assert.equal(bits[0], 0);
});

Deno.test("jpegBits() hardly charges a smooth ramp, and charges an edge less than noise", () => {
  const size = { height: 32, width: 32 };
  const ramp = Uint8Array.from({ length: 1024 }, (_, index) => 4 * (index % 32));
  const edge = Uint8Array.from({ length: 1024 }, (_, index) => index % 32 < 13 ? 40 : 200);
  assert.ok(jpegBits(ramp, size) < 0.3);
  assert.ok(jpegBits(edge, size) < jpegBits(noise(1024, 200), size) / 2);
});

Deno.test("jpegBits() uses codes for runs of more than sixteen zeros", () => {
  // One block whose only other coefficient is the highest one: 62 zeros before it are three long runs.
  const block = Uint8Array.from({ length: 64 }, (_, index) => {
    const y = Math.floor(index / 8);
    const x = index % 8;
    return Math.round(
      128 +
        120 * Math.cos((2 * y + 1) * 7 * Math.PI / 16) * Math.cos((2 * x + 1) * 7 * Math.PI / 16),
    );
  });
  // 120 * 4 / 99 rounds to 5: three bits; symbols: three long runs and one (14 zeros, 3 bits).
  const symbols = 4 * Math.log2(4) - 3 * Math.log2(3);
  const actual = jpegBits(block, { height: 8, width: 8 });
  assert.ok(Math.abs(actual - (3 + symbols) / 64) < 1e-12, String(actual * 64));
});

Deno.test("jpegBits() repeats the edges of images that are no multiple of eight", () => {
  const step = Uint8Array.of(0, 255);
  const padded = Uint8Array.from({ length: 64 }, (_, index) => index % 8 === 0 ? 0 : 255);
  const small = jpegBits(step, { height: 1, width: 2 }) * 2;
  assert.ok(Math.abs(small - jpegBits(padded, { height: 8, width: 8 }) * 64) < 1e-12);
});
