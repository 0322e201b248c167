import type { RandomStream } from "../randomness/random_stream.ts";

/** A set of labelled colour images of one size, read by index. */
export interface ImageDataset {
  /** Short name, as the command line spells it (`cifar10`). */
  readonly name: string;
  /** Class names; a label is an index into this list. */
  readonly classNames: readonly string[];
  /** Height in pixels. */
  readonly height: number;
  /** Width in pixels. */
  readonly width: number;
  /** Number of images. */
  readonly length: number;
  /** One label per image: `[length]`, uint16, 0 .. classNames.length - 1. */
  readonly labels: Uint16Array;
  /** A short digest of the content (hexadecimal), to recognise the same data on resume. */
  readonly fingerprint: string;
  /**
   * Reads images.
   *
   * @param indices Positions in the data set, 0 .. length - 1, in the order wanted; repeats are allowed.
   * @returns Pixels `[indices.length, height, width, 3]` (RGB), row-major, uint8, 0..255.
   */
  read(indices: ArrayLike<number>): Promise<Uint8Array>;
  /**
   * Reads images, each cut at a random place out of a larger picture; `read` cuts at the centre. Absent where the
   * pictures have no margin.
   *
   * @param indices Positions in the data set.
   * @param stream Source of randomness; advanced by two numbers per image.
   * @returns Pixels of the same form as `read` returns.
   */
  readRandomCrops?(indices: ArrayLike<number>, stream: RandomStream): Promise<Uint8Array>;
}

/** The two parts that every data set on disk offers. */
export interface DatasetParts {
  /** Images that training and validation are drawn from. */
  readonly train: ImageDataset;
  /** Images that nothing is ever chosen by. */
  readonly test: ImageDataset;
  /**
   * Whether the test part was drawn out of images that lie together, so that it is another as soon as images are
   * added or taken away.
   *
   * @default false
   */
  readonly testIsDrawn?: boolean;
}
