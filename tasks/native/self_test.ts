/**
 * Run by `install_native.ts` in a process of its own, with `PUPPET_CNN_NATIVE` naming the staged folder: loads
 * the library and compares a convolution and its gradients with sums written out. A library that crashes takes
 * only this process with it.
 */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { tensorflowBackend } from "../../lib/backends/tensorflow.ts";

const SIDE = 5;
const active = await tensorflowBackend.activate();
const pixels = Float32Array.from({ length: SIDE * SIDE }, (_, index) => Math.sin(index));
const taps = Float32Array.from({ length: 9 }, (_, index) => Math.cos(index));

function at(row: number, column: number): number {
  const inside = row >= 0 && row < SIDE && column >= 0 && column < SIDE;
  return inside ? pixels[row * SIDE + column] ?? 0 : 0;
}

const image = tf.tensor4d(pixels, [1, SIDE, SIDE, 1]);
const kernel = tf.tensor4d(taps, [3, 3, 1, 1]);
const convolved = await tf.conv2d(image, kernel, 1, "same").data();
const gradient = await tf.grad((filter: tf.Tensor) =>
  tf.sum(tf.conv2d(image, filter as tf.Tensor4D, 1, "same"))
)(kernel).data();

for (let row = 0; row < SIDE; row++) {
  for (let column = 0; column < SIDE; column++) {
    let expected = 0;
    taps.forEach((tap, index) =>
      expected += tap * at(row + Math.floor(index / 3) - 1, column + (index % 3) - 1)
    );
    assert.ok(Math.abs(expected - (convolved[row * SIDE + column] ?? NaN)) < 1e-5);
  }
}
taps.forEach((_, index) => {
  let expected = 0;
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      expected += at(row + Math.floor(index / 3) - 1, column + (index % 3) - 1);
    }
  }
  assert.ok(Math.abs(expected - (gradient[index] ?? NaN)) < 1e-5);
});
console.log(JSON.stringify(active));
