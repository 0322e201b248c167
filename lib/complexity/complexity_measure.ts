/** One colour image in memory. */
export interface RgbImage {
  /** Pixels `[height, width, 3]` (RGB), row-major, uint8, 0..255. */
  readonly pixels: Uint8Array;
  /** Rows, 1 or more. */
  readonly height: number;
  /** Columns, 1 or more. */
  readonly width: number;
}

/**
 * A scalar complexity H(x) of an image x (Eq. 7-8 of the paper). Everything else in the toolkit sees an image's
 * complexity only through this interface, so a measure can be exchanged without touching the model.
 */
export interface ComplexityMeasure {
  /** Name in the registry, as configurations spell it. */
  readonly name: string;
  /** Unit of the result. */
  readonly unit: string;
  /** One sentence for help texts. */
  readonly description: string;
  /**
   * Mean over CIFAR-10 training images, measured. A scale to start from: `stepsPerBit = 10 / referenceMean` gives
   * such images ten layers on average, and it is the natural value of `referenceComplexity`.
   */
  readonly referenceMean: number;
  /**
   * Measures one image of any size.
   *
   * @param image Pixels with their height and width.
   * @returns Complexity, finite and not negative; 0 for a constant image.
   * @throws {RangeError} If the number of pixels does not agree with height and width.
   */
  measure(image: RgbImage): number;
}
