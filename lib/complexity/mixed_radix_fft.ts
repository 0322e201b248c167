import type { FourierTransform } from "./fourier_transform.ts";

/** Largest prime factor that is transformed directly; its cost grows with the square of the factor. */
const largestRadix = 13;

/** Reads the working memory and writes it, combined, to the given arrays (the working memory or the caller's). */
type Stage = (real: Float64Array, imaginary: Float64Array) => void;

/** What a stage needs: it joins `radix` transforms of `joined` points each, in every block of their product. */
interface StageOptions {
  readonly length: number;
  readonly lanes: number;
  readonly radix: number;
  readonly joined: number;
  readonly workReal: Float64Array;
  readonly workImaginary: Float64Array;
}

/**
 * Tells whether a length has only prime factors that {@linkcode mixedRadixTransform} handles.
 *
 * @param length Number of points, 1 or more.
 * @returns Whether no prime factor exceeds 13.
 */
export function isSmooth(length: number): boolean {
  return radices(length).every((radix) => radix <= largestRadix);
}

/**
 * Prepares a Fourier transform by decimation in time (Cooley and Tukey 1965): the points are put in
 * digit-reversed order, then joined in stages of radix 4, 2 and odd primes. The innermost loop runs over the lanes,
 * so that factors are loaded once for all of them.
 *
 * @param length Number of points, 1 or more; see {@linkcode isSmooth}.
 * @param lanes Number of sequences.
 * @returns The transform. It owns its working memory: use it from one place at a time.
 */
export function mixedRadixTransform(length: number, lanes: number): FourierTransform {
  const factors = radices(length);
  const order = digitReversal(factors);
  const workReal = new Float64Array(length * lanes);
  const workImaginary = new Float64Array(length * lanes);
  const stages: Stage[] = [];
  let joined = 1;
  for (const radix of factors) {
    stages.push(makeStage({ length, lanes, radix, joined, workReal, workImaginary }));
    joined *= radix;
  }
  const lastStage = stages.pop();

  function transform(real: Float64Array, imaginary: Float64Array): void {
    if (lastStage === undefined) return;
    for (let index = 0, target = 0; index < length; index++) {
      const source = order[index]! * lanes;
      for (let lane = 0; lane < lanes; lane++, target++) {
        workReal[target] = real[source + lane]!;
        workImaginary[target] = imaginary[source + lane]!;
      }
    }
    for (let index = 0; index < stages.length; index++) stages[index]!(workReal, workImaginary);
    // The last stage writes to the caller's arrays: that spares a copy.
    lastStage(real, imaginary);
  }
  return { length, lanes, transform };
}

/** Factors of a length: fours first, at most one two, then odd primes upwards. */
function radices(length: number): number[] {
  const factors: number[] = [];
  let rest = length;
  for (; rest % 4 === 0; rest /= 4) factors.push(4);
  if (rest % 2 === 0) {
    factors.push(2);
    rest /= 2;
  }
  for (let odd = 3; odd * odd <= rest; odd += 2) {
    for (; rest % odd === 0; rest /= odd) factors.push(odd);
  }
  if (rest > 1) factors.push(rest);
  return factors;
}

/** Which point comes to which position: the last stage joins the points that are equal modulo its radix. */
function digitReversal(factors: readonly number[]): Uint32Array {
  let order = [0];
  for (const radix of factors) {
    const inner = order;
    order = Array.from({ length: radix }, (_, digit) => inner.map((index) => digit + radix * index))
      .flat();
  }
  return Uint32Array.from(order);
}

/** exp(-2 pi i q k / (radix * joined)) at k * radix + q, each from its own angle, so that errors do not add up. */
function twiddleFactors(
  options: StageOptions,
): { readonly cosine: Float64Array; readonly sine: Float64Array } {
  const { radix, joined } = options;
  const cosine = new Float64Array(radix * joined);
  const sine = new Float64Array(radix * joined);
  for (let k = 0; k < joined; k++) {
    for (let q = 0; q < radix; q++) {
      const angle = 2 * Math.PI * q * k / (radix * joined);
      cosine[k * radix + q] = Math.cos(angle);
      sine[k * radix + q] = -Math.sin(angle);
    }
  }
  return { cosine, sine };
}

function makeStage(options: StageOptions): Stage {
  if (options.radix === 2) return radix2Stage(options);
  if (options.radix !== 4) return oddStage(options);
  return options.joined === 1 ? firstRadix4Stage(options) : radix4Stage(options);
}

