import type { ImageDataset } from "./dataset.ts";
import { RandomStream } from "../randomness/random_stream.ts";
import { shuffledIndices } from "../randomness/shuffled_indices.ts";
import { subset } from "./subset.ts";

/** Options of `splitTraining`. */
export interface SplitOptions {
  /** Images taken from the training part before validation is split off; `null` takes all. */
  readonly images: number | null;
  /** Share of those images held out for validation, 0 <= share < 1. */
  readonly validationFraction: number;
  /** `random` draws the images by seed; `first` takes them in the order of the files. */
  readonly selection: "random" | "first";
  /**
   * Takes the same share of every class for validation, as near as whole images allow: of few images, chance would leave
   * some classes nearly without.
   *
   * @default false
   */
  readonly stratified?: boolean;
  /** Root seed; the draw depends on nothing else. */
  readonly seed: number;
}

/** The two parts that `splitTraining` makes; they share no image. */
export interface TrainingSplit {
  /** Images to train on. */
  readonly train: ImageDataset;
  /** Images to choose by. */
  readonly validation: ImageDataset;
}

/**
 * Images that each class gives to validation: its share, rounded so that all together are as many as wanted. The last
 * image of a class is given only where no other class has one to spare: nothing could be learned of it.
 */
function quotasOf(labels: Uint16Array, pool: Uint32Array, held: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const index of pool) counts.set(labels[index]!, (counts.get(labels[index]!) ?? 0) + 1);
  const shares = [...counts].map(([label, count]) => ({
    label,
    share: held * count / pool.length,
  }));
  const quotas = new Map(shares.map(({ label, share }) => [label, Math.floor(share)]));
  let left = held - [...quotas.values()].reduce((sum, quota) => sum + quota, 0);
  const byRemainder = shares.sort((one, other) =>
    other.share % 1 - one.share % 1 || one.label - other.label
  );
  for (const kept of [1, 0]) {
    let before = Infinity;
    while (left > 0 && left < before) {
      before = left;
      for (const { label } of byRemainder) {
        const quota = quotas.get(label)!;
        if (left === 0 || counts.get(label)! - quota <= kept) continue;
        quotas.set(label, quota + 1);
        left -= 1;
      }
    }
  }
  return quotas;
}

/** The same images, those for validation last, with the share of every class that it has of all. */
function stratify(labels: Uint16Array, pool: Uint32Array, held: number): Uint32Array {
  const quotas = quotasOf(labels, pool, held);
  const kept: number[] = [];
  const chosen: number[] = [];
  for (const index of pool) {
    const left = quotas.get(labels[index]!)!;
    (left > 0 ? chosen : kept).push(index);
    if (left > 0) quotas.set(labels[index]!, left - 1);
  }
  return Uint32Array.from([...kept, ...chosen]);
}

/**
 * Splits a training part into training and validation images (docs/model.md: 10,000 images drawn at random, a
 * fifth of them for validation).
 *
 * `round(images * validationFraction)` images are held out. `random` orders all images by seed, gives the
 * first ones of that order to training and the next ones to validation. `first` does the same with the
 * order of the files: with 10,000 images and 0.2 the first 8,000 are trained on.
 *
 * @param dataset The training part of a dataset.
 * @param options How many images, which share, which order.
 * @returns Training and validation images; validation is empty when its share is 0.
 * @throws {RangeError} if more images are asked for than there are, or a share leaves nothing to train on.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createInMemoryDataset } from "./in_memory_dataset.ts";
 *
 * const whole = createInMemoryDataset({
 *   name: "dots",
 *   classNames: ["a", "b", "c", "d", "e"],
 *   height: 1,
 *   width: 1,
 *   images: new Uint8Array(15),
 *   labels: Uint16Array.of(0, 1, 2, 3, 4),
 * });
 * const options = { images: 5, validationFraction: 0.4, selection: "first", seed: 0 } as const;
 * const { train, validation } = splitTraining(whole, options);
 * assert.deepEqual([...train.labels], [0, 1, 2]);
 * assert.deepEqual([...validation.labels], [3, 4]);
 * ```
 */
export function splitTraining(dataset: ImageDataset, options: SplitOptions): TrainingSplit {
  const { validationFraction, selection, seed } = options;
  const images = options.images ?? dataset.length;
  if (!Number.isInteger(images) || images < 1 || images > dataset.length) {
    throw new RangeError(
      `Cannot split ${dataset.name}: images must be an integer in 1..${dataset.length}, ` +
        `current value is ${images}`,
    );
  }
  if (!(validationFraction >= 0 && validationFraction < 1)) {
    throw new RangeError(
      `Cannot split ${dataset.name}: validation fraction must be in [0, 1), ` +
        `current value is ${validationFraction}`,
    );
  }
  const held = Math.round(images * validationFraction);
  if (held === images) {
    throw new RangeError(
      `Cannot split ${dataset.name}: a validation fraction of ${validationFraction} of ${images} ` +
        `images leaves none to train on`,
    );
  }
  const order = selection === "random"
    ? shuffledIndices(dataset.length, new RandomStream(seed, "split"))
    : Uint32Array.from({ length: dataset.length }, (_, index) => index);
  const pool = order.subarray(0, images);
  const drawn = options.stratified ? stratify(dataset.labels, pool, held) : pool;
  return {
    train: subset(dataset, drawn.subarray(0, images - held)),
    validation: subset(dataset, drawn.subarray(images - held)),
  };
}
