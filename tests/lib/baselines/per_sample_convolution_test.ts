import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  convolvePerSample,
  convolveWithCombined,
} from "../../../lib/baselines/per_sample_convolution.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import {
  checkGradients,
  largestDifference,
  normalTensor,
  normalValues,
  take,
} from "../../helpers/tensors.ts";

/** Sizes of a convolution: `[batch, height, width, in]`, taps, channels of the output, stride. */
interface Sizes {
  readonly input: readonly [number, number, number, number];
  readonly taps: number;
  readonly outputs: number;
  readonly stride: number;
}

/** The definition, number by number; "same" padding puts the odd row and column at the end. */
function naiveLoop(
  { input: [batch, height, width, inputs], taps, outputs, stride }: Sizes,
  values: Float32Array,
  kernels: Float32Array,
): number[] {
  const result: number[] = [];
  const rows = Math.ceil(height / stride);
  const columns = Math.ceil(width / stride);
  const top = Math.floor(Math.max((rows - 1) * stride + taps - height, 0) / 2);
  const left = Math.floor(Math.max((columns - 1) * stride + taps - width, 0) / 2);
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        for (let o = 0; o < outputs; o++) {
          let sum = 0;
          for (let i = 0; i < taps; i++) {
            for (let j = 0; j < taps; j++) {
              const row = y * stride + i - top;
              const column = x * stride + j - left;
              if (row < 0 || row >= height || column < 0 || column >= width) continue;
              for (let c = 0; c < inputs; c++) {
                sum += values[((b * height + row) * width + column) * inputs + c]! *
                  kernels[(((b * taps + i) * taps + j) * inputs + c) * outputs + o]!;
              }
            }
          }
          result.push(sum);
        }
      }
    }
  }
  return result;
}

const CASES: readonly Sizes[] = [
  { input: [3, 5, 6, 2], taps: 3, outputs: 4, stride: 1 },
  { input: [2, 5, 6, 2], taps: 3, outputs: 3, stride: 2 },
  { input: [1, 4, 4, 3], taps: 1, outputs: 2, stride: 2 },
  { input: [2, 1, 1, 3], taps: 3, outputs: 2, stride: 1 },
];

function kernelShape({ input, taps, outputs }: Sizes): number[] {
  return [input[0], taps, taps, input[3], outputs];
}

for (const backend of await testBackends()) {
  Deno.test(`convolvePerSample() gives every image its own kernel (${backend})`, () =>
    withBackend(backend, async () => {
      for (const sizes of CASES) {
        const live = tf.memory().numTensors;
        const input = normalTensor<tf.Tensor4D>([...sizes.input], "input");
        const kernels = normalTensor<tf.Tensor5D>(kernelShape(sizes), "kernels");
        const expected = naiveLoop(
          sizes,
          normalValues(input.size, "input"),
          normalValues(kernels.size, "kernels"),
        );
        const found = tf.tidy(() => convolvePerSample(input, kernels, sizes.stride));
        const [batch, height, width] = sizes.input;
        assert.deepEqual(found.shape, [
          batch,
          Math.ceil(height / sizes.stride),
          Math.ceil(width / sizes.stride),
          sizes.outputs,
        ]);
        assert.ok(largestDifference(await take(found), expected) < 1e-4);
        tf.dispose([input, kernels]);
        assert.equal(tf.memory().numTensors, live, "no tensor is left");
      }
    }));

  Deno.test(`convolvePerSample() has the gradients of its definition (${backend})`, () =>
    withBackend(backend, async () => {
      for (const sizes of CASES) {
        const input = normalTensor([...sizes.input], "input");
        const kernels = normalTensor(kernelShape(sizes), "kernels");
        await checkGradients(
          (maps, weights) =>
            tf.sum(tf.sin(
              convolvePerSample(maps as tf.Tensor4D, weights as tf.Tensor5D, sizes.stride),
            )),
          [input, kernels],
        );
        tf.dispose([input, kernels]);
      }
    }));

  Deno.test(`convolveWithCombined() gives the same values and gradients in any chunks (${backend})`, () =>
    withBackend(backend, async () => {
      const live = tf.memory().numTensors;
      const input = normalTensor<tf.Tensor4D>([5, 4, 4, 2], "input");
      const codes = normalTensor<tf.Tensor2D>([5, 2], "codes");
      const basis = normalTensor<tf.Tensor5D>([2, 3, 3, 2, 3], "basis");
      type Sources = [tf.Tensor4D, tf.Tensor2D, tf.Tensor5D];
      const run = async (convolve: (...sources: Sources) => tf.Tensor4D) => {
        const { value, grads } = tf.valueAndGrads((...sources: tf.Tensor[]) =>
          tf.sum(tf.square(convolve(...sources as Sources)))
        )([input, codes, basis]);
        const parts = await Promise.all([value, ...grads].map(take));
        return parts.flatMap((values) => [...values]);
      };
      const plain = await run((maps, some, all) => {
        const kernels = tf.matMul(some, tf.reshape<tf.Rank.R2>(all, [2, -1]));
        return convolvePerSample(maps, tf.reshape(kernels, [5, 3, 3, 2, 3]), 2);
      });
      for (const images of [1, 2, 5, 9]) {
        const chunked = await run((maps, some, all) =>
          convolveWithCombined(maps, { codes: some, basis: all, stride: 2 }, 54 * images)
        );
        const scale = Math.max(...plain.map(Math.abs));
        assert.ok(largestDifference(chunked, plain) < 1e-5 * scale, `${images} images at a time`);
      }
      tf.dispose([input, codes, basis]);
      assert.equal(tf.memory().numTensors, live, "no tensor is left");
    }));
}

Deno.test("convolvePerSample() refuses another number of kernels than images", () =>
  withBackend("cpu", () => {
    tf.tidy(() => {
      assert.throws(
        () => convolvePerSample(tf.zeros([2, 4, 4, 1]), tf.zeros([3, 3, 3, 1, 1]), 1),
        /one kernel per image, current value is 3 kernels for 2 images/,
      );
    });
  }));