function radix2Stage(options: StageOptions): Stage {
  const { length, lanes, joined, workReal, workImaginary } = options;
  const { cosine, sine } = twiddleFactors(options);
  const step = joined * lanes;
  return (real, imaginary) => {
    for (let start = 0; start < length; start += 2 * joined) {
      for (let k = 0; k < joined; k++) {
        const c = cosine[2 * k + 1]!;
        const s = sine[2 * k + 1]!;
        const end = (start + k + 1) * lanes;
        for (let i0 = end - lanes; i0 < end; i0++) {
          const i1 = i0 + step;
          const re1 = c * workReal[i1]! - s * workImaginary[i1]!;
          const im1 = c * workImaginary[i1]! + s * workReal[i1]!;
          const re0 = workReal[i0]!;
          const im0 = workImaginary[i0]!;
          real[i0] = re0 + re1;
          imaginary[i0] = im0 + im1;
          real[i1] = re0 - re1;
          imaginary[i1] = im0 - im1;
        }
      }
    }
  };
}

/** Four single points: all factors are 1, -1, i or -i, so nothing is multiplied. */
function firstRadix4Stage(options: StageOptions): Stage {
  const { length, lanes, workReal, workImaginary } = options;
  return (real, imaginary) => {
    for (let start = 0; start < length; start += 4) {
      const end = (start + 1) * lanes;
      for (let i0 = start * lanes; i0 < end; i0++) {
        const i1 = i0 + lanes;
        const i2 = i1 + lanes;
        const i3 = i2 + lanes;
        const evenRe = workReal[i0]! + workReal[i2]!;
        const evenIm = workImaginary[i0]! + workImaginary[i2]!;
        const evenMinusRe = workReal[i0]! - workReal[i2]!;
        const evenMinusIm = workImaginary[i0]! - workImaginary[i2]!;
        const oddRe = workReal[i1]! + workReal[i3]!;
        const oddIm = workImaginary[i1]! + workImaginary[i3]!;
        const oddMinusRe = workReal[i1]! - workReal[i3]!;
        const oddMinusIm = workImaginary[i1]! - workImaginary[i3]!;
        real[i0] = evenRe + oddRe;
        imaginary[i0] = evenIm + oddIm;
        real[i1] = evenMinusRe + oddMinusIm;
        imaginary[i1] = evenMinusIm - oddMinusRe;
        real[i2] = evenRe - oddRe;
        imaginary[i2] = evenIm - oddIm;
        real[i3] = evenMinusRe - oddMinusIm;
        imaginary[i3] = evenMinusIm + oddMinusRe;
      }
    }
  };
}

function radix4Stage(options: StageOptions): Stage {
  const { length, lanes, joined, workReal, workImaginary } = options;
  const { cosine, sine } = twiddleFactors(options);
  const step = joined * lanes;
  return (real, imaginary) => {
    for (let start = 0; start < length; start += 4 * joined) {
      for (let k = 0; k < joined; k++) {
        const c1 = cosine[4 * k + 1]!;
        const c2 = cosine[4 * k + 2]!;
        const c3 = cosine[4 * k + 3]!;
        const s1 = sine[4 * k + 1]!;
        const s2 = sine[4 * k + 2]!;
        const s3 = sine[4 * k + 3]!;
        const end = (start + k + 1) * lanes;
        for (let i0 = end - lanes; i0 < end; i0++) {
          const i1 = i0 + step;
          const i2 = i1 + step;
          const i3 = i2 + step;
          const re1 = c1 * workReal[i1]! - s1 * workImaginary[i1]!;
          const im1 = c1 * workImaginary[i1]! + s1 * workReal[i1]!;
          const re2 = c2 * workReal[i2]! - s2 * workImaginary[i2]!;
          const im2 = c2 * workImaginary[i2]! + s2 * workReal[i2]!;
          const re3 = c3 * workReal[i3]! - s3 * workImaginary[i3]!;
          const im3 = c3 * workImaginary[i3]! + s3 * workReal[i3]!;
          const re0 = workReal[i0]!;
          const im0 = workImaginary[i0]!;
          real[i0] = re0 + re2 + (re1 + re3);
          imaginary[i0] = im0 + im2 + (im1 + im3);
          real[i1] = re0 - re2 + (im1 - im3);
          imaginary[i1] = im0 - im2 - (re1 - re3);
          real[i2] = re0 + re2 - (re1 + re3);
          imaginary[i2] = im0 + im2 - (im1 + im3);
          real[i3] = re0 - re2 - (im1 - im3);
          imaginary[i3] = im0 - im2 + (re1 - re3);
        }
      }
    }
  };
}

