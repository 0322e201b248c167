import type { TrainedImages } from "./classify_images.ts";

/** What is known of every image, column by column: one number per image, never its pixels. */
export interface ImageTable {
  /** Class, an index into `classNames`. */
  readonly labels: Uint16Array;
  /** Names of the classes. */
  readonly classNames: readonly string[];
  /** H(x) by the measure that was chosen. */
  readonly complexity: Float64Array;
  /** Spatial entropy in bits. */
  readonly spatialEntropy: Float64Array;
  /** Spectral entropy in bits. */
  readonly spectralEntropy: Float64Array;
  /** N(x). */
  readonly depth: Uint16Array;
  /** Level of the image. */
  readonly level: Uint16Array;
  /** What a trained model said; `null` without one. */
  readonly trained: TrainedImages | null;
}
