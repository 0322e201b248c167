import type { RandomStream } from "./random_stream.ts";

/**
 * A uniformly random order of 0 .. length - 1 (Fisher-Yates).
 *
 * @param length Number of indices, >= 0.
 * @param stream Source of randomness; advanced.
 * @returns `[length]`, uint32, a permutation.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { RandomStream } from "./random_stream.ts";
 *
 * const order = shuffledIndices(5, new RandomStream(1, "order"));
 * assert.deepEqual([...order].sort(), [0, 1, 2, 3, 4]);
 * ```
 */
export function shuffledIndices(length: number, stream: RandomStream): Uint32Array {
  const indices = Uint32Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const chosen = stream.nextInt(last + 1);
    const kept = indices[last]!;
    indices[last] = indices[chosen]!;
    indices[chosen] = kept;
  }
  return indices;
}
