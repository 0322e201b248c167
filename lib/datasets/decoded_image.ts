/** A picture as the readers see it. */
export interface DecodedImage {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** `[height, width, 3]` RGB, row-major, uint8, 0..255. */
  readonly data: Uint8Array;
}
