import type { Calibration } from "../classifiers/classifier.ts";

/** Points of accuracy, as a share, that early exits may cost on the validation images. */
const ACCURACY_TOLERANCE = 0.005;

/** Without validation images: a tenth of the largest entropy, which is about 95 % certainty for ten classes. */
const DEFAULT_SHARE = 0.1;

/** Logits of all exits for validation images. */
export interface ExitLogits {
  /** By exit, the final one last: `[images * classes]`, row by row. */
  readonly exits: readonly (readonly number[] | Float32Array)[];
  /** Class of each image. */
  readonly labels: readonly number[];
  /** Number of classes. */
  readonly classes: number;
}

/** The threshold of every side exit before anything is tuned, in nats. */
export function defaultThreshold(classes: number): number {
  return DEFAULT_SHARE * Math.log(classes);
}

/** What one exit says of every image. */
interface ExitVerdicts {
  /** Of the softmax, in nats. */
  readonly entropy: readonly number[];
  readonly right: readonly boolean[];
}

/** Entropy of a softmax in nats: log(sum of exp) - sum(p z). */
function softmaxEntropy(logits: ArrayLike<number>): number {
  const values = Array.from(logits);
  const largest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const mean = powers.reduce((sum, power, at) => sum + power * (values[at]! - largest), 0) / total;
  return Math.max(Math.log(total) - mean, 0);
}

function verdictsOf(logits: ArrayLike<number>, { labels, classes }: ExitLogits): ExitVerdicts {
  const rows = labels.map((_, image) =>
    Array.from({ length: classes }, (_, at) => logits[image * classes + at]!)
  );
  return {
    entropy: rows.map(softmaxEntropy),
    right: rows.map((row, image) => row.indexOf(Math.max(...row)) === labels[image]),
  };
}

/** The largest threshold that keeps enough answers right; 0 if none does. */
function largestThreshold(
  images: readonly number[],
  exit: ExitVerdicts,
  options: {
    /** Whether the final exit is right about each image. */
    readonly finalRight: readonly boolean[];
    /** Answers that may get lost among these images. */
    readonly mayLose: number;
    /** Above every entropy. */
    readonly ceiling: number;
  },
): number {
  const order = [...images].sort((left, right) => exit.entropy[left]! - exit.entropy[right]!);
  let best = 0;
  let lost = 0;
  order.forEach((image, place) => {
    lost += Number(options.finalRight[image]) - Number(exit.right[image]);
    const entropy = exit.entropy[image]!;
    const next = place + 1 < order.length ? exit.entropy[order[place + 1]!]! : options.ceiling;
    // No threshold lies between two equal entropies.
    if (lost <= options.mayLose && next > entropy) best = (entropy + next) / 2;
  });
  return best;
}

/**
 * Tunes entropy thresholds. The exits are tuned in order; each gets the largest threshold with which the accuracy of the
 * whole cascade, the exits after it being closed, is not more than the tolerance under that of the final exit. An
 * exit through which not even the most certain image can leave gets 0, which closes it.
 *
 * @param logits Logits of all exits.
 * @param tolerance Share of the images whose answers may get lost, >= 0.
 * @returns One threshold in nats per side exit: an image leaves where its entropy is under it.
 *
 * @example Both images leave: the exit is as right as the end
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const exits = [[5, 0, 0, 1], [9, 0, 0, 9]];
 * const [threshold] = tuneExitThresholds({ exits, labels: [0, 1], classes: 2 }, 0);
 * assert.ok(threshold! > Math.log(2) - 0.12);
 * ```
 */
export function tuneExitThresholds(logits: ExitLogits, tolerance: number): number[] {
  const verdicts = logits.exits.map((exit) => verdictsOf(exit, logits));
  const finalRight = verdicts.at(-1)!.right;
  const ceiling = 1.01 * Math.log(logits.classes);
  // A share of images that is a whole number must not fall short of it by rounding.
  let mayLose = tolerance * logits.labels.length + 1e-9;
  let images = logits.labels.map((_, image) => image);
  return verdicts.slice(0, -1).map((exit) => {
    const threshold = largestThreshold(images, exit, { finalRight, mayLose, ceiling });
    const leaving = images.filter((image) => exit.entropy[image]! < threshold);
    for (const image of leaving) mayLose -= Number(finalRight[image]) - Number(exit.right[image]);
    images = images.filter((image) => !(exit.entropy[image]! < threshold));
    return threshold;
  });
}

/** Thresholds of the side exits, by the names `exit1`, `exit2` and on. */
export class ExitThresholds implements Calibration {
  #list: readonly number[];
  readonly #collect: (...options: Parameters<Calibration["tune"]>) => Promise<ExitLogits>;

  /**
   * Starts with given thresholds.
   *
   * @param initial One per side exit, in nats, >= 0.
   * @param collect Computes the logits of all exits for validation images.
   */
  constructor(
    initial: readonly number[],
    collect: (...options: Parameters<Calibration["tune"]>) => Promise<ExitLogits>,
  ) {
    this.#list = initial;
    this.#collect = collect;
  }

  /** The thresholds in the order of the exits, in nats; 0 closes an exit. */
  get list(): readonly number[] {
    return this.#list;
  }

  get values(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#list.map((threshold, at) => [`exit${at + 1}`, threshold]));
  }

  /**
   * Puts thresholds back.
   *
   * @throws {RangeError} if one is missing, unknown, or not a finite number >= 0; nothing is changed then.
   */
  restore(values: Readonly<Record<string, number>>): void {
    const names = Object.keys(this.values);
    for (const name of new Set([...names, ...Object.keys(values)])) {
      const value = values[name];
      if (!names.includes(name) || value === undefined || !Number.isFinite(value) || value < 0) {
        throw new RangeError(
          `Cannot restore exit thresholds: ${
            names.join(", ")
          } must be finite numbers >= 0, and no other, current value of "${name}" is ${value}`,
        );
      }
    }
    this.#list = names.map((name) => values[name]!);
  }

  /** Tunes the thresholds by `tuneExitThresholds`; without images they stay as they are. */
  async tune(...options: Parameters<Calibration["tune"]>): Promise<void> {
    const logits = await this.#collect(...options);
    if (logits.labels.length > 0) this.#list = tuneExitThresholds(logits, ACCURACY_TOLERANCE);
  }
}
