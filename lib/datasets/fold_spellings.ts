/**
 * Folds names that differ only in how their accents are composed (Unicode NFC, NFD): nobody can tell them apart, and
 * systems change one into the other when files are copied. A name in one spelling stays as it is.
 *
 * @param names Names of classes.
 * @returns The name of the class for every spelling.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const [one, other] = ["caf\u00e9", "cafe\u0301"];
 * assert.deepEqual([...foldSpellings([one, other, "tea"]).values()], [one, one, "tea"]);
 * assert.deepEqual([...foldSpellings([other]).values()], [other]);
 * ```
 */
export function foldSpellings(names: Iterable<string>): ReadonlyMap<string, string> {
  const spellings = Map.groupBy(new Set(names), (name) => name.normalize("NFC"));
  return new Map(
    [...spellings].flatMap(([composed, all]) =>
      all.map((name) => [name, all.length === 1 ? name : composed] as const)
    ),
  );
}
