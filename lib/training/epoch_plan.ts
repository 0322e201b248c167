import { RandomStream } from "../randomness/random_stream.ts";
import { shuffledIndices } from "../randomness/shuffled_indices.ts";

/** One training step: images of one batch and the level whose network they pass. */
export interface PlannedBatch {
  /** Level whose network the images pass. */
  readonly level: number;
  /** Positions in the training set, `[batch]`. */
  readonly indices: Uint32Array;
}

/** What fixes the batches of an epoch. */
export interface EpochPlanOptions {
  /** Level of every training image. */
  readonly levelOfImage: ArrayLike<number>;
  /** Number of levels. */
  readonly levels: number;
  /** Images per step. */
  readonly batchSize: number;
  /** J: images may be trained in levels at most this far from their own. */
  readonly levelSharing: "all" | number;
  /** Share of the steps whose level is drawn uniformly, 0..1. */
  readonly levelSmoothing: number;
  /** Root seed of the run. */
  readonly seed: number;
  /** Epoch, counted from 0. */
  readonly epoch: number;
  /** Upper bound on the number of batches. */
  readonly stepsPerEpoch: number | null;
}

/** Number of batches of an epoch: the incomplete last one is dropped unless it is the only one. */
export function stepsInEpoch(
  images: number,
  options: Pick<EpochPlanOptions, "batchSize" | "stepsPerEpoch">,
): number {
  const whole = Math.max(Math.floor(images / options.batchSize), 1);
  return Math.min(whole, options.stepsPerEpoch ?? whole);
}

/** Images that a level may be trained on, and how far they have been dealt out. */
class ImagePool {
  readonly #images: Uint32Array;
  readonly #stream: RandomStream;
  /** Positions in `#images`: the rest of the round before, then a round of all. */
  #order: Uint32Array;
  #next = 0;

  constructor(images: Uint32Array, stream: RandomStream) {
    this.#images = images;
    this.#stream = stream;
    this.#order = shuffledIndices(images.length, stream);
  }

  /** Deals the next images without repeating any before all were dealt. */
  take(count: number): Uint32Array {
    const size = Math.min(count, this.#images.length);
    if (this.#next + size > this.#order.length) this.#reshuffle();
    const chosen = this.#order.subarray(this.#next, this.#next + size);
    this.#next += size;
    return Uint32Array.from(chosen, (position) => this.#images[position]!);
  }

  /** A new order whose beginning is what is left of the old one; within a batch nothing repeats. */
  #reshuffle(): void {
    const left = this.#order.slice(this.#next);
    const isLeft = new Set(left);
    const order = shuffledIndices(this.#images.length, this.#stream);
    // What is left is dealt now and comes last in the next round.
    const others = order.filter((position) => !isLeft.has(position));
    const again = order.filter((position) => isLeft.has(position));
    this.#order = Uint32Array.from([...left, ...others, ...again]);
    this.#next = 0;
  }
}

/** Images within the sharing distance of a level. */
function imagesNear(
  level: number,
  options: Pick<EpochPlanOptions, "levelOfImage" | "levelSharing">,
): Uint32Array {
  const { levelOfImage, levelSharing } = options;
  const near: number[] = [];
  for (let image = 0; image < levelOfImage.length; image++) {
    if (levelSharing === "all" || Math.abs(levelOfImage[image]! - level) <= levelSharing) {
      near.push(image);
    }
  }
  return Uint32Array.from(near);
}

/**
 * Chances of the levels: the distribution of the images, mixed with a uniform share so that rare levels are
 * trained too; a level that no image may be trained in has chance 0.
 */
export function levelChances(
  options: Pick<EpochPlanOptions, "levelOfImage" | "levels" | "levelSharing" | "levelSmoothing">,
): Float64Array {
  const { levelOfImage, levels, levelSharing, levelSmoothing } = options;
  const counts = new Float64Array(levels);
  for (let image = 0; image < levelOfImage.length; image++) counts[levelOfImage[image]!]! += 1;
  const reachable = counts.map((_, level) =>
    levelSharing === "all" ||
      counts.some((count, other) => count > 0 && Math.abs(other - level) <= levelSharing)
      ? 1
      : 0
  );
  const allReachable = reachable.reduce((total, value) => total + value, 0);
  return counts.map((count, level) =>
    (1 - levelSmoothing) * (count / levelOfImage.length) +
    (levelSmoothing * reachable[level]!) / allReachable
  );
}

function drawLevel(chances: Float64Array, stream: RandomStream): number {
  let rest = stream.nextFloat();
  for (let level = 0; level < chances.length; level++) {
    rest -= chances[level]!;
    if (rest < 0) return level;
  }
  // Rounding can leave a rest: the last level that can be drawn takes it.
  return chances.findLastIndex((chance) => chance > 0);
}

/**
 * Plans the batches of an epoch: for each step a level is drawn, then its images from all whose own level is
 * at most J away (level sharing). A pure function of seed and epoch, so that nothing has to be saved to
 * resume. With J = "all" every image is used at most once an epoch.
 *
 * @param options Levels of the images, batch size, sharing, seed, epoch.
 * @returns One entry per step.
 * @throws {RangeError} if there are no images.
 */
export function planEpoch(options: EpochPlanOptions): PlannedBatch[] {
  const { levelOfImage, batchSize, levelSharing, seed, epoch } = options;
  if (levelOfImage.length === 0) {
    throw new RangeError(
      "Cannot plan an epoch: the training set must hold images, current value is 0",
    );
  }
  const chances = levelChances(options);
  const levelStream = new RandomStream(seed, "training-level", epoch);
  const pools = new Map<number, ImagePool>();
  const poolOf = (level: number): ImagePool => {
    const key = levelSharing === "all" ? 0 : level;
    const pool = pools.get(key) ??
      new ImagePool(
        imagesNear(level, { levelOfImage, levelSharing }),
        new RandomStream(seed, `training-order/${key}`, epoch),
      );
    pools.set(key, pool);
    return pool;
  };
  return Array.from({ length: stepsInEpoch(levelOfImage.length, options) }, () => {
    const level = drawLevel(chances, levelStream);
    return { level, indices: poolOf(level).take(batchSize) };
  });
}

/**
 * Draws the images from which a level's batch-norm statistics are computed, by the rule of its training
 * batches. Where that rule leaves a level without images (no sharing, and none of its own), the nearest
 * levels' images are taken: an image of such a level can still turn up after training.
 *
 * @param level The level.
 * @param count Images wanted; fewer where the level may see fewer.
 * @param options Levels of the training images, sharing distance, seed.
 * @returns Positions in the training set, without repeats; at least one if the set is not empty.
 */
export function drawStatisticsImages(
  level: number,
  count: number,
  options: Pick<EpochPlanOptions, "levelOfImage" | "levelSharing" | "seed">,
): Uint32Array {
  const { levelOfImage, levelSharing, seed } = options;
  const distances = Array.from(levelOfImage, (other) => Math.abs(other - level));
  const nearest = distances.reduce((least, distance) => Math.min(least, distance), Infinity);
  const near = imagesNear(level, {
    levelOfImage,
    levelSharing: levelSharing === "all" ? "all" : Math.max(levelSharing, nearest),
  });
  return new ImagePool(near, new RandomStream(seed, "level-statistics", level)).take(count);
}
