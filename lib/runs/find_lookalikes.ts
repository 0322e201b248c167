/** An image, to be recognised by. */
export interface Recognisable {
  /** Part of the data that it belongs to. */
  readonly part: string;
  /** Its class. */
  readonly label: number;
  readonly file: string;
  /** The picture in few pixels, uint8; of one length in all. */
  readonly thumbnail: Uint8Array;
}

/** Pairs of nearly equal images. */
export interface Lookalikes {
  /** How many there are. */
  readonly pairs: number;
  /** Files of some of them, the most equal first. */
  readonly examples: readonly (readonly [one: string, other: string])[];
}

/** What was found. */
export interface FoundLookalikes {
  /** Pairs whose images lie in different parts, of one class or of two. */
  readonly acrossParts: Lookalikes;
  /** Pairs of different classes, in one part or in two: if they show the same, one of the two is wrong. */
  readonly acrossClasses: Lookalikes;
  /** Whether all images that could be pairs were compared: of very many, some are not. */
  readonly isComplete: boolean;
}

/** Mean difference up to which two thumbnails count as one picture: what saving it again changes, in levels of 255. */
const MAX_DIFFERENCE = 2;

/** Pairs that are named. */
const MAX_EXAMPLES = 5;

/** Comparisons that are made at most, some seconds; a set of equal images would need the square of their number. */
const MAX_COMPARISONS = { acrossParts: 5e7, withinParts: 1e7 };

/** The difference of two thumbnails, summed up; `null` where they are no one picture. */
function differenceOf(one: Uint8Array, other: Uint8Array): number | null {
  const bound = MAX_DIFFERENCE * one.length;
  let sum = 0;
  for (let at = 0; at < one.length && sum <= bound; at++) sum += Math.abs(one[at]! - other[at]!);
  return sum <= bound ? sum : null;
}

/** Counts pairs and keeps the most equal: of equal images there can be as many as the square of their number. */
class PairTally {
  #pairs = 0;
  readonly #kept: { readonly difference: number; readonly pair: readonly [string, string] }[] = [];

  add(one: Recognisable, other: Recognisable, difference: number): void {
    this.#pairs += 1;
    const place = this.#kept.findIndex((kept) => difference < kept.difference);
    if (place < 0 && this.#kept.length === MAX_EXAMPLES) return;
    const at = place < 0 ? this.#kept.length : place;
    this.#kept.splice(at, 0, { difference, pair: [one.file, other.file] });
    this.#kept.length = Math.min(this.#kept.length, MAX_EXAMPLES);
  }

  get found(): Lookalikes {
    return { pairs: this.#pairs, examples: this.#kept.map(({ pair }) => pair) };
  }
}

/**
 * Finds images that are nearly equal and should not be: in more than one part of the data, where a model that has seen
 * the one is not judged by the other, or of more than one class. Only images of nearly the same brightness are compared.
 *
 * @param images Images of all parts.
 * @param most Comparisons that are made at most, of images in two parts and in one.
 * @returns The pairs, and whether they are all.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const thumbnail = Uint8Array.of(10, 200, 30);
 * const images = [
 *   { part: "train", label: 0, file: "a.png", thumbnail },
 *   { part: "test", label: 0, file: "b.png", thumbnail },
 *   { part: "train", label: 1, file: "c.png", thumbnail },
 *   { part: "test", label: 0, file: "d.png", thumbnail: Uint8Array.of(200, 10, 30) },
 * ];
 * const { acrossParts, acrossClasses } = findLookalikes(images);
 * assert.deepEqual(acrossParts.examples, [["a.png", "b.png"], ["b.png", "c.png"]]);
 * assert.equal(acrossClasses.pairs, 2);
 * ```
 */
export function findLookalikes(
  images: readonly Recognisable[],
  most: typeof MAX_COMPARISONS = MAX_COMPARISONS,
): FoundLookalikes {
  const sorted = images
    .map((image) => ({
      image,
      mean: image.thumbnail.reduce((sum, value) => sum + value, 0) / image.thumbnail.length,
    }))
    .sort((one, other) => one.mean - other.mean);
  const [acrossParts, acrossClasses] = [new PairTally(), new PairTally()];
  const compared = { acrossParts: 0, withinParts: 0 };
  for (const [at, { image: one, mean }] of sorted.entries()) {
    for (let next = at + 1; next < sorted.length; next++) {
      const { image: other, mean: otherMean } = sorted[next]!;
      if (otherMean - mean > MAX_DIFFERENCE) break;
      const areOfOneClass = one.label === other.label;
      const where = one.part === other.part ? "withinParts" : "acrossParts";
      if (where === "withinParts" && areOfOneClass) continue;
      if (++compared[where] > most[where]) continue;
      const difference = differenceOf(one.thumbnail, other.thumbnail);
      if (difference === null) continue;
      if (where === "acrossParts") acrossParts.add(one, other, difference);
      if (!areOfOneClass) acrossClasses.add(one, other, difference);
    }
  }
  return {
    acrossParts: acrossParts.found,
    acrossClasses: acrossClasses.found,
    isComplete: compared.acrossParts <= most.acrossParts &&
      compared.withinParts <= most.withinParts,
  };
}
