import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { nativeMaxPoolGradient } from "../../../lib/backends/native_max_pool.ts";
import { nativeBackend } from "../../../lib/backends/native_operation.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { largestDifference, normalTensor, take } from "../../helpers/tensors.ts";

const backends = await testBackends();

for (const backend of backends.filter((name) => name !== "tensorflow")) {
  Deno.test(`nativeMaxPoolGradient() is null on other backends (${backend})`, () =>
    withBackend(backend, () => assert.equal(nativeMaxPoolGradient(), null)));
}

Deno.test({
  name: "nativeMaxPoolGradient() is TensorFlow's own, also among equal numbers, and leaks nothing",
  ignore: !backends.includes("tensorflow"),
  fn: () =>
    withBackend("tensorflow", async () => {
      const gradient = nativeMaxPoolGradient();
      if (gradient === null) {
        assert.ok(nativeBackend()!.isUsingGpuDevice || Deno.build.arch !== "x86_64");
        return;
      }
      const before = tf.memory().numTensors;
      for (const [filterSize, strides, pad] of [[2, 2, "valid"], [3, 2, "same"], [3, 1, "valid"]]) {
        const attributes = { filterSize, strides, pad } as {
          filterSize: number;
          strides: number;
          pad: "valid" | "same";
        };
        // Rounded and cut off: most windows hold equal numbers.
        const input = tf.tidy(() =>
          tf.relu(tf.round(normalTensor([3, 9, 8, 5], "maps")))
        ) as tf.Tensor4D;
        const output = tf.maxPool(input, attributes.filterSize, attributes.strides, attributes.pad);
        const outputGradient = normalTensor(output.shape, "gradient");
        const ours = gradient(outputGradient, { input, output }, attributes);
        const reference = tf.engine().runKernel(
          "MaxPoolGrad",
          { dy: outputGradient, input, output },
          attributes,
        ) as tf.Tensor;
        // Where windows overlap, gradients of a pixel are added in another order.
        const most = strides === filterSize ? 0 : 1e-6;
        assert.ok(largestDifference(await take(ours), await take(reference)) <= most);
        tf.dispose([input, output, outputGradient]);
      }
      assert.equal(tf.memory().numTensors, before);
    }),
});
