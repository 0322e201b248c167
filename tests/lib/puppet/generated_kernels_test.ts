import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { convolution } from "../../../lib/architectures/layer.ts";
import { LayerWeights } from "../../../lib/classifiers/layer_weights.ts";
import { GeneratedKernels } from "../../../lib/puppet/generated_kernels.ts";
import { ParameterSet } from "../../../lib/tensors/parameter_set.ts";
import { withBackend } from "../../helpers/backends.ts";
import { take } from "../../helpers/tensors.ts";

const LEVEL = { index: 0, complexity: 12.5, depth: 1, scale: 1 };

for (const initialStateSize of [1, 0.125]) {
  Deno.test(`GeneratedKernels brings kernels without a norm to the size of stored ones, from E of size ${initialStateSize}`, () =>
    withBackend("cpu", async () => {
      const parameters = new ParameterSet();
      const options = { solver: "euler", initialState: "seeded", trajectorySteps: null } as const;
      const sizes = { channels: 64, taps: 9, seed: 1, initialStateSize };
      const source = new GeneratedKernels(parameters, { ...sizes, ...options });
      const shapes = [
        { kernelSize: 3, inputChannels: 16, outputChannels: 16 },
        // Wider than the state, whose nine taps are averaged all the same.
        { kernelSize: 1, inputChannels: 64, outputChannels: 256 },
      ];
      const sizeOf = (values: Float32Array) =>
        Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
      const cases = shapes.flatMap((shape) =>
        (["none", "relu"] as const).map((activation) => [activation, shape] as const)
      );
      for (const mirror of ["none", "group"] as const) {
        for (const [activation, shape] of cases) {
          const layer = convolution("conv", shape, { norm: false, mirror, activation });
          const generated = sizeOf(await take(tf.tidy(() => source.kernels([layer], LEVEL)[0]!)));
          const storedParameters = new ParameterSet();
          const weights = new LayerWeights(storedParameters, 1);
          weights.addKernel(layer);
          const stored = sizeOf(await take(tf.tidy(() => tf.clone(weights.kernel(layer)))));
          storedParameters.dispose();
          // The state after one step has the variance of both E and what f_theta added.
          const ratio = generated / (stored * Math.hypot(initialStateSize, 1));
          assert.ok(
            Math.abs(ratio - 1) < 0.15,
            `${mirror}, ${activation}, ${shape.outputChannels}: ${ratio}`,
          );
        }
      }
      source.dispose();
      parameters.dispose();
    }));
}

Deno.test("GeneratedKernels brings every kernel of a trajectory to the size of stored ones, from a small E", () =>
  withBackend("cpu", async () => {
    const parameters = new ParameterSet();
    const options = { solver: "euler", initialState: "seeded", trajectorySteps: null } as const;
    const sizes = { channels: 64, taps: 9, seed: 1, initialStateSize: 0.125 };
    const source = new GeneratedKernels(parameters, { ...sizes, ...options });
    const shape = { kernelSize: 3, inputChannels: 64, outputChannels: 64 };
    const layers = [1, 2, 3, 4].map((at) => convolution(`conv${at}`, shape, { norm: false }));
    const kernels = tf.tidy(() => source.kernels(layers, LEVEL));
    for (const [at, kernel] of kernels.entries()) {
      const [size] = await take(tf.tidy(() => tf.sqrt(tf.mean(tf.square(kernel)))));
      const ratio = size! / Math.sqrt(2 / (9 * 64));
      assert.ok(Math.abs(ratio - 1) < 0.2, `${at}: ${ratio}`);
    }
    tf.dispose(kernels);
    source.dispose();
    parameters.dispose();
  }));
