import { PuppetError } from "../errors.ts";

/** Largest difference from our own logits, in units of the largest logit, or of 1 where all are smaller. */
const LOGIT_TOLERANCE = 1e-4;

/**
 * Compares what another program made of a network with what it is.
 *
 * @param ours Our logits.
 * @param theirs Those of the other program, in the same order.
 * @param what Names the network and the program, for messages.
 * @returns The largest difference.
 * @throws {PuppetError} if it is too large, or the numbers are not as many.
 */
export function compareLogits(ours: Float32Array, theirs: Float32Array, what: string): number {
  const scale = ours.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const difference = ours.reduce(
    (most, value, at) => Math.max(most, Math.abs(value - (theirs[at] ?? NaN))),
    0,
  );
  // NaN is no small difference either.
  if (ours.length === theirs.length && difference <= LOGIT_TOLERANCE * scale) return difference;
  throw new PuppetError(
    `Cannot export: ${what} gives other logits than the model (they differ by ${difference}, allowed is ` +
      `${LOGIT_TOLERANCE * scale}); nothing was written, please report it`,
  );
}
