import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { nativeBiasedConvolution } from "../../../lib/backends/native_convolution.ts";
import { nativeBackend } from "../../../lib/backends/native_operation.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { largestDifference, normalTensor, take } from "../../helpers/tensors.ts";

const backends = await testBackends();
/** Builds of TensorFlow that are known to hold the operation. */
const isKnownBuild = Deno.build.os === "linux" && Deno.build.arch === "x86_64" &&
  Deno.env.get("TF_ENABLE_ONEDNN_OPTS") !== "0";

for (const backend of backends.filter((name) => name !== "tensorflow")) {
  Deno.test(`nativeBiasedConvolution() is null on other backends (${backend})`, () =>
    withBackend(backend, () => assert.equal(nativeBiasedConvolution(), null)));
}

Deno.test({
  name:
    "nativeBiasedConvolution() is convolution and bias, at any stride and size, and leaks nothing",
  ignore: !backends.includes("tensorflow"),
  fn: () =>
    withBackend("tensorflow", async () => {
      const convolve = nativeBiasedConvolution();
      if (convolve === null) {
        assert.ok(!isKnownBuild || nativeBackend()!.isUsingGpuDevice);
        return;
      }
      const before = tf.memory().numTensors;
      for (const [side, size, stride] of [[8, 3, 1], [7, 3, 2], [8, 1, 2], [5, 5, 3]] as const) {
        const input: tf.Tensor4D = normalTensor([3, side, side + 2, 4], "maps");
        const kernel: tf.Tensor4D = normalTensor([size, size, 4, 6], "kernel");
        const bias: tf.Tensor1D = normalTensor([6], "bias");
        const [ours, reference] = tf.tidy((): tf.Tensor[] => [
          convolve(input, { kernel, bias, stride }),
          tf.add(tf.conv2d(input, kernel, stride, "same"), bias),
        ]);
        assert.deepEqual(ours!.shape, reference!.shape);
        assert.ok(largestDifference(await take(ours!), await take(reference!)) < 1e-5);
        tf.dispose([input, kernel, bias]);
      }
      assert.equal(tf.memory().numTensors, before);
    }),
});
