/** An image, to be recognised by. */
export interface Recognisable {
  /** Part of the data that it belongs to. */
  readonly part: string;
  readonly file: string;
  /** The picture in few pixels, uint8; of one length in all. */
  readonly thumbnail: Uint8Array;
}

/** Two images of different parts that are nearly equal. */
export interface Lookalikes {
  readonly one: Recognisable;
  readonly other: Recognisable;
}

/** What was found. */
export interface FoundLookalikes {
  /** Pairs, each of two parts. */
  readonly pairs: readonly Lookalikes[];
  /** Whether all images that could be pairs were compared: of very many, some are not. */
  readonly isComplete: boolean;
}

/** Mean difference up to which two thumbnails count as one picture: what saving it again changes, in levels of 255. */
const MAX_DIFFERENCE = 2;

/** Comparisons that are made at most, some seconds; a set of equal images would need the square of their number. */
const MAX_COMPARISONS = 5e7;

function areAlike(one: Uint8Array, other: Uint8Array): boolean {
  const bound = MAX_DIFFERENCE * one.length;
  let sum = 0;
  for (let at = 0; at < one.length && sum <= bound; at++) sum += Math.abs(one[at]! - other[at]!);
  return sum <= bound;
}

/**
 * Finds images that lie, nearly equal, in more than one part of the data: a model that has seen the one is not judged
 * by the other. Only images of nearly the same brightness are compared.
 *
 * @param images Images of all parts.
 * @param mostComparisons Comparisons that are made at most.
 * @returns The pairs, and whether they are all.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const thumbnail = Uint8Array.of(10, 200, 30);
 * const images = [
 *   { part: "train", file: "a.png", thumbnail },
 *   { part: "test", file: "b.png", thumbnail },
 *   { part: "test", file: "c.png", thumbnail: Uint8Array.of(200, 10, 30) },
 * ];
 * const { pairs } = findLookalikes(images);
 * assert.deepEqual(pairs.map(({ one, other }) => one.file + other.file), ["a.pngb.png"]);
 * ```
 */
export function findLookalikes(
  images: readonly Recognisable[],
  mostComparisons: number = MAX_COMPARISONS,
): FoundLookalikes {
  const sorted = images
    .map((image) => ({
      image,
      mean: image.thumbnail.reduce((sum, value) => sum + value, 0) / image.thumbnail.length,
    }))
    .sort((one, other) => one.mean - other.mean);
  const pairs: Lookalikes[] = [];
  let comparisons = 0;
  for (const [at, { image: one, mean }] of sorted.entries()) {
    for (let next = at + 1; next < sorted.length; next++) {
      const { image: other, mean: otherMean } = sorted[next]!;
      if (otherMean - mean > MAX_DIFFERENCE || ++comparisons > mostComparisons) break;
      if (one.part !== other.part && areAlike(one.thumbnail, other.thumbnail)) {
        pairs.push({ one, other });
      }
    }
  }
  return { pairs, isComplete: comparisons <= mostComparisons };
}
