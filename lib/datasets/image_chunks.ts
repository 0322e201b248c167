import type { ImageDataset } from "./dataset.ts";

/** Most bytes of pixels that are read at a time. */
const MAX_BYTES = 2 ** 27;

/** Options of `imageChunks`. */
export interface ImageChunksOptions {
  /** Most images of a chunk, >= 1. */
  readonly images: number;
  /**
   * Most bytes of pixels of a chunk; one image is read however large it is.
   *
   * @default 128 MiB
   */
  readonly bytes?: number;
}

/**
 * Divides a dataset into chunks that are read one after the other, so that memory is bounded whatever the number and the
 * size of the images.
 *
 * @param dataset Number of images, and their height and width.
 * @param options Bounds of a chunk.
 * @returns Positions in the dataset, in order.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const chunks = imageChunks({ length: 5, height: 10, width: 10 }, { images: 100, bytes: 700 });
 * assert.deepEqual([...chunks].map((chunk) => [...chunk]), [[0, 1], [2, 3], [4]]);
 * ```
 */
export function* imageChunks(
  { length, height, width }: Pick<ImageDataset, "length" | "height" | "width">,
  { images, bytes = MAX_BYTES }: ImageChunksOptions,
): Generator<Uint32Array> {
  const most = Math.max(1, Math.min(images, Math.floor(bytes / (height * width * 3))));
  for (let start = 0; start < length; start += most) {
    yield Uint32Array.from({ length: Math.min(most, length - start) }, (_, at) => start + at);
  }
}
