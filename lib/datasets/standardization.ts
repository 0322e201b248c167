import { imageChunks } from "./image_chunks.ts";
import type { ImageDataset } from "./dataset.ts";

/** Mean and standard deviation of the red, green and blue channel, pixels counted in 0..1. */
export interface ChannelStatistics {
  /** Mean per channel, 0..1. */
  readonly mean: readonly [number, number, number];
  /** Population standard deviation per channel, `MIN_DEVIATION` or more. */
  readonly deviation: readonly [number, number, number];
}

/** Smallest deviation: that of an image channel which wavers by one of its 255 steps. */
export const MIN_DEVIATION: number = 1 / 255;

/** Images read at a time at most. */
const CHUNK_IMAGES = 256;

/**
 * Measures the channels of a dataset. Give it the training images only: statistics that have seen the test
 * images would leak them.
 *
 * Sums are taken over integers 0..255 and their squares, which a double holds exactly for up to 10^11
 * pixels, so the result does not depend on the order of the images.
 *
 * @param dataset Images to measure; at least one.
 * @returns Mean and standard deviation per channel in units of 0..1. A channel with hardly any variation
 * gets the deviation `MIN_DEVIATION`, so that dividing by it gives no huge numbers.
 * @throws {RangeError} if the dataset is empty.
 */
export async function channelStatistics(dataset: ImageDataset): Promise<ChannelStatistics> {
  if (dataset.length === 0) {
    throw new RangeError(`Cannot measure channels: ${dataset.name} has no images`);
  }
  const sums = [0, 0, 0];
  const squares = [0, 0, 0];
  for (const chunk of imageChunks(dataset, { images: CHUNK_IMAGES })) {
    const pixels = await dataset.read(chunk);
    for (let channel = 0; channel < 3; channel++) {
      let sum = 0;
      let square = 0;
      for (let at = channel; at < pixels.length; at += 3) {
        const value = pixels[at]!;
        sum += value;
        square += value * value;
      }
      sums[channel]! += sum;
      squares[channel]! += square;
    }
  }
  const count = dataset.length * dataset.height * dataset.width;
  const statistics = sums.map((sum, channel) => {
    const mean = sum / count;
    const variance = Math.max(0, squares[channel]! / count - mean * mean);
    return { mean: mean / 255, deviation: Math.max(Math.sqrt(variance) / 255, MIN_DEVIATION) };
  });
  const [red, green, blue] = statistics;
  return {
    mean: [red!.mean, green!.mean, blue!.mean],
    deviation: [red!.deviation, green!.deviation, blue!.deviation],
  };
}

/**
 * Turns pixels into the numbers that a network sees: (pixel / 255 - mean) / deviation per channel.
 *
 * @param pixels `[.., 3]` RGB, uint8, 0..255.
 * @param statistics Statistics of the training images.
 * @returns `[.., 3]` float32, about zero mean and unit deviation per channel.
 * @throws {RangeError} if the pixel values are no multiple of 3.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const statistics = { mean: [0, 0, 1], deviation: [1, 0.5, 1] } as const;
 * assert.deepEqual([...standardize(Uint8Array.of(255, 255, 255), statistics)], [1, 2, 0]);
 * ```
 */
export function standardize(pixels: Uint8Array, statistics: ChannelStatistics): Float32Array {
  if (pixels.length % 3 !== 0) {
    throw new RangeError(
      `Cannot standardize: the number of pixel values must be a multiple of 3, current value is ${pixels.length}`,
    );
  }
  const out = new Float32Array(pixels.length);
  // A table of the 256 possible values per channel: one look-up instead of a division per pixel.
  const tables = statistics.mean.map((mean, channel) =>
    Float32Array.from(
      { length: 256 },
      (_, value) => (value / 255 - mean) / statistics.deviation[channel]!,
    )
  );
  for (let channel = 0; channel < 3; channel++) {
    const table = tables[channel]!;
    for (let at = channel; at < pixels.length; at += 3) out[at] = table[pixels[at]!]!;
  }
  return out;
}
