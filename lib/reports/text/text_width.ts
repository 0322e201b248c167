import stringWidth from "string-width";

/**
 * Places that text takes on a terminal: two for a Chinese character, none for an accent that is added to one.
 *
 * @param text One line.
 * @returns Their number.
 */
export function widthOf(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}

/**
 * The beginning of a text that a width holds.
 *
 * @param text One line.
 * @param width Places on a terminal.
 * @returns As many whole characters as there are places for, each with its accents.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(cutToWidth("\u732b\u732b\u732b", 5), "\u732b\u732b");
 * ```
 */
export function cutToWidth(text: string, width: number): string {
  let [kept, taken] = ["", 0];
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    taken += widthOf(segment);
    if (taken > width) break;
    kept += segment;
  }
  return kept;
}
