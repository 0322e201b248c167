import { philox } from "./philox.ts";

/** FNV-1a over the UTF-8 bytes of a text, from a chosen offset. */
function hashText(text: string, offset: number): number {
  let hash = offset >>> 0;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash;
}

/**
 * A stream of random numbers that is a pure function of (seed, purpose, index): nothing has to be saved to
 * resume a run, and streams of different purposes never share numbers.
 *
 * @example Equal coordinates give equal numbers
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const first = new RandomStream(1, "order", 3);
 * const second = new RandomStream(1, "order", 3);
 * assert.equal(first.nextUint32(), second.nextUint32());
 * ```
 */
export class RandomStream {
  readonly #key: Uint32Array;
  readonly #counter: Uint32Array;
  readonly #block: Uint32Array = new Uint32Array(4);
  #position = 4;
  #spareNormal: number | null = null;

  /**
   * Starts at the first number of the stream.
   *
   * @param seed Root seed of the run; a safe integer >= 0.
   * @param purpose What the numbers are for (`order`, `weights`), separates streams.
   * @param index Epoch, step or other running number of the purpose; a safe integer >= 0.
   * @throws {RangeError} if seed or index is not a safe integer >= 0.
   */
  constructor(seed: number, purpose: string, index = 0) {
    for (const [name, value] of [["seed", seed], ["index", index]] as const) {
      if (!Number.isSafeInteger(value) || value < 0) {
        throw new RangeError(
          `Cannot create a random stream: ${name} must be an integer >= 0, current value is ${value}`,
        );
      }
    }
    const label = `${seed}/${purpose}`;
    this.#key = new Uint32Array([hashText(label, 0x811c9dc5), hashText(label, 0x9747b28c)]);
    this.#counter = new Uint32Array([0, 0, index >>> 0, Math.floor(index / 2 ** 32)]);
  }

  /** The next integer, uniform in 0 .. 2^32 - 1. */
  nextUint32(): number {
    if (this.#position === 4) {
      philox(this.#counter, this.#key, this.#block);
      this.#counter[0]! += 1;
      if (this.#counter[0] === 0) this.#counter[1]! += 1;
      this.#position = 0;
    }
    return this.#block[this.#position++]!;
  }

  /** The next number, uniform in [0, 1), with 53 random bits. */
  nextFloat(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  /** The next standard normal number (Box-Muller, both halves used). */
  nextNormal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    // 1 - u lies in (0, 1]: the logarithm stays finite.
    const radius = Math.sqrt(-2 * Math.log(1 - this.nextFloat()));
    const angle = 2 * Math.PI * this.nextFloat();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /**
   * The next integer, uniform in 0 .. bound - 1, without modulo bias.
   *
   * @param bound A positive integer up to 2^32.
   * @throws {RangeError} if bound is out of range.
   */
  nextInt(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
      throw new RangeError(
        `Cannot draw an integer: bound must be in 1..2^32, current value is ${bound}`,
      );
    }
    const limit = Math.floor(2 ** 32 / bound) * bound;
    let value = this.nextUint32();
    while (value >= limit) value = this.nextUint32();
    return value % bound;
  }
}
