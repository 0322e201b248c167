import assert from "node:assert/strict";
import {
  leavesTapsUnset,
  losesRows,
  meetsOnlyPadding,
} from "../../../lib/backends/bfloat16_faults.ts";

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

/** A convolution of square filters, without gaps between taps. */
function slide(height: number, width: number, taps: number, stride: number, padded = true) {
  const along = (pixels: number) => ({ pixels, taps, stride, dilation: 1 });
  return { vertical: along(height), horizontal: along(width), padded };
}

Deno.test("losesRows() finds strided convolutions to maps one pixel wide, and with even filters", () => {
  assert.equal(losesRows(slide(5, 2, 3, 2)), true);
  assert.equal(losesRows(slide(5, 3, 3, 2)), false);
  assert.equal(losesRows(slide(5, 4, 3, 2, false)), true);
  assert.equal(losesRows(slide(5, 5, 3, 2, false)), false);
  assert.equal(losesRows(slide(12, 8, 4, 4)), true);
  assert.equal(losesRows(slide(12, 1, 3, 1)), false);
});

Deno.test("leavesTapsUnset() is true where a side has taps on padding only", () => {
  assert.equal(leavesTapsUnset(slide(1, 1, 3, 2)), true);
  assert.equal(leavesTapsUnset(slide(8, 1, 3, 2)), true);
  assert.equal(leavesTapsUnset(slide(8, 8, 3, 2)), false);
  assert.equal(leavesTapsUnset(slide(1, 1, 1, 1, false)), false);
});
