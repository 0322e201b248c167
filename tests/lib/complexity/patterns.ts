import type { RgbImage } from "../../../lib/complexity/complexity_measure.ts";

/** Images that a formula makes, so that another program can make and measure the same ones. */
export type PatternName = "ramp" | "squares";

/** Value of channel `c` at column `x` and row `y`; see `patternImage`. */
const formulas: Readonly<Record<PatternName, (x: number, y: number, c: number) => number>> = {
  ramp: (x, y, c) => (x * 7 + y * 13 + c * 29) % 256,
  squares: (x, y, c) => (x * x * 3 + y * y * 5 + x * y * c) % 256,
};

/** Makes the image of a formula. */
export function patternImage(
  name: PatternName,
  size: { readonly height: number; readonly width: number },
): RgbImage {
  const { height, width } = size;
  const pixels = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) pixels[(y * width + x) * 3 + c] = formulas[name](x, y, c);
    }
  }
  return { pixels, height, width };
}

/** Values computed with NumPy 2.4.6 (`numpy.fft.fft2`, `numpy.bincount`), independently of this library. */
export interface ReferenceRow {
  readonly pattern: PatternName;
  readonly height: number;
  readonly width: number;
  /** Sum of all grey levels. */
  readonly grey: number;
  readonly spatial: number;
  readonly spectral: number;
  readonly gradient: number;
  readonly jpeg: number;
}

// deno-fmt-ignore
/** The reference rows; see `ReferenceRow`. */
export const referenceRows: readonly ReferenceRow[] = [
  { pattern: "ramp", height: 32, width: 32, grey: 132778, spatial: 7.528983452602039, spectral: 4.543531715539434, gradient: 10.035225909444886, jpeg: 1.4799780985770803 },
  { pattern: "squares", height: 32, width: 32, grey: 128964, spatial: 7.474998523378346, spectral: 9.37771112196366, gradient: 12.32714146856277, jpeg: 2.5221987254331713 },
  { pattern: "ramp", height: 84, width: 84, grey: 898858, spatial: 7.5469234723888405, spectral: 5.331165091331887, gradient: 10.000100226783855, jpeg: 1.6259290666647572 },
  { pattern: "squares", height: 84, width: 84, grey: 891147, spatial: 7.607668535118299, spectral: 12.161502773497055, gradient: 12.2758013377014, jpeg: 2.750097240731198 },
  { pattern: "ramp", height: 5, width: 7, grey: 2485, spatial: 5.1292830169449655, spectral: 2.943821081221272, gradient: 6.753965946692409, jpeg: 0.6174182992696231 },
  { pattern: "squares", height: 5, width: 7, grey: 2587, spatial: 5.014997302659251, spectral: 3.0497647711179305, gradient: 9.135178542038489, jpeg: 1.6872499372860077 },
  { pattern: "ramp", height: 1, width: 1, grey: 24, spatial: 0, spectral: 0, gradient: 0, jpeg: 0 },
  { pattern: "squares", height: 1, width: 1, grey: 0, spatial: 0, spectral: 0, gradient: 0, jpeg: 0 },
  { pattern: "ramp", height: 1, width: 9, grey: 468, spatial: 3.169925001442312, spectral: 2.475779839451915, gradient: 5.643856189774724, jpeg: 2.0 },
  { pattern: "squares", height: 1, width: 9, grey: 612, spatial: 3.169925001442312, spectral: 2.4203926884875058, gradient: 9.581200581924957, jpeg: 3.9455305560363265 },
  { pattern: "ramp", height: 64, width: 48, grey: 390004, spatial: 7.546384895483178, spectral: 5.208313483606157, gradient: 9.990933424869636, jpeg: 1.4944947857163777 },
  { pattern: "squares", height: 64, width: 48, grey: 388138, spatial: 7.588346961565259, spectral: 10.994522628181459, gradient: 12.257680722437547, jpeg: 2.5298059274215894 },
];
