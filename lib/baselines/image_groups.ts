import * as tf from "@tensorflow/tfjs-core";

/** Results of some images of a batch. */
export interface ImageGroup<T extends tf.Tensor> {
  /** Which images of the batch, ascending. */
  readonly positions: readonly number[];
  /** One row per position. */
  readonly rows: T;
}

/** Positions of a list by a decision on each. */
export interface SplitPositions {
  /** Where the decision is "yes", ascending. */
  readonly yes: readonly number[];
  /** Where it is "no", ascending. */
  readonly no: readonly number[];
}

/**
 * Splits the rows of a batch by a decision on each.
 *
 * @param decisions One per row.
 * @returns Positions by decision.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(splitRows([true, false, true]), { yes: [0, 2], no: [1] });
 * ```
 */
export function splitRows(decisions: readonly boolean[]): SplitPositions {
  const rows = decisions.map((_, row) => row);
  return {
    yes: rows.filter((row) => decisions[row]!),
    no: rows.filter((row) => !decisions[row]!),
  };
}

/**
 * Takes rows of a batch.
 *
 * @param batch `[batch, ...]`, float32; not disposed of.
 * @param rows Which rows, ascending, each at most once; at least one.
 * @returns `[rows.length, ...]`; a clone without copying if all rows are taken.
 */
export function takeRows<T extends tf.Tensor>(batch: T, rows: readonly number[]): T {
  if (rows.length === batch.shape[0]) return tf.clone(batch);
  return tf.tidy(() => tf.gather(batch, tf.tensor1d([...rows], "int32")) as T);
}

/**
 * Puts the results of groups back in the order of the batch.
 *
 * @param groups Groups that hold every position of the batch once; disposed of.
 * @returns `[batch, ...]`.
 */
export function restoreOrder<T extends tf.Tensor>(groups: readonly ImageGroup<T>[]): T {
  if (groups.length === 1) return groups[0]!.rows;
  const rowOf = new Map(
    groups.flatMap(({ positions }) => positions).map((position, row) => [position, row]),
  );
  const order = Array.from(rowOf, (_, position) => rowOf.get(position)!);
  const ordered = tf.tidy(() => {
    const rows = tf.concat(groups.map((group) => group.rows as tf.Tensor), 0);
    return tf.gather(rows, tf.tensor1d(order, "int32"));
  });
  for (const { rows } of groups) rows.dispose();
  return ordered as T;
}

/**
 * Adds up what the images of a batch cost.
 *
 * @param works Multiply-adds of each image.
 * @returns Multiply-adds of the batch.
 */
export function sumOf(works: readonly number[]): number {
  return works.reduce((sum, work) => sum + work, 0);
}
