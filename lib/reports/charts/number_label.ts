const POWERS: readonly (readonly [size: number, unit: string])[] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

/** Nine digits are as many as a reader wants, and hide the rounding of 0.1 + 0.2. */
function shortest(value: number): string {
  return String(Number(value.toPrecision(9)));
}

/**
 * Writes a number for an axis or a tip: short, without loss that shows.
 *
 * @param value A number.
 * @returns `0.25`, `12`, `2,500`, `40k`, `1.5M`, `1e-5`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([0.1 + 0.2, 2500, 40_000, 1.5e6, 1e-5].map(numberLabel), ["0.3", "2,500", "40k", "1.5M", "1e-5"]);
 * ```
 */
export function numberLabel(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return String(value);
  if (size >= 1e15 || (size > 0 && size < 1e-3)) return value.toExponential().replace("e+", "e");
  if (size < 1e3) return shortest(value);
  if (size < 1e4) return value.toLocaleString("en-US", { maximumFractionDigits: 3 });
  const [unit, letter] = POWERS.find(([power]) => size >= power)!;
  return `${shortest(value / unit)}${letter}`;
}

/**
 * Estimates the width of text in the system's sans-serif type; nothing here can measure it.
 *
 * @param text The text.
 * @param size Size of the type in pixels.
 * @returns Width in pixels, rather too wide than too narrow.
 */
export function textWidth(text: string, size: number): number {
  let units = 0;
  for (const character of text) {
    if (/[iljt.,:;'|!() ]/.test(character)) units += 0.34;
    else if (/[mwMW%@]/.test(character)) units += 0.9;
    else if (/[A-Z]/.test(character)) units += 0.68;
    else units += character > "\u2e80" ? 1 : 0.57;
  }
  return units * size;
}
