/**
 * A count with its word, in the singular for one.
 *
 * @param count A whole number.
 * @param one The word for one.
 * @param many The word for any other number. @default the word with an s
 * @returns `1 training`, `12,345 images`, `0 classes`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([0, 1, 12_345].map((count) => countOf(count, "image")), ["0 images", "1 image", "12,345 images"]);
 * assert.equal(countOf(2, "class", "classes"), "2 classes");
 * ```
 */
export function countOf(count: number, one: string, many: string = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}