/** An odd radix by its definition: every point is turned and folded, then the outputs are summed up. */
function oddStage(options: StageOptions): Stage {
  const { length, lanes, radix, joined } = options;
  const foldedReal = new Float64Array(radix);
  const foldedImaginary = new Float64Array(radix);
  const turnAndFold = oddFold(options, foldedReal, foldedImaginary);
  const join = oddJoin(options, foldedReal, foldedImaginary);
  return (real, imaginary) => {
    for (let start = 0; start < length; start += radix * joined) {
      for (let k = 0; k < joined; k++) {
        const end = (start + k + 1) * lanes;
        for (let first = end - lanes; first < end; first++) {
          turnAndFold(first, k);
          join(real, imaginary, first);
        }
      }
    }
  };
}

/**
 * Multiplies the points by their twiddle factors; leaves the sums of points q and p - q at q and their differences
 * at p - q. The two meet conjugate roots of unity, so that only real multiplications remain to be done.
 */
function oddFold(
  options: StageOptions,
  foldedReal: Float64Array,
  foldedImaginary: Float64Array,
): (first: number, k: number) => void {
  const { lanes, radix, joined, workReal, workImaginary } = options;
  const { cosine, sine } = twiddleFactors(options);
  const step = joined * lanes;
  return (first, k) => {
    foldedReal[0] = workReal[first]!;
    foldedImaginary[0] = workImaginary[first]!;
    for (let q = 1; 2 * q < radix; q++) {
      const near = first + q * step;
      const far = first + (radix - q) * step;
      const c1 = cosine[radix * k + q]!;
      const s1 = sine[radix * k + q]!;
      const c2 = cosine[radix * k + radix - q]!;
      const s2 = sine[radix * k + radix - q]!;
      const re1 = c1 * workReal[near]! - s1 * workImaginary[near]!;
      const im1 = c1 * workImaginary[near]! + s1 * workReal[near]!;
      const re2 = c2 * workReal[far]! - s2 * workImaginary[far]!;
      const im2 = c2 * workImaginary[far]! + s2 * workReal[far]!;
      foldedReal[q] = re1 + re2;
      foldedImaginary[q] = im1 + im2;
      foldedReal[radix - q] = re1 - re2;
      foldedImaginary[radix - q] = im1 - im2;
    }
  };
}

/** Sums the folded points with the roots of unity; outputs r and p - r share their sums. */
function oddJoin(
  options: StageOptions,
  foldedReal: Float64Array,
  foldedImaginary: Float64Array,
): (real: Float64Array, imaginary: Float64Array, first: number) => void {
  const { lanes, radix, joined } = options;
  const step = joined * lanes;
  const rootCosine = roots(radix, Math.cos);
  const rootSine = roots(radix, Math.sin);
  return (real, imaginary, first) => {
    let totalRe = foldedReal[0]!;
    let totalIm = foldedImaginary[0]!;
    for (let r = 1; 2 * r < radix; r++) {
      totalRe += foldedReal[r]!;
      totalIm += foldedImaginary[r]!;
      let sumRe = foldedReal[0]!;
      let sumIm = foldedImaginary[0]!;
      let differenceRe = 0;
      let differenceIm = 0;
      for (let q = 1, root = r; 2 * q < radix; q++) {
        sumRe += rootCosine[root]! * foldedReal[q]!;
        sumIm += rootCosine[root]! * foldedImaginary[q]!;
        differenceRe += rootSine[root]! * foldedReal[radix - q]!;
        differenceIm += rootSine[root]! * foldedImaginary[radix - q]!;
        root = root + r < radix ? root + r : root + r - radix;
      }
      real[first + r * step] = sumRe + differenceIm;
      imaginary[first + r * step] = sumIm - differenceRe;
      real[first + (radix - r) * step] = sumRe - differenceIm;
      imaginary[first + (radix - r) * step] = sumIm + differenceRe;
    }
    real[first] = totalRe;
    imaginary[first] = totalIm;
  };
}

/** A function of the angles 2 pi q / radix. */
function roots(radix: number, ofAngle: (angle: number) => number): Float64Array {
  return Float64Array.from({ length: radix }, (_, q) => ofAngle(2 * Math.PI * q / radix));
}
