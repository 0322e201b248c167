/** Letters and digits only: `max-channels`, `max_channels` and `maxChannels` are the same word. */
function simplify(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9.]/g, "");
}

/** Edits (insertion, deletion, exchange of a letter, swap of neighbours) that lead from one word to another. */
function editDistance(first: string, second: string): number {
  const rows = [Array.from({ length: second.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= first.length; row++) {
    const current = [row];
    for (let column = 1; column <= second.length; column++) {
      const cost = first[row - 1] === second[column - 1] ? 0 : 1;
      let best = Math.min(
        rows[row - 1]![column]! + 1,
        current[column - 1]! + 1,
        rows[row - 1]![column - 1]! + cost,
      );
      const isSwap = row > 1 && column > 1 && first[row - 1] === second[column - 2] &&
        first[row - 2] === second[column - 1];
      if (isSwap) best = Math.min(best, rows[row - 2]![column - 2]! + 1);
      current.push(best);
    }
    rows.push(current);
  }
  return rows.at(-1)!.at(-1)!;
}

/** Longer words are not compared: the work grows with the square of the length. */
const LONGEST_WORD = 60;

/**
 * Finds the word that was probably meant.
 *
 * @param word What was written.
 * @param known The words that could have been meant.
 * @returns The nearest known word, if at most a quarter of its letters (and at least one) differs.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(nearestWord("maxChanels", ["maxSteps", "maxChannels"]), "maxChannels");
 * assert.equal(nearestWord("banana", ["maxSteps", "maxChannels"]), undefined);
 * ```
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  const simple = simplify(word);
  let nearest: string | undefined;
  let smallest = Infinity;
  for (const candidate of known) {
    const distance = editDistance(simple, simplify(candidate));
    if (distance < smallest && distance <= Math.max(1, Math.floor(candidate.length / 4))) {
      nearest = candidate;
      smallest = distance;
    }
  }
  return nearest;
}
