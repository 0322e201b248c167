import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  batchMoments,
  batchNormOfBatch,
  batchNormWithMoments,
} from "../../../lib/layers/batch_norm.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { checkGradients, largestDifference, normalTensor, take } from "../../helpers/tensors.ts";

const SHAPE = [3, 4, 5, 6];

function inputs(): { input: tf.Tensor4D; scale: tf.Tensor1D; offset: tf.Tensor1D } {
  return tf.tidy(() => ({
    input: tf.add(tf.mul(normalTensor<tf.Tensor4D>(SHAPE, "input"), 3), 2),
    scale: tf.add(normalTensor<tf.Tensor1D>([6], "scale"), 2),
    offset: normalTensor<tf.Tensor1D>([6], "offset"),
  }));
}

for (const backend of await testBackends()) {
  Deno.test(`batchNormOfBatch() gives every channel mean beta and deviation gamma (${backend})`, () =>
    withBackend(backend, async () => {
      const { input, scale, offset } = inputs();
      const output = batchNormOfBatch(input, scale, offset);
      const { mean, variance } = batchMoments(output);
      assert.ok(largestDifference(await take(mean), await offset.data()) < 1e-4);
      const expected = (await scale.data()).map((value) => value ** 2);
      assert.ok(largestDifference(await take(variance), expected) < 1e-3);
      tf.dispose([input, scale, offset, output]);
    }));

  Deno.test(`batchNormOfBatch() has the gradient of finite differences (${backend})`, () =>
    withBackend(backend, async () => {
      const { input, scale, offset } = inputs();
      const weights = normalTensor<tf.Tensor4D>(SHAPE, "weights");
      await checkGradients(
        (x, gamma, beta) =>
          tf.sum(
            tf.mul(
              weights,
              tf.tanh(
                batchNormOfBatch(x as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D),
              ),
            ),
          ),
        [input, scale, offset],
      );
      tf.dispose([input, scale, offset, weights]);
    }));

  Deno.test(`batchNormOfBatch() and its gradient agree with the cpu backend (${backend})`, async () => {
    const compute = (name: typeof backend) =>
      withBackend(name, async () => {
        const { input, scale, offset } = inputs();
        const weights = normalTensor<tf.Tensor4D>(SHAPE, "weights");
        const before = tf.memory().numTensors;
        const { value, grads } = tf.valueAndGrads((...sources: tf.Tensor[]) => {
          const [x, gamma, beta] = sources as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
          return tf.sum(tf.mul(weights, batchNormOfBatch(x, gamma, beta)));
        })([input, scale, offset]);
        const results = [await take(value), ...await Promise.all(grads.map(take))];
        assert.equal(tf.memory().numTensors, before, "no tensor is left");
        tf.dispose([input, scale, offset, weights]);
        return results;
      });
    const [expected, found] = [await compute("cpu"), await compute(backend)];
    expected.forEach((values, index) =>
      assert.ok(largestDifference(values, found[index]!) < 2e-4, `result ${index}`)
    );
  });

  Deno.test(`batchNormOfBatch() takes an activation in, with its gradient (${backend})`, () =>
    withBackend(backend, async () => {
      const { input, scale, offset } = inputs();
      const weights = normalTensor<tf.Tensor4D>(SHAPE, "weights");
      const gradientsOf = (norm: (...parts: tf.Tensor[]) => tf.Tensor) =>
        tf.valueAndGrads((...parts: tf.Tensor[]) => tf.sum(tf.mul(weights, norm(...parts))))([
          ...[input, scale, offset],
        ]);
      const together = gradientsOf((x, gamma, beta) =>
        batchNormOfBatch(x as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D, "relu")
      );
      const apart = gradientsOf((x, gamma, beta) =>
        tf.relu(batchNormOfBatch(x as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D))
      );
      const all = (parts: typeof apart) => [parts.value, ...parts.grads];
      for (const [index, expected] of all(apart).entries()) {
        const found = all(together)[index]!;
        assert.ok(largestDifference(await take(expected), await take(found)) < 1e-5, `${index}`);
      }
      tf.dispose([input, scale, offset, weights]);
    }));

  Deno.test(`batchMoments() are exact where the mean is far above the deviation (${backend})`, () =>
    withBackend(backend, async () => {
      // 3 x 7 positions: not a multiple of the four that are added up at a time.
      const values = Array.from({ length: 42 }, (_, at) => at % 2 ? 4096 + (at >> 1) / 8 : at / 64);
      const { mean, variance } = tf.tidy(() => ({
        ...batchMoments(tf.tensor4d(values, [3, 7, 1, 2])),
      }));
      const own = [0, 1].map((channel) => values.filter((_, at) => at % 2 === channel));
      const means = own.map((channel) => channel.reduce((sum, value) => sum + value) / 21);
      const variances = own.map((channel, index) =>
        channel.reduce((sum, value) => sum + (value - means[index]!) ** 2, 0) / 21
      );
      assert.ok(largestDifference(await take(mean), means) < 1e-3);
      assert.ok(largestDifference(await take(variance), variances) < 1e-4);
    }));

  Deno.test(`batchNormWithMoments() of the batch's own moments is batchNormOfBatch() (${backend})`, () =>
    withBackend(backend, async () => {
      const { input, scale, offset } = inputs();
      const own = batchNormOfBatch(input, scale, offset);
      const moments = batchMoments(input);
      const given = batchNormWithMoments(input, moments, { scale, offset });
      assert.ok(largestDifference(await take(own), await take(given)) < 1e-4);
      tf.dispose([input, scale, offset, moments.mean, moments.variance]);
    }));
}
