import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { adaptivePoolingMatrix, resizeKernel } from "../../../lib/puppet/kernel_resizing.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { checkGradients, largestDifference, normalTensor, take } from "../../helpers/tensors.ts";

const SHAPES = [
  { kernelSize: 3, inputChannels: 3, outputChannels: 4 },
  { kernelSize: 3, inputChannels: 8, outputChannels: 5 },
  { kernelSize: 1, inputChannels: 4, outputChannels: 8 },
  { kernelSize: 3, inputChannels: 16, outputChannels: 16 },
];

/** The definition, term by term: means over bins floor(i L / n) .. ceil((i + 1) L / n). */
function naive(
  state: Float32Array,
  channels: number,
  taps: number,
  shape: typeof SHAPES[0],
): number[] {
  const bin = (index: number, length: number, bins: number): [number, number] => [
    Math.floor((index * length) / bins),
    Math.ceil(((index + 1) * length) / bins),
  ];
  const result: number[] = [];
  const { kernelSize, inputChannels, outputChannels } = shape;
  for (let tap = 0; tap < kernelSize ** 2; tap++) {
    for (let input = 0; input < inputChannels; input++) {
      for (let output = 0; output < outputChannels; output++) {
        const [i0, i1] = bin(input, channels, inputChannels);
        const [o0, o1] = bin(output, channels, outputChannels);
        const [t0, t1] = bin(tap, taps, kernelSize ** 2);
        let sum = 0;
        for (let i = i0; i < i1; i++) {
          for (let t = t0; t < t1; t++) {
            for (let o = o0; o < o1; o++) sum += state[(i * taps + t) * channels + o]!;
          }
        }
        result.push(sum / ((i1 - i0) * (t1 - t0) * (o1 - o0)));
      }
    }
  }
  return result;
}

Deno.test("adaptivePoolingMatrix() has rows that sum to 1 and cover every place", () => {
  for (const [length, bins] of [[8, 8], [8, 3], [9, 4], [512, 3], [5, 1], [2, 6]] as const) {
    const matrix = adaptivePoolingMatrix(length, bins);
    for (let bin = 0; bin < bins; bin++) {
      const row = matrix.subarray(bin * length, (bin + 1) * length);
      assert.ok(Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) < 1e-6);
    }
    for (let place = 0; place < length; place++) {
      assert.ok(Array.from({ length: bins }).some((_, bin) => matrix[bin * length + place]! > 0));
    }
  }
});

for (const backend of await testBackends()) {
  Deno.test(`resizeKernel() is the average over the bins, written out (${backend})`, () =>
    withBackend(backend, async () => {
      const state = normalTensor<tf.Tensor4D>([1, 16, 9, 16], "state");
      const values = Float32Array.from(await state.data());
      for (const shape of SHAPES) {
        const kernel = tf.tidy(() => resizeKernel(state, shape));
        const { kernelSize, inputChannels, outputChannels } = shape;
        assert.deepEqual(kernel.shape, [kernelSize, kernelSize, inputChannels, outputChannels]);
        assert.ok(largestDifference(await take(kernel), naive(values, 16, 9, shape)) < 1e-5);
      }
      state.dispose();
    }));

  Deno.test(`resizeKernel() at equal size only reorders (${backend})`, () =>
    withBackend(backend, async () => {
      const state = normalTensor<tf.Tensor4D>([1, 8, 9, 8], "state");
      const shape = { kernelSize: 3, inputChannels: 8, outputChannels: 8 };
      const kernel = tf.tidy(() => resizeKernel(state, shape));
      const back = tf.tidy(() => tf.transpose(tf.reshape(kernel, [9, 8, 8]), [1, 0, 2]));
      assert.deepEqual(await take(back), Float32Array.from(await state.data()));
      tf.dispose([state, kernel]);
    }));

  Deno.test(`resizeKernel() keeps a constant and is linear (${backend})`, () =>
    withBackend(backend, async () => {
      const shape = SHAPES[0]!;
      const [first, second] = ["a", "b"].map((name) =>
        normalTensor<tf.Tensor4D>([1, 16, 9, 16], name)
      ) as [tf.Tensor4D, tf.Tensor4D];
      const constant = await take(
        tf.tidy(() => resizeKernel(tf.fill([1, 16, 9, 16], 2.5), shape)),
      );
      assert.ok(constant.every((value) => Math.abs(value - 2.5) < 1e-6));
      const mixed = tf.tidy(() =>
        resizeKernel(tf.add(tf.mul(first, 2), tf.mul(second, -3)), shape)
      );
      const apart = tf.tidy(() =>
        tf.add(tf.mul(resizeKernel(first, shape), 2), tf.mul(resizeKernel(second, shape), -3))
      );
      assert.ok(largestDifference(await take(mixed), await take(apart)) < 1e-5);
      tf.dispose([first, second]);
    }));

  Deno.test(`resizeKernel() has the gradient of finite differences (${backend})`, () =>
    withBackend(backend, async () => {
      const state = normalTensor<tf.Tensor4D>([1, 16, 9, 16], "state");
      for (const shape of SHAPES) {
        await checkGradients(
          (source) => tf.sum(tf.square(resizeKernel(source as tf.Tensor4D, shape))),
          [state],
          // A quadratic has no error of third order: a long step costs nothing and drowns rounding.
          { step: 1 },
        );
      }
      state.dispose();
    }));
}
