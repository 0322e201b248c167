import { encode } from "fast-png";

/** What is drawn, and how. */
export interface DrawKernelsOptions {
  /** Side of a kernel in taps. */
  readonly kernelSize: number;
  /** Channels of the input; three are drawn as red, green and blue, others as their mean in grey. */
  readonly inputChannels: number;
  /** Kernels, one per output channel. */
  readonly outputChannels: number;
  /** Number from which on taps are drawn brightest; its negative is drawn darkest, zero is mid-grey. */
  readonly largest: number;
  /** At most this many kernels are drawn, the first ones. */
  readonly shown: number;
}

/** Bytes as `data:image/png;base64,...`. */
function dataUrl(bytes: Uint8Array): string {
  return `data:image/png;base64,${bytes.toBase64()}`;
}

/** Colour of a tap: one number per channel of the picture, 0..255. */
function colorOf(
  kernels: Float32Array,
  tap: { readonly index: number; readonly kernel: number },
  options: DrawKernelsOptions,
): number[] {
  const { inputChannels, outputChannels, largest } = options;
  const values = Array.from(
    { length: inputChannels },
    (_, channel) => kernels[(tap.index * inputChannels + channel) * outputChannels + tap.kernel]!,
  );
  const mean = values.reduce((sum, value) => sum + value, 0) / inputChannels;
  const shown = inputChannels === 3 ? values : [mean, mean, mean];
  const share = (value: number) => largest > 0 ? Math.max(-1, Math.min(1, value / largest)) : 0;
  return shown.map((value) => Math.round(127.5 + 127.5 * share(value)));
}

/**
 * Draws kernels as small squares in a square, a transparent pixel apart: one pixel per tap.
 *
 * @param kernels `[kernelSize, kernelSize, in, out]`, row-major.
 * @param options Sizes and scale.
 * @returns A PNG as `data:` URL; the same kernels give the same bytes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const size = { kernelSize: 1, inputChannels: 3, outputChannels: 1, largest: 1, shown: 64 };
 * assert.match(drawKernels(Float32Array.of(1, 0, -1), size), /^data:image\/png;base64,/);
 * ```
 */
export function drawKernels(kernels: Float32Array, options: DrawKernelsOptions): string {
  const { kernelSize, outputChannels, shown } = options;
  const count = Math.min(outputChannels, shown);
  const columns = Math.ceil(Math.sqrt(count));
  const rows = Math.ceil(count / columns);
  const pitch = kernelSize + 1;
  const [width, height] = [columns * pitch - 1, rows * pitch - 1];
  const data = new Uint8Array(width * height * 4);
  for (let kernel = 0; kernel < count; kernel++) {
    const [left, top] = [(kernel % columns) * pitch, Math.floor(kernel / columns) * pitch];
    for (let index = 0; index < kernelSize * kernelSize; index++) {
      const [x, y] = [left + index % kernelSize, top + Math.floor(index / kernelSize)];
      data.set([...colorOf(kernels, { index, kernel }, options), 255], (y * width + x) * 4);
    }
  }
  return dataUrl(encode({ width, height, data, channels: 4, depth: 8 }));
}
