import { greyImage } from "../complexity/grey_image.ts";
import { powerSpectrum } from "../complexity/power_spectrum.ts";
import { spatialEntropy } from "../complexity/spatial_entropy.ts";
import { spectralEntropy } from "../complexity/spectral_entropy.ts";
import type { Square } from "./show_model.ts";

/** What the complexity of a picture is made of. */
export interface ImageLook {
  /** Grey levels, 0..255. */
  readonly grey: Square;
  /** Logarithm of the power spectrum, the constant term in the middle. */
  readonly spectrum: Square;
  /** Entropy of the grey levels, bits. */
  readonly spatial: number;
  /** Entropy of the spectrum, bits. */
  readonly spectral: number;
}

/**
 * Takes a square picture apart as its complexity is measured.
 *
 * @param pixels `[side, side, 3]` RGB, 0..255.
 * @param side Height and width.
 * @returns Grey levels and spectrum with their entropies.
 */
export function lookAtImage(pixels: Uint8Array, side: number): ImageLook {
  const size = { height: side, width: side };
  const grey = greyImage({ pixels, ...size }, new Uint8Array(side * side));
  const { compute, halfWidth } = powerSpectrum(size);
  const power = compute(grey);
  const middle = Math.floor(side / 2);
  const spectrum = Float32Array.from({ length: side * side }, (_, at) => {
    const [row, column] = [Math.floor(at / side), at % side];
    const [y, x] = [(row - middle + side) % side, (column - middle + side) % side];
    // Frequencies that are not computed are those of the opposite place.
    const [v, u] = x < halfWidth ? [y, x] : [(side - y) % side, side - x];
    return u === 0 && v === 0 ? 0 : Math.log1p(power[v * halfWidth + u]!);
  });
  return {
    grey: { values: Float32Array.from(grey), side },
    spectrum: { values: spectrum, side },
    spatial: spatialEntropy(grey),
    spectral: spectralEntropy(grey, size),
  };
}
