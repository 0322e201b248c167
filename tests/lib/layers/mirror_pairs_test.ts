import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { completeKernel, normalizePairs, pairUp } from "../../../lib/layers/mirror_pairs.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { largestDifference, normalTensor, take } from "../../helpers/tensors.ts";

/** What mirroring an image does to maps whose channels are mirror pairs. */
function mirrorMaps(maps: tf.Tensor4D): tf.Tensor4D {
  const [first, second] = tf.split(tf.reverse(maps, 2), 2, 3);
  return tf.concat([second!, first!], 3) as tf.Tensor4D;
}

for (const backend of await testBackends()) {
  Deno.test(`completeKernel() makes convolutions that commute with mirroring (${backend})`, () =>
    withBackend(backend, async () => {
      const images = normalTensor<tf.Tensor4D>([2, 6, 6, 3], "images");
      const half = normalTensor<tf.Tensor4D>([3, 3, 3, 4], "lifting");
      const next = normalTensor<tf.Tensor4D>([3, 3, 8, 5], "group");
      const run = (input: tf.Tensor4D) =>
        tf.conv2d(
          tf.conv2d(input, completeKernel(half, "lifting"), 1, "same"),
          completeKernel(next, "group"),
          1,
          "same",
        );
      const ofMirrored = await take(tf.tidy(() => run(tf.reverse(images, 2))));
      const mirrored = await take(tf.tidy(() => mirrorMaps(run(images))));
      const plain = await take(tf.tidy(() => run(images)));
      assert.ok(largestDifference(ofMirrored, mirrored) < 1e-3);
      assert.ok(largestDifference(ofMirrored, plain) > 1, "the maps themselves are others");
      tf.dispose([images, half, next]);
    }));
}

Deno.test("completeKernel() keeps the given half, and leaves kernels without pairs alone", () =>
  withBackend("cpu", async () => {
    const half = normalTensor<tf.Tensor4D>([3, 3, 4, 2], "half");
    assert.equal(completeKernel(half, "none"), half);
    const whole = tf.tidy(() => completeKernel(half, "group"));
    assert.deepEqual(whole.shape, [3, 3, 4, 4]);
    const first = tf.slice(whole, [0, 0, 0, 0], [3, 3, 4, 2]);
    assert.deepEqual(await first.data(), await half.data());
    // Row 1, left tap, input 0 of the partner is the right tap of input 2.
    const values = await whole.array();
    assert.equal(values[1]![0]![0]![2], values[1]![2]![2]![0]);
    tf.dispose([half, whole, first]);
  }));

Deno.test("normalizePairs() shows one channel a pair, twice as wide", () =>
  withBackend("cpu", async () => {
    const maps: tf.Tensor4D = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 2, 4]);
    const sums: number[] = [];
    const same = normalizePairs("group", maps, (pairs) => {
      assert.deepEqual(pairs.shape, [1, 1, 4, 2]);
      sums.push(...tf.sum(pairs, [0, 1, 2]).dataSync());
      return pairs;
    });
    // Channels 0 and 2, channels 1 and 3.
    assert.deepEqual(sums, [1 + 3 + 5 + 7, 2 + 4 + 6 + 8]);
    assert.deepEqual(await same.data(), await maps.data());
    assert.deepEqual([...await pairUp(tf.tensor1d([1, 2])).data()], [1, 2, 1, 2]);
  }));
