import type { RandomStream } from "../randomness/random_stream.ts";
import type { PassedOver } from "./passed_over.ts";

/** An image file that was decoded. */
export interface InspectedImage {
  /** Path of the file. */
  readonly file: string;
  /** Height of the picture in pixels, before it was brought to the size of the dataset. */
  readonly height: number;
  /** Its width in pixels. */
  readonly width: number;
  /** The picture in 8 x 8 pixels, `[8, 8, 3]`, uint8: enough to recognise it by. */
  readonly thumbnail: Uint8Array;
}

/** Who hears of images while they are decoded, in any order. */
export interface InspectOptions {
  /** Called for every image that was decoded, with its position in the dataset. */
  readonly receive: (index: number, image: InspectedImage) => void;
  /** Called for every image that cannot be decoded. */
  readonly refuse: (index: number, reason: string) => void;
}

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
   * @param indices Positions in the dataset, 0 .. length - 1, in the order wanted; repeats are allowed.
   * @returns Pixels `[indices.length, height, width, 3]` (RGB), row-major, uint8, 0..255.
   */
  read(indices: ArrayLike<number>): Promise<Uint8Array>;
  /**
   * Reads images, each cut at a random place out of a larger picture; `read` cuts at the centre. Absent where the
   * pictures have no margin.
   *
   * @param indices Positions in the dataset.
   * @param stream Source of randomness; advanced by two numbers per image.
   * @returns Pixels of the same form as `read` returns.
   */
  readRandomCrops?(indices: ArrayLike<number>, stream: RandomStream): Promise<Uint8Array>;
  /**
   * Decodes images in parallel and keeps them, as far as there is room, so that `read` does not decode them again.
   * Absent where images need no decoding.
   *
   * @param indices Positions in the dataset.
   * @param options Who hears of every image, good or bad.
   */
  inspect?(indices: ArrayLike<number>, options: InspectOptions): Promise<void>;
}

/** The two parts that every dataset on disk offers. */
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
  /** Images to choose by; absent where they are to be drawn from the training part. */
  readonly validation?: ImageDataset;
  /** What the parts of a folder were taken from, in words. */
  readonly arrangement?: string;
  /** What a folder holds that was left out. */
  readonly passedOver?: readonly PassedOver[];
}
