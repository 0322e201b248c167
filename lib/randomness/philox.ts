const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** Upper 32 bits of the 64-bit product; `Math.imul` gives the lower ones. */
function multiplyHigh(left: number, right: number): number {
  const leftLow = left & 0xffff;
  const leftHigh = left >>> 16;
  const rightLow = right & 0xffff;
  const rightHigh = right >>> 16;
  const low = leftLow * rightLow;
  const middle = leftHigh * rightLow + (low >>> 16);
  const cross = leftLow * rightHigh + (middle % 0x10000);
  return (leftHigh * rightHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) >>> 0;
}

/**
 * Philox4x32-10, a counter-based generator: a keyed bijection of the counter, so that the n-th block of
 * any stream is found without the n - 1 blocks before it (Salmon et al., "Parallel random numbers: as
 * easy as 1, 2, 3", SC 2011).
 *
 * @param counter Four uint32 words; not changed.
 * @param key Two uint32 words; not changed.
 * @param output Receives four uint32 words.
 *
 * @example The published answer for counter and key zero
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const output = new Uint32Array(4);
 * philox(new Uint32Array(4), new Uint32Array(2), output);
 * assert.equal(output[0], 0x6627e8d5);
 * ```
 */
export function philox(counter: Uint32Array, key: Uint32Array, output: Uint32Array): void {
  let [word0, word1, word2, word3] = counter as unknown as [number, number, number, number];
  let [key0, key1] = key as unknown as [number, number];
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, word0);
    const low0 = Math.imul(MULTIPLIER_0, word0) >>> 0;
    const high1 = multiplyHigh(MULTIPLIER_1, word2);
    const low1 = Math.imul(MULTIPLIER_1, word2) >>> 0;
    word0 = (high1 ^ word1 ^ key0) >>> 0;
    word1 = low1;
    word2 = (high0 ^ word3 ^ key1) >>> 0;
    word3 = low0;
    key0 = (key0 + WEYL_0) >>> 0;
    key1 = (key1 + WEYL_1) >>> 0;
  }
  output[0] = word0;
  output[1] = word1;
  output[2] = word2;
  output[3] = word3;
}
