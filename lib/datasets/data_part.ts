/** Parts of a dataset: to be judged by, to choose by, and to learn from. */
export const DATA_PARTS = ["test", "validation", "train"] as const;

/** One of them. */
export type DataPart = typeof DATA_PARTS[number];

/** Names that folders and lists have for the parts. */
const PART_NAMES: readonly (readonly [DataPart, RegExp])[] = [
  ["train", /^(train|training)$/i],
  ["validation", /^(val|valid|validation|dev)$/i],
  ["test", /^(test|testing)$/i],
];

/**
 * Finds the part that a name stands for, in any case of letters.
 *
 * @param name Name of a folder or of a list without its ending.
 * @returns The part; `null` if the name stands for none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(partOfName("Valid"), "validation");
 * assert.equal(partOfName("cat"), null);
 * ```
 */
export function partOfName(name: string): DataPart | null {
  return PART_NAMES.find(([, pattern]) => pattern.test(name))?.[0] ?? null;
}
