import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { runKernel } from "../../../lib/backends/gradients/gradient.ts";
import { columnsToAdd, onednnGradients } from "../../../lib/backends/native_avx2.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { largestDifference, normalTensor, take } from "../../helpers/tensors.ts";

const hasTensorflow = (await testBackends()).includes("tensorflow");

Deno.test("columnsToAdd() brings a product over oneDNN's threshold where few columns do", () => {
  assert.equal(columnsToAdd(512, 512, 4608), 32);
  assert.ok(1 / 512 + 1 / 544 < 0.0038);
  // Packed already, too small, and products that no or only many columns bring over it.
  assert.equal(columnsToAdd(4608, 512, 512), 0);
  assert.equal(columnsToAdd(512, 512, 16), 0);
  assert.equal(columnsToAdd(256, 512, 4608), 0);
  assert.equal(columnsToAdd(512, 128, 65_536), 0);
});

Deno.test({
  name:
    "onednnGradients() gives the product and the filter's gradient that the usual operations give",
  ignore: !hasTensorflow,
  fn: () =>
    withBackend("tensorflow", async () => {
      const { turnedProduct, filterGradient } = onednnGradients()!;
      const live = tf.memory().numTensors;
      for (const shape of [[300, 512], [1, 300, 512]]) {
        const [a, b] = [normalTensor(shape, "a"), normalTensor(shape, "b")];
        const [found, usual] = [turnedProduct(a, b)!, tf.matMul(a, b, true, false)];
        assert.deepEqual(found.shape, usual.shape);
        assert.ok(largestDifference(await take(found), await take(usual)) < 1e-3);
        tf.dispose([a, b]);
      }
      for (const [images, height, width] of [[16, 8, 8], [33, 2, 5], [16, 1, 1]] as const) {
        const x = normalTensor([images, height, width, 12], "x");
        const dy = normalTensor([images, height, width, 20], "dy");
        const options = {
          ...{ filterShape: [3, 3, 12, 20], strides: 1, pad: "same", dataFormat: "NHWC" },
        };
        const found = filterGradient(x, dy, options)!;
        const usual = runKernel("Conv2DBackpropFilter", { x, dy }, options);
        assert.deepEqual(found.shape, [3, 3, 12, 20]);
        assert.ok(largestDifference(await take(found), await take(usual)) < 1e-3);
        tf.dispose([x, dy]);
      }
      assert.equal(tf.memory().numTensors, live);
    }),
});

Deno.test({
  name:
    "onednnGradients() leaves large maps, few images, strides, other paddings and filters alone",
  ignore: !hasTensorflow,
  fn: () =>
    withBackend("tensorflow", () => {
      const { turnedProduct, filterGradient } = onednnGradients()!;
      const slide = {
        ...{ filterShape: [3, 3, 2, 2], strides: 1, pad: "same", dataFormat: "NHWC" },
      };
      const maps = (images: number, side: number) => tf.ones([images, side, side, 2]);
      for (
        const [images, side, changes] of [
          [16, 9, {}],
          [15, 8, {}],
          [16, 8, { strides: [2, 2] }],
          [16, 8, { pad: 1 }],
          [16, 8, { pad: "valid" }],
          [16, 8, { filterShape: [5, 5, 2, 2] }],
          [16, 8, { filterShape: [1, 1, 2, 2] }],
        ] as const
      ) {
        const x = maps(images, side);
        assert.equal(filterGradient(x, x, { ...slide, ...changes }), null);
        x.dispose();
      }
      const batch = tf.ones([2, 300, 512]);
      assert.equal(turnedProduct(batch, batch), null);
      batch.dispose();
    }),
});
