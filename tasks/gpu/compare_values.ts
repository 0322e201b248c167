/** Numbers of one result, by name. */
export type NamedValues = ReadonlyMap<string, Float32Array>;

/** How far a result is from the reference. */
export interface Difference {
  /** Name of the result. */
  readonly name: string;
  /** Largest difference as a share of the reference's largest number; infinite where a number is not finite. */
  readonly largest: number;
  /** Length of the difference as a share of the reference's length. */
  readonly relative: number;
}

/**
 * Compares results of two backends.
 *
 * @param found Results under proof.
 * @param reference What they should be.
 * @returns One difference for every result of either.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const found = new Map([["a", Float32Array.of(1, 2)]]);
 * const reference = new Map([["a", Float32Array.of(1, 4)]]);
 * assert.equal(compareValues(found, reference)[0]!.largest, 0.5);
 * ```
 */
export function compareValues(found: NamedValues, reference: NamedValues): Difference[] {
  const names = new Set([...found.keys(), ...reference.keys()]);
  return [...names].map((name) => {
    const ours = found.get(name);
    const theirs = reference.get(name);
    if (ours?.length !== theirs?.length || ours === undefined || theirs === undefined) {
      return { name, largest: Infinity, relative: Infinity };
    }
    return { name, ...compareLists(ours, theirs) };
  });
}

/** Below this size a reference counts as zero: its own rounding is all that it holds. */
const TINY = 1e-6;

function compareLists(ours: Float32Array, theirs: Float32Array): Omit<Difference, "name"> {
  let [largest, scale, squares, reference] = [0, TINY, 0, TINY ** 2];
  for (const [index, expected] of theirs.entries()) {
    const difference = Math.abs(ours[index]! - expected);
    if (!Number.isFinite(difference)) return { largest: Infinity, relative: Infinity };
    largest = Math.max(largest, difference);
    scale = Math.max(scale, Math.abs(expected));
    squares += difference ** 2;
    reference += expected ** 2;
  }
  return { largest: largest / scale, relative: Math.sqrt(squares / reference) };
}
