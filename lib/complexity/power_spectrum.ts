import { fourierTransform } from "./fft.ts";
import { checkImageSize, type ImageSize } from "./grey_image.ts";

/** The power spectrum of real images of one size, prepared once and applied many times. */
export interface PowerSpectrum {
  /** Rows of the images. */
  readonly height: number;
  /** Columns of the images. */
  readonly width: number;
  /** Horizontal frequencies that are computed: `floor(width / 2) + 1`. The rest are their mirror images. */
  readonly halfWidth: number;
  /**
   * Computes |FFT2(values)|^2, not normalised.
   *
   * @param values Real values `[height, width]`, row-major.
   * @returns Power `[height, halfWidth]`, row-major; vertical frequencies 0 .. height - 1. The array belongs to the
   * spectrum and is overwritten by the next call.
   */
  compute(values: ArrayLike<number>): Float64Array;
  /**
   * How often the full spectrum holds the power of a horizontal frequency: 2 where the mirror image is
   * another frequency, 1 where it is the same one (0, and width / 2 for an even width).
   *
   * @param horizontal Horizontal frequency, 0 .. halfWidth - 1.
   */
  multiplicity(horizontal: number): 1 | 2;
}

/**
 * Prepares the two-dimensional power spectrum of real images of one size. Two rows travel through one complex
 * transform, and the half of the spectrum that Hermitian symmetry implies is not computed: about a third of
 * the work of a plain complex transform.
 *
 * @param size Height and width in pixels, any positive integers.
 * @returns The spectrum. It owns its working memory: use it from one place at a time.
 * @throws {RangeError} If height or width is not a positive integer.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const spectrum = powerSpectrum({ height: 1, width: 4 });
 * assert.deepEqual([...spectrum.compute([1, 2, 3, 4])], [100, 8, 4]);
 * ```
 */
export function powerSpectrum(size: ImageSize): PowerSpectrum {
  checkImageSize(size);
  const { height, width } = size;
  const halfWidth = Math.floor(width / 2) + 1;
  const pairs = Math.ceil(height / 2);
  const rowTransform = fourierTransform(width, pairs);
  const columnTransform = fourierTransform(height, halfWidth);
  const rows = complexArray(width * pairs);
  // Rows come in pairs: an odd last row needs room for a partner, which the column transform leaves out.
  const half = complexArray(2 * pairs * halfWidth);
  const power = new Float64Array(height * halfWidth);

  function compute(values: ArrayLike<number>): Float64Array {
    if (values.length !== height * width) {
      throw new RangeError(
        `Cannot compute power spectrum: values must hold ${height} x ${width} numbers, ` +
          `current length is ${values.length}`,
      );
    }
    packRows(values, rows, { height, width });
    rowTransform.transform(rows.real, rows.imaginary);
    unpackRows(rows, half, { height, width });
    columnTransform.transform(half.real, half.imaginary);
    const { real, imaginary } = half;
    for (let index = 0; index < power.length; index++) {
      power[index] = real[index]! * real[index]! + imaginary[index]! * imaginary[index]!;
    }
    return power;
  }

  function multiplicity(horizontal: number): 1 | 2 {
    return horizontal === 0 || 2 * horizontal === width ? 1 : 2;
  }
  return { height, width, halfWidth, compute, multiplicity };
}

interface ComplexArray {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

function complexArray(length: number): ComplexArray {
  return { real: new Float64Array(length), imaginary: new Float64Array(length) };
}

/** Rows 2 p and 2 p + 1 become the real and imaginary parts of sequence p: `[width, pairs]`. */
function packRows(values: ArrayLike<number>, rows: ComplexArray, size: ImageSize): void {
  const { height, width } = size;
  const pairs = Math.ceil(height / 2);
  for (let y = 0; y < height; y++) {
    const target = y % 2 === 0 ? rows.real : rows.imaginary;
    for (let x = 0, lane = y >> 1; x < width; x++, lane += pairs) {
      target[lane] = values[y * width + x]!;
    }
  }
  if (height % 2 === 0) return;
  for (let lane = pairs - 1; lane < rows.imaginary.length; lane += pairs) rows.imaginary[lane] = 0;
}

/**
 * Separates the transformed rows: Z = A + iB with A and B Hermitian, hence A = (Z_k + conj Z_-k) / 2 and
 * B = (Z_k - conj Z_-k) / 2i. The result is `[2 * pairs, halfWidth]`.
 */
function unpackRows(rows: ComplexArray, half: ComplexArray, size: ImageSize): void {
  const { height, width } = size;
  const { real, imaginary } = half;
  const pairs = Math.ceil(height / 2);
  const halfWidth = Math.floor(width / 2) + 1;
  for (let k = 0; k < halfWidth; k++) {
    let here = k * pairs;
    let mirror = k === 0 ? 0 : (width - k) * pairs;
    for (let index = k; index < real.length; index += 2 * halfWidth, here++, mirror++) {
      real[index] = (rows.real[here]! + rows.real[mirror]!) / 2;
      imaginary[index] = (rows.imaginary[here]! - rows.imaginary[mirror]!) / 2;
      real[index + halfWidth] = (rows.imaginary[here]! + rows.imaginary[mirror]!) / 2;
      imaginary[index + halfWidth] = (rows.real[mirror]! - rows.real[here]!) / 2;
    }
  }
}
