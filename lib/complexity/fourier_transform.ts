/** A discrete Fourier transform of one length, prepared once and applied many times. */
export interface FourierTransform {
  /** Number of points of a sequence. */
  readonly length: number;
  /** Number of sequences that are transformed together. */
  readonly lanes: number;
  /**
   * Transforms every sequence in place: X_k = sum_j x_j exp(-2 pi i j k / length), not normalised.
   *
   * @param real Real parts `[length, lanes]`: point j of sequence l stands at `j * lanes + l`.
   * @param imaginary Imaginary parts, likewise.
   */
  transform(real: Float64Array, imaginary: Float64Array): void;
}
