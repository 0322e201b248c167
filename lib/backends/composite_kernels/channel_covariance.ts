import type { KernelConfig } from "@tensorflow/tfjs-core";
import { COMPOSED_BACKEND, inputNamed } from "./compose_kernel.ts";
import { openOutput } from "./wasm_memory.ts";

/** Sums per channel: of the numbers of two maps, and of their products. */
interface ChannelSums {
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly products: Float64Array;
}

// Four positions at a time: a sum is read and written once for four numbers. Destructuring would take ten times as long.

function sumOfTwo(first: Float32Array, second: Float32Array, channels: number): ChannelSums {
  const sums = new Float64Array(channels);
  const secondSums = new Float64Array(channels);
  const products = new Float64Array(channels);
  const length = first.length;
  let start = 0;
  for (; start + 4 * channels <= length; start += 4 * channels) {
    for (let channel = 0; channel < channels; channel++) {
      const a = start + channel;
      const b = a + channels;
      const c = b + channels;
      const d = c + channels;
      const x0 = first[a]!;
      const x1 = first[b]!;
      const x2 = first[c]!;
      const x3 = first[d]!;
      const y0 = second[a]!;
      const y1 = second[b]!;
      const y2 = second[c]!;
      const y3 = second[d]!;
      sums[channel]! += (x0 + x1) + (x2 + x3);
      secondSums[channel]! += (y0 + y1) + (y2 + y3);
      products[channel]! += (x0 * y0 + x1 * y1) + (x2 * y2 + x3 * y3);
    }
  }
  for (; start < length; start += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const x = first[start + channel]!;
      const y = second[start + channel]!;
      sums[channel]! += x;
      secondSums[channel]! += y;
      products[channel]! += x * y;
    }
  }
  return { first: sums, second: secondSums, products };
}

/** The same for a map and itself. */
function sumOfOne(values: Float32Array, channels: number): ChannelSums {
  const sums = new Float64Array(channels);
  const products = new Float64Array(channels);
  const length = values.length;
  let start = 0;
  for (; start + 4 * channels <= length; start += 4 * channels) {
    for (let channel = 0; channel < channels; channel++) {
      const a = start + channel;
      const b = a + channels;
      const c = b + channels;
      const x0 = values[a]!;
      const x1 = values[b]!;
      const x2 = values[c]!;
      const x3 = values[c + channels]!;
      sums[channel]! += (x0 + x1) + (x2 + x3);
      products[channel]! += (x0 * x0 + x1 * x1) + (x2 * x2 + x3 * x3);
    }
  }
  for (; start < length; start += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const x = values[start + channel]!;
      sums[channel]! += x;
      products[channel]! += x * x;
    }
  }
  return { first: sums, second: sums, products };
}

/**
 * Mean of the first input and covariance of both, per channel over all positions, divided by their number; the
 * covariance of an input with itself is its variance. One pass in JavaScript in place of four of the backend's. Sums
 * are float64, which the products of float32 numbers fit into: nothing is lost where the mean is far above the deviation.
 *
 * Inputs `a` and `b`, `[..., channels]`, float32; outputs two tensors `[channels]`.
 */
export const channelCovariance: KernelConfig = {
  kernelName: "ChannelCovariance",
  backendName: COMPOSED_BACKEND,
  kernelFunc({ inputs, backend }) {
    const [a, b] = [inputNamed(inputs, "a"), inputNamed(inputs, "b")];
    const channels = a.shape.at(-1)!;
    const { tensor: mean } = openOutput(backend, [channels], []);
    const opened = openOutput(backend, [channels], [mean, a, b]);
    const { tensor: covariance, output: covariances } = opened;
    const [means, first, second] = opened.inputs as [Float32Array, Float32Array, Float32Array];
    const sums = a.dataId === b.dataId
      ? sumOfOne(first, channels)
      : sumOfTwo(first, second, channels);
    const positions = first.length / channels;
    for (let channel = 0; channel < channels; channel++) {
      const average = sums.first[channel]! / positions;
      means[channel] = average;
      covariances[channel] = (sums.products[channel]! - average * sums.second[channel]!) /
        positions;
    }
    return [mean, covariance];
  },
};
