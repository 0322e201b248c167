import assert from "node:assert/strict";
import { meetsOnlyPadding } from "../../../lib/backends/meets_only_padding.ts";

/** By trying every tap in every window. */
function byTrying(pixels: number, taps: number, stride: number, dilation: number): boolean {
  const windows = Math.ceil(pixels / stride);
  const padding = Math.max((windows - 1) * stride + (taps - 1) * dilation + 1 - pixels, 0);
  const before = Math.floor(padding / 2);
  const met = new Set<number>();
  for (let window = 0; window < windows; window++) {
    for (let tap = 0; tap < taps; tap++) {
      const pixel = window * stride - before + tap * dilation;
      if (pixel >= 0 && pixel < pixels) met.add(tap);
    }
  }
  return met.size < taps;
}

Deno.test("meetsOnlyPadding() finds the taps that no window lays on a pixel", () => {
  for (let pixels = 1; pixels <= 9; pixels++) {
    for (let taps = 1; taps <= 7; taps++) {
      for (let stride = 1; stride <= 4; stride++) {
        for (let dilation = 1; dilation <= 2; dilation++) {
          assert.equal(
            meetsOnlyPadding({ pixels, taps, stride, dilation }),
            byTrying(pixels, taps, stride, dilation),
            `${pixels} pixels, ${taps} taps, stride ${stride}, dilation ${dilation}`,
          );
        }
      }
    }
  }
  assert.equal(meetsOnlyPadding({ pixels: 1, taps: 3, stride: 2, dilation: 1 }), true);
  assert.equal(meetsOnlyPadding({ pixels: 4, taps: 3, stride: 2, dilation: 1 }), false);
});
