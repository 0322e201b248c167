import type { FourierTransform } from "./fourier_transform.ts";
import { mixedRadixTransform } from "./mixed_radix_fft.ts";

/** exp(-i pi k^2 / length) for k < length. */
function chirp(length: number): { readonly cosine: Float64Array; readonly sine: Float64Array } {
  const cosine = new Float64Array(length);
  const sine = new Float64Array(length);
  let square = 0;
  for (let k = 0; k < length; k++) {
    cosine[k] = Math.cos(Math.PI * square / length);
    sine[k] = -Math.sin(Math.PI * square / length);
    // k^2 modulo the period 2n, by differences: a large k^2 would cost the angle its digits.
    square = (square + 2 * k + 1) % (2 * length);
  }
  return { cosine, sine };
}

/**
 * Prepares a Fourier transform of any length (Bluestein 1970): with j k = (j^2 + k^2 - (k - j)^2) / 2 the sum becomes
 * a convolution with a chirp, whose length is a free choice and becomes a power of two.
 *
 * @param length Number of points, 1 or more.
 * @param lanes Number of sequences.
 * @returns The transform. It owns its working memory: use it from one place at a time.
 */
export function bluesteinTransform(length: number, lanes: number): FourierTransform {
  const padded = 2 ** Math.ceil(Math.log2(2 * length - 1));
  const inner = mixedRadixTransform(padded, lanes);
  const { cosine, sine } = chirp(length);
  const kernel = chirpKernel(length, padded);
  const workReal = new Float64Array(padded * lanes);
  const workImaginary = new Float64Array(padded * lanes);

  /** target = source times the factor of each point, for the first `points` points of every lane. */
  function multiply(
    target: readonly [Float64Array, Float64Array],
    source: readonly [Float64Array, Float64Array],
    factors: {
      readonly points: number;
      readonly cosine: Float64Array;
      readonly sine: Float64Array;
    },
  ): void {
    const [sourceReal, sourceImaginary] = source;
    const [targetReal, targetImaginary] = target;
    for (let k = 0, index = 0; k < factors.points; k++) {
      const c = factors.cosine[k]!;
      const s = factors.sine[k]!;
      for (let lane = 0; lane < lanes; lane++, index++) {
        const re = sourceReal[index]!;
        const im = sourceImaginary[index]!;
        targetReal[index] = re * c - im * s;
        targetImaginary[index] = re * s + im * c;
      }
    }
  }

  const work = [workReal, workImaginary] as const;
  function transform(real: Float64Array, imaginary: Float64Array): void {
    workReal.fill(0, length * lanes);
    workImaginary.fill(0, length * lanes);
    multiply(work, [real, imaginary], { points: length, cosine, sine });
    inner.transform(workReal, workImaginary);
    multiply(work, work, { points: padded, ...kernel });
    // Exchanging the two parts before and after turns the forward transform into the inverse one.
    inner.transform(workImaginary, workReal);
    multiply([real, imaginary], work, { points: length, cosine, sine });
  }
  return { length, lanes, transform };
}

/** The transform of the conjugate chirp at -length < k < length, wrapped around, over the padded length. */
function chirpKernel(
  length: number,
  padded: number,
): { readonly cosine: Float64Array; readonly sine: Float64Array } {
  const { cosine, sine } = chirp(length);
  const real = new Float64Array(padded);
  const imaginary = new Float64Array(padded);
  for (let k = 0; k < length; k++) {
    // Divided by the padded length here, which the inverse transform would have to do for every image.
    real[k] = real[(padded - k) % padded] = cosine[k]! / padded;
    imaginary[k] = imaginary[(padded - k) % padded] = -sine[k]! / padded;
  }
  mixedRadixTransform(padded, 1).transform(real, imaginary);
  return { cosine: real, sine: imaginary };
}
