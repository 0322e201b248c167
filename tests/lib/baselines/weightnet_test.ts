import assert from "node:assert/strict";
import { convolution } from "../../../lib/architectures/layer.ts";
import { createWeightNet } from "../../../lib/baselines/weightnet.ts";
import { withBackend } from "../../helpers/backends.ts";
import { testGeneration, testSize, TINY_OPTIONS } from "./dynamic_kernels.ts";

testSize("weightnet", 11_468_154);

await testGeneration("weightnet", createWeightNet, {
  naive: ({ means, parameter }) => (b, i, j, c, o) => {
    // Activation 2 o belongs to the first half of the input channels, 2 o + 1 to the second.
    const place = 2 * o + (c < 2 ? 0 : 1);
    let sum = parameter("expand.bias").at(place);
    for (let row = 0; row < 16; row++) {
      let reduced = parameter("reduce.bias").at(row);
      for (let channel = 0; channel < 4; channel++) {
        reduced += means.at(b, channel) * parameter("reduce.weights").at(channel, row);
      }
      sum += reduced * parameter("expand.weights").at(row, place);
    }
    return parameter("kernel").at(i, j, c, o) / (1 + Math.exp(-sum));
  },
});

Deno.test("weightnet refuses a layer whose input channels have no halves", () =>
  withBackend("cpu", () => {
    const shape = { kernelSize: 3, inputChannels: 3, outputChannels: 4 };
    assert.throws(
      () => createWeightNet({ ...TINY_OPTIONS, layers: [convolution("block.conv1", shape)] }),
      /input channels of layer "block.conv1" must be even, current value is 3/,
    );
  }));
