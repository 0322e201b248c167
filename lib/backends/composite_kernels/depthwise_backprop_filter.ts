import type { KernelConfig } from "@tensorflow/tfjs-core";
import { asShape4D, composeKernel, inputNamed } from "./compose_kernel.ts";
import {
  addMargins,
  type ConvolutionGeometry,
  convolutionGeometry,
} from "./convolution_geometry.ts";
import { openOutput } from "./wasm_memory.ts";

/** Neighbouring taps of a row whose sums are added up side by side, over as many neighbouring positions at a time. */
const TAPS = 3;

/** A row of the output gradient, and what the first tap in question sees of the input there. */
interface RowStarts {
  /** Number of the input at which it starts. */
  readonly input: number;
  /** Number of the output gradient at which it starts. */
  readonly gradient: number;
}

type Maps = readonly [input: Float32Array, gradient: Float32Array];

/** Adds the products of a row of the output gradient with what one tap sees of the input to the sums of the tap. */
function addRow(
  sums: Float64Array,
  maps: Maps,
  starts: RowStarts,
  { inChannels, outChannels, outWidth, strideWidth }: ConvolutionGeometry,
): void {
  const input = maps[0];
  const gradient = maps[1];
  const multiplier = outChannels / inChannels;
  for (let x = 0; x < outWidth; x++) {
    const from = starts.input + x * strideWidth * inChannels;
    const to = starts.gradient + x * outChannels;
    for (let channel = 0; channel < outChannels; channel++) {
      sums[channel]! += input[from + Math.floor(channel / multiplier)]! * gradient[to + channel]!;
    }
  }
}

/**
 * The same for three neighbouring taps, where windows lie next to each other and every channel has one filter: nine
 * products for eight numbers read. Destructuring and iterators would take ten times as long here.
 *
 * @param sums One array a tap; what a third tap that the filter does not have would see is thrown away.
 */
function addRowOfThree(
  sums: readonly Float64Array[],
  maps: Maps,
  starts: RowStarts,
  { inChannels: channels, outWidth }: ConvolutionGeometry,
): void {
  const input = maps[0];
  const gradient = maps[1];
  const first = sums[0]!;
  const second = sums[1] ?? new Float64Array(channels);
  const third = sums[2] ?? new Float64Array(channels);
  let x = 0;
  for (; x + TAPS <= outWidth; x += TAPS) {
    const from = starts.input + x * channels;
    const to = starts.gradient + x * channels;
    for (let channel = 0; channel < channels; channel++) {
      const i = from + channel;
      const o = to + channel;
      const x0 = input[i]!;
      const x1 = input[i + channels]!;
      const x2 = input[i + 2 * channels]!;
      const x3 = input[i + 3 * channels]!;
      const x4 = input[i + 4 * channels]!;
      const y0 = gradient[o]!;
      const y1 = gradient[o + channels]!;
      const y2 = gradient[o + 2 * channels]!;
      first[channel]! += x0 * y0 + x1 * y1 + x2 * y2;
      second[channel]! += x1 * y0 + x2 * y1 + x3 * y2;
      third[channel]! += x2 * y0 + x3 * y1 + x4 * y2;
    }
  }
  for (; x < outWidth; x++) {
    const from = starts.input + x * channels;
    const to = starts.gradient + x * channels;
    for (let channel = 0; channel < channels; channel++) {
      const i = from + channel;
      const y = gradient[to + channel]!;
      first[channel]! += input[i]! * y;
      second[channel]! += input[i + channels]! * y;
      third[channel]! += input[i + 2 * channels]! * y;
    }
  }
}

/** Sums of the taps of one row of the filter, an array a tap; the input has its margins. */
function sumRowOfTaps(
  maps: Maps,
  geometry: ConvolutionGeometry,
  { tapRow, rows, columns }: {
    readonly tapRow: number;
    readonly rows: number;
    readonly columns: number;
  },
): Float64Array[] {
  const { batchSize, outHeight, outWidth, inChannels, outChannels, filterWidth } = geometry;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth } = geometry;
  const sums = Array.from({ length: geometry.filterWidth }, () => new Float64Array(outChannels));
  const areNeighbours = strideWidth === 1 && dilationWidth === 1 && inChannels === outChannels;
  for (let image = 0; image < batchSize; image++) {
    for (let y = 0; y < outHeight; y++) {
      const row = image * rows + y * strideHeight + tapRow * dilationHeight;
      const gradient = (image * outHeight + y) * outWidth * outChannels;
      for (let tap = 0; tap < filterWidth; tap += areNeighbours ? TAPS : 1) {
        const input = (row * columns + tap * dilationWidth) * inChannels;
        if (areNeighbours) {
          addRowOfThree(sums.slice(tap, tap + TAPS), maps, { input, gradient }, geometry);
        } else {
          addRow(sums[tap]!, maps, { input, gradient }, geometry);
        }
      }
    }
  }
  return sums;
}

/**
 * Gradient of a depthwise convolution with respect to its filter, which the WASM backend lacks:
 * `dW[i, j, c, m] = sum over b, y, x of X[b, y s + i, x s + j, c] dY[b, y, x, c M + m]`. In JavaScript, since its kernels
 * can only do it as a convolution whose filter is as large as the map, which takes ten times as long. Sums are float64.
 */
export const depthwiseBackpropFilter: KernelConfig = composeKernel(
  "DepthwiseConv2dNativeBackpropFilter",
  (runner, inputs, attrs) => {
    const [x, dy] = [inputNamed(inputs, "x"), inputNamed(inputs, "dy")];
    const shape = asShape4D(attrs["filterShape"] as number[]);
    const geometry = convolutionGeometry(asShape4D(x.shape), shape, attrs, true);
    const { filterHeight, filterWidth, outChannels, padInfo } = geometry;
    // A group of taps reads whole; what it reads beyond the filter's last tap has to be there.
    const spare = (TAPS - filterWidth % TAPS) % TAPS;
    const images = addMargins(runner, x, { ...padInfo, right: padInfo.right + spare });
    const [, rows, columns] = asShape4D(images.shape);
    return runner.make((backend) => {
      const { tensor, output, inputs: views } = openOutput(backend, shape, [images, dy]);
      const maps = views as unknown as Maps;
      for (let tapRow = 0; tapRow < filterHeight; tapRow++) {
        const taps = sumRowOfTaps(maps, geometry, { tapRow, rows, columns });
        taps.forEach((sums, tap) => output.set(sums, (tapRow * filterWidth + tap) * outChannels));
      }
      return tensor;
    });
  },
);
