import * as tf from "@tensorflow/tfjs-core";
import { createDdfn } from "../../../lib/baselines/ddfn.ts";
import { STRIDED_LAYER, testGeneration, testSize } from "./dynamic_kernels.ts";
import type { NaiveInputs } from "./dynamic_kernels.ts";

testSize("ddfn-sw", 75_206_410);

/** All 36 numbers of the filter of output channel o, before the normalisation. */
function naiveFilter({ means, parameter }: NaiveInputs, b: number, o: number): number[] {
  const hidden = Array.from({ length: 32 }, (_, row) => {
    let sum = parameter("hidden.bias").at(row);
    for (let channel = 0; channel < 4; channel++) {
      sum += means.at(b, channel) * parameter("hidden.weights").at(channel, row);
    }
    return Math.max(sum, 0);
  });
  return Array.from({ length: 36 }, (_, tap) =>
    hidden.reduce(
      (sum, value, row) => sum + value * parameter("kernel.weights").at(row, tap * 6 + o),
      parameter("kernel.bias").at(tap * 6 + o),
    ));
}

await testGeneration("ddfn-sw", createDdfn, {
  naive: (inputs) => (b, i, j, c, o) => {
    const filter = naiveFilter(inputs, b, o);
    const mean = filter.reduce((sum, value) => sum + value, 0) / 36;
    const variance = filter.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 36;
    const deviation = Math.sqrt((variance + 1e-5) * 36 / 2);
    return (filter[(i * 3 + j) * 4 + c]! - mean) / deviation;
  },
  beside: ({ parameters }, input) =>
    tf.conv2d(
      input,
      parameters.get<tf.Rank.R4>(`kernels.${STRIDED_LAYER.name}.pointwise`),
      STRIDED_LAYER.stride,
      "same",
    ),
});
