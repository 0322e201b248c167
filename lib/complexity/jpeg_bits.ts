import type { ComplexityMeasure } from "./complexity_measure.ts";
import { checkGreyImage, type ImageSize } from "./grey_image.ts";
import { greyMeasure } from "./grey_measure.ts";

/** Quantisation table for luminance, ITU-T T.81 (JPEG) Annex K.1, rows of vertical frequencies. */
// deno-fmt-ignore
const quantisation = Uint8Array.of(
  16, 11, 10, 16, 24, 40, 51, 61,
  12, 12, 14, 19, 26, 58, 60, 55,
  14, 13, 16, 24, 40, 57, 69, 56,
  14, 17, 22, 29, 51, 87, 80, 62,
  18, 22, 37, 56, 68, 109, 103, 77,
  24, 35, 55, 64, 81, 104, 113, 92,
  49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
);
/** Symbols of the run-length code (T.81, F.1.2.2): 16 * run of zeros + size of the coefficient. */
const endOfBlock = 0x00;
const sixteenZeros = 0xf0;

const cosines = cosineMatrix();
const zigzag = zigzagOrder();
const block = new Float64Array(64);
const halfway = new Float64Array(64);
const coefficients = new Int32Array(64);
const acSymbols = new Uint32Array(256);
const dcSymbols = new Uint32Array(16);

/**
 * Bits per pixel that a JPEG coder would need: an alternative measure of complexity, compressibility. The
 * image is cut into 8 x 8 blocks (edges repeated), cosine-transformed, quantised with the standard luminance
 * table and run-length coded as in ITU-T T.81. Instead of fixed Huffman tables the symbols are charged their
 * entropy over the image, and each non-zero number the bits of its value: what an ideal code would take.
 *
 * @param grey Grey levels `[height, width]`, row-major, uint8, 0..255.
 * @param size Height and width in pixels, any positive integers.
 * @returns Bits per pixel, 0 or more; 0 for a constant image, whose one symbol carries no information (the mean
 * of the first block is not charged).
 * @throws {RangeError} If the number of grey levels does not agree with the size.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const size = { height: 8, width: 8 };
 * const board = Uint8Array.from({ length: 64 }, (_, index) => ((index + (index >> 3)) % 2) * 255);
 * assert.equal(jpegBits(new Uint8Array(64).fill(200), size), 0);
 * assert.ok(jpegBits(board, size) > 1);
 * ```
 */
export function jpegBits(grey: Uint8Array, size: ImageSize): number {
  const pixels = checkGreyImage(grey, size);
  acSymbols.fill(0);
  dcSymbols.fill(0);
  let bits = 0;
  let previousMean: number | null = null;
  for (let top = 0; top < size.height; top += 8) {
    for (let left = 0; left < size.width; left += 8) {
      loadBlock(grey, { ...size, top, left });
      quantiseBlock();
      const mean = coefficients[0]!;
      const change = bitLength(previousMean === null ? 0 : mean - previousMean);
      previousMean = mean;
      dcSymbols[change]!++;
      bits += change + countRuns();
    }
  }
  return (bits + codeLength(dcSymbols) + codeLength(acSymbols)) / pixels;
}

/** Orthonormal DCT-II: row k holds c_k cos((2 j + 1) k pi / 16). */
function cosineMatrix(): Float64Array {
  const matrix = new Float64Array(64);
  for (let k = 0; k < 8; k++) {
    for (let j = 0; j < 8; j++) {
      matrix[8 * k + j] = Math.sqrt(k === 0 ? 1 / 8 : 1 / 4) *
        Math.cos((2 * j + 1) * k * Math.PI / 16);
    }
  }
  return matrix;
}

/** Positions of a block along its anti-diagonals, alternating in direction (T.81, Figure A.6). */
function zigzagOrder(): Uint8Array {
  const order: number[] = [];
  for (let diagonal = 0; diagonal < 15; diagonal++) {
    const first = Math.max(0, diagonal - 7);
    const rows = Array.from(
      { length: Math.min(diagonal, 7) - first + 1 },
      (_, index) => first + index,
    );
    if (diagonal % 2 === 0) rows.reverse();
    order.push(...rows.map((row) => 8 * row + (diagonal - row)));
  }
  return Uint8Array.from(order);
}

function loadBlock(
  grey: Uint8Array,
  place: ImageSize & { readonly top: number; readonly left: number },
): void {
  const { height, width, top, left } = place;
  for (let y = 0; y < 8; y++) {
    const row = Math.min(top + y, height - 1) * width;
    for (let x = 0; x < 8; x++) block[8 * y + x] = grey[row + Math.min(left + x, width - 1)]!;
  }
}

/** Fills `coefficients` with the quantised cosine transform of `block`, in zigzag order. */
function quantiseBlock(): void {
  multiplyTransposed(block, halfway);
  multiplyTransposed(halfway, block);
  for (let index = 0; index < 64; index++) {
    const position = zigzag[index]!;
    // Means of whole numbers often end in exactly .5: the slack rounds those up, whatever the last digit says.
    coefficients[index] = Math.round(block[position]! / quantisation[position]! + 1e-9);
  }
}

/** target = cosines * source^T. Two rounds give cosines * source * cosines^T, the transform in two directions. */
function multiplyTransposed(source: Float64Array, target: Float64Array): void {
  for (let k = 0; k < 64; k += 8) {
    for (let row = 0; row < 64; row += 8) {
      let sum = 0;
      for (let j = 0; j < 8; j++) sum += cosines[k + j]! * source[row + j]!;
      target[k + (row >> 3)] = sum;
    }
  }
}

/** Counts the run-length symbols of the block in `acSymbols`; returns the bits of the values. */
function countRuns(): number {
  let bits = 0;
  let run = 0;
  for (let index = 1; index < 64; index++) {
    if (coefficients[index] === 0) {
      run++;
      continue;
    }
    for (; run > 15; run -= 16) acSymbols[sixteenZeros]!++;
    const valueBits = bitLength(coefficients[index]!);
    acSymbols[16 * run + valueBits]!++;
    bits += valueBits;
    run = 0;
  }
  if (run > 0) acSymbols[endOfBlock]!++;
  return bits;
}

/** Bits of |value|: 0 for 0, 1 for 1, 2 for 2..3, ... */
function bitLength(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

/** Bits of an ideal code for all counted symbols: n log n - sum c log c. */
function codeLength(symbols: Uint32Array): number {
  let total = 0;
  let sum = 0;
  for (const count of symbols) {
    total += count;
    if (count > 1) sum += count * Math.log2(count);
  }
  return total > 1 ? Math.max(0, total * Math.log2(total) - sum) : 0;
}

/** The measure `jpeg-like`: {@linkcode jpegBits} of the grey image. */
export const jpegBitsMeasure: ComplexityMeasure = greyMeasure({
  name: "jpeg-like",
  unit: "bits per pixel",
  description: "bits per pixel of an ideal JPEG coder at its standard quality",
  referenceMean: 1.36,
  ofGrey: jpegBits,
});
