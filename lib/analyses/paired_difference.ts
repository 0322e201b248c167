/** How two ways of classifying the same images differ, image by image. */
export interface PairedDifference {
  /** Images that only the first way classifies correctly. */
  readonly firstOnly: number;
  /** Images that only the second way classifies correctly. */
  readonly secondOnly: number;
  /**
   * Probability of a difference at least as large if both ways were equally good: McNemar's exact test, two-sided. The
   * error of a single accuracy does not tell, since both saw the same images.
   */
  readonly probability: number;
}

/**
 * Sets two ways of classifying the same images against each other (McNemar 1947). Images that both classify correctly,
 * or neither, tell nothing; of the others each way would win half if there were no difference.
 *
 * @param first Per image 1 (right) or 0 (wrong), `[images]`.
 * @param second The same of the other way.
 * @returns Counts and probability.
 * @throws {RangeError} if the numbers of images differ.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const { probability } = pairedDifference([1, 1, 1, 0], [0, 0, 0, 0]);
 * assert.ok(Math.abs(probability - 2 / 8) < 1e-12);
 * ```
 */
export function pairedDifference(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): PairedDifference {
  if (first.length !== second.length) {
    throw new RangeError(
      `Cannot compare two ways: both must have classified the same images, there are ${first.length} and ` +
        `${second.length}`,
    );
  }
  let [firstOnly, secondOnly] = [0, 0];
  for (let index = 0; index < first.length; index++) {
    if (first[index]! > second[index]!) firstOnly += 1;
    if (first[index]! < second[index]!) secondOnly += 1;
  }
  const count = firstOnly + secondOnly;
  // In logarithms: 2^-count is 0 in float64 from 1,075 on.
  let logTerm = -count * Math.LN2;
  let tail = 0;
  for (let won = 0; won <= Math.min(firstOnly, secondOnly); won++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((count - won) / (won + 1));
  }
  return { firstOnly, secondOnly, probability: Math.min(1, 2 * tail) };
}
