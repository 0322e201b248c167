import { DivergenceError } from "../errors.ts";

/**
 * Refuses numbers that a network has computed and that are no numbers any more: what is counted from them would be wrong
 * without looking so.
 *
 * @param values The numbers.
 * @param what What they are, for the message: `logits`.
 * @throws {DivergenceError} if one of them is infinite or not a number.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * requireFinite([1, -2], "logits");
 * assert.throws(() => requireFinite([1, NaN], "logits"), /Cannot classify: logits are not finite/);
 * ```
 */
export function requireFinite(values: ArrayLike<number>, what: string): void {
  for (let index = 0; index < values.length; index++) {
    if (Number.isFinite(values[index])) continue;
    throw new DivergenceError(
      `Cannot classify: ${what} are not finite, the numbers of the model go beyond the range of float32; ` +
        "use another checkpoint, or train with a smaller learningRate (--learning-rate) or with clipNorm 1 (--clip-norm 1)",
    );
  }
}
