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

/** Complex numbers, their real and imaginary parts apart. */
interface ComplexArray {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** One pass over the data: splits every transform of `points` points into `radix` shorter ones. */
interface Stage {
  readonly radix: number;
  /** Points of the transforms that the stages before have left to do. */
  readonly points: number;
  /** Numbers side by side that share a factor: the lanes, times the radices of the stages before. */
  readonly stride: number;
  /** exp(-2 pi i t / length) at t. */
  readonly roots: ComplexArray;
}

/**
 * Prepares a fast Fourier transform of any length (Stockham's form of Cooley and Tukey 1965, in which every pass puts
 * the numbers in order by itself). The time of a transform grows with length times the sum of its prime factors, so
 * that a length which is a large prime is slow.
 *
 * @param length Number of points, 1 or more.
 * @param lanes Number of sequences that are transformed together, 1 or more.
 * @returns The transform. It owns its working memory: use it from one place at a time.
 * @throws {RangeError} If `length` or `lanes` is not a positive integer.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const real = Float64Array.of(1, 2, 3, 4);
 * const imaginary = new Float64Array(4);
 * fourierTransform(4).transform(real, imaginary);
 * assert.deepEqual([...real], [10, -2, -2, -2]);
 * assert.deepEqual([...imaginary], [0, 2, 0, -2]);
 * ```
 */
export function fourierTransform(length: number, lanes = 1): FourierTransform {
  for (const [name, value] of [["length", length], ["lanes", lanes]] as const) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot prepare Fourier transform: ${name} must be a positive integer, current value is ${value}`,
      );
    }
  }
  const work = complexArray(length * lanes);
  const stages = planStages(length, lanes);

  function transform(real: Float64Array, imaginary: Float64Array): void {
    const own = { real, imaginary };
    let [from, to]: ComplexArray[] = [own, work];
    for (const stage of stages) {
      splitterOf(stage.radix)(stage, from!, to!);
      [from, to] = [to, from];
    }
    if (from === own) return;
    real.set(work.real);
    imaginary.set(work.imaginary);
  }
  return { length, lanes, transform };
}

function complexArray(length: number): ComplexArray {
  return { real: new Float64Array(length), imaginary: new Float64Array(length) };
}

/** Fours first, at most one two, then odd primes upwards. */
function planStages(length: number, lanes: number): Stage[] {
  const angle = (t: number) => 2 * Math.PI * t / length;
  const roots = {
    real: Float64Array.from({ length }, (_, t) => Math.cos(angle(t))),
    imaginary: Float64Array.from({ length }, (_, t) => -Math.sin(angle(t))),
  };
  const stages: Stage[] = [];
  let points = length;
  for (let radix = 4; points > 1; radix = radix === 4 ? 2 : radix === 2 ? 3 : radix + 2) {
    for (; points % radix === 0; points /= radix) {
      stages.push({ radix, points, stride: lanes * length / points, roots });
    }
  }
  return stages;
}

function splitterOf(radix: number): typeof splitByDefinition {
  if (radix === 4) return splitIntoFour;
  return radix === 2 ? splitIntoTwo : splitByDefinition;
}

/** Two points meet the factors 1 and -1 only: they are added, and the sums are multiplied. */
function splitIntoTwo(
  { points, stride, roots }: Stage,
  { real, imaginary }: ComplexArray,
  to: ComplexArray,
): void {
  const step = points / 2 * stride;
  for (let p = 0, source = 0, target = 0; p < points / 2; p++, target += stride) {
    const turn = p * roots.real.length / points;
    const c = roots.real[turn]!;
    const s = roots.imaginary[turn]!;
    for (const end = source + stride; source < end; source++, target++) {
      const other = source + step;
      to.real[target] = real[source]! + real[other]!;
      to.imaginary[target] = imaginary[source]! + imaginary[other]!;
      const re = real[source]! - real[other]!;
      const im = imaginary[source]! - imaginary[other]!;
      put(to, target + stride, re, im, c, s);
    }
  }
}

/** Four points meet the factors 1, -1, i and -i only. */
function splitIntoFour(
  { points, stride, roots }: Stage,
  { real, imaginary }: ComplexArray,
  to: ComplexArray,
): void {
  const quarter = points / 4;
  const step = quarter * stride;
  for (let p = 0, source = 0, target = 0; p < quarter; p++, target += 3 * stride) {
    const turn = p * roots.real.length / points;
    const [c1, c2, c3] = [roots.real[turn]!, roots.real[2 * turn]!, roots.real[3 * turn]!];
    const s1 = roots.imaginary[turn]!;
    const s2 = roots.imaginary[2 * turn]!;
    const s3 = roots.imaginary[3 * turn]!;
    for (const end = source + stride; source < end; source++, target++) {
      const [i1, i2, i3] = [source + step, source + 2 * step, source + 3 * step];
      const evenRe = real[source]! + real[i2]!;
      const evenIm = imaginary[source]! + imaginary[i2]!;
      const evenMinusRe = real[source]! - real[i2]!;
      const evenMinusIm = imaginary[source]! - imaginary[i2]!;
      const oddRe = real[i1]! + real[i3]!;
      const oddIm = imaginary[i1]! + imaginary[i3]!;
      const oddMinusRe = real[i1]! - real[i3]!;
      const oddMinusIm = imaginary[i1]! - imaginary[i3]!;
      put(to, target, evenRe + oddRe, evenIm + oddIm, 1, 0);
      put(to, target + stride, evenMinusRe + oddMinusIm, evenMinusIm - oddMinusRe, c1, s1);
      put(to, target + 2 * stride, evenRe - oddRe, evenIm - oddIm, c2, s2);
      put(to, target + 3 * stride, evenMinusRe - oddMinusIm, evenMinusIm + oddMinusRe, c3, s3);
    }
  }
}

/** Any radix: every output is the sum of its points, each times a root of unity. */
function splitByDefinition(
  { radix, points, stride, roots }: Stage,
  { real, imaginary }: ComplexArray,
  to: ComplexArray,
): void {
  const part = points / radix;
  to.real.fill(0);
  to.imaginary.fill(0);
  for (let p = 0; p < part; p++) {
    for (let j = 0; j < radix; j++) {
      for (let i = 0; i < radix; i++) {
        const turn = (j * (p + i * part) % points) * (roots.real.length / points);
        const c = roots.real[turn]!;
        const s = roots.imaginary[turn]!;
        const end = (p + i * part + 1) * stride;
        let target = (radix * p + j) * stride;
        for (let source = end - stride; source < end; source++, target++) {
          to.real[target]! += real[source]! * c - imaginary[source]! * s;
          to.imaginary[target]! += real[source]! * s + imaginary[source]! * c;
        }
      }
    }
  }
}

/** Writes (re + i im) (c + i s). */
function put(to: ComplexArray, at: number, re: number, im: number, c: number, s: number): void {
  to.real[at] = re * c - im * s;
  to.imaginary[at] = re * s + im * c;
}
