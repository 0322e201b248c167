import type { ClassFigures } from "./evaluation_report.ts";

/** Classes that count for Top-5. */
const TOP = 5;

/**
 * Collects the figures of a classification: mean cross-entropy, Top-1, Top-5, confusion matrix, figures per
 * class. All from logits on the host, in double precision, so that every backend counts alike.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const metrics = new ClassificationMetrics(["cat", "dog"]);
 * metrics.add([2, 1], 0);
 * metrics.add([2, 1], 1);
 * assert.equal(metrics.top1, 0.5);
 * assert.deepEqual(metrics.confusion, [[1, 0], [1, 0]]);
 * ```
 */
export class ClassificationMetrics {
  /** `confusion[true][predicted]`, counts. */
  readonly confusion: number[][];
  readonly #classNames: readonly string[];
  #images = 0;
  #loss = 0;
  #top1 = 0;
  #top5 = 0;

  /**
   * Starts with no image.
   *
   * @param classNames Names of the classes, in the order of the logits.
   */
  constructor(classNames: readonly string[]) {
    this.#classNames = classNames;
    this.confusion = classNames.map(() => new Array<number>(classNames.length).fill(0));
  }

  /**
   * Counts one image.
   *
   * @param logits `[classes]`.
   * @param label Index of the true class.
   * @returns Whether the most probable class is right. Of equal logits the lower index counts as more
   * probable; a logit that is not a number is never right.
   */
  add(logits: ArrayLike<number>, label: number): boolean {
    const own = logits[label]!;
    let better = 0;
    let predicted = 0;
    let largest = -Infinity;
    for (let index = 0; index < logits.length; index++) {
      const value = logits[index]!;
      if (value > largest) {
        largest = value;
        predicted = index;
      }
      if (!(value < own || (value === own && index >= label))) better += 1;
    }
    let sum = 0;
    for (let index = 0; index < logits.length; index++) sum += Math.exp(logits[index]! - largest);
    this.#images += 1;
    this.#loss += largest + Math.log(sum) - own;
    this.#top5 += better < TOP ? 1 : 0;
    this.#top1 += better === 0 ? 1 : 0;
    this.confusion[label]![predicted]! += 1;
    return better === 0;
  }

  /** Images counted. */
  get images(): number {
    return this.#images;
  }

  /** Mean cross-entropy in nats; not a number without images. */
  get loss(): number {
    return this.#loss / this.#images;
  }

  /** Share whose most probable class is right. */
  get top1(): number {
    return this.#top1 / this.#images;
  }

  /** Share whose class is among the five most probable. */
  get top5(): number {
    return this.#top5 / this.#images;
  }

  /** Precision, recall and F1 of every class. */
  get classes(): ClassFigures[] {
    return this.#classNames.map((className, index) => {
      const right = this.confusion[index]![index]!;
      const support = this.confusion[index]!.reduce((total, count) => total + count, 0);
      const predicted = this.confusion.reduce((total, row) => total + row[index]!, 0);
      const precision = predicted === 0 ? null : right / predicted;
      const recall = support === 0 ? null : right / support;
      const f1 = support === 0 ? null : (2 * right) / (predicted + support);
      return { className, support, precision, recall, f1 };
    });
  }
}
