/**
 * Lays a transparent picture on white, which is what a page shows behind it.
 *
 * @param rgba `[pixels, 4]` RGB and opacity, uint8.
 * @returns `[pixels, 3]` RGB, uint8, a copy.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...layOnWhite(Uint8Array.of(255, 0, 0, 51))], [255, 204, 204]);
 * ```
 */
export function layOnWhite(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(rgba.length / 4 * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    const alpha = rgba[from + 3]!;
    const white = 255 * (255 - alpha);
    for (let channel = 0; channel < 3; channel++) {
      const color = rgba[from + channel]!;
      rgb[to++] = alpha === 255 ? color : Math.round((alpha * color + white) / 255);
    }
  }
  return rgb;
}
