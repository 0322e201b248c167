import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";

function random(shape: number[], seed: number): tf.Tensor {
  return tf.randomNormal(shape, 0, 1, "float32", seed);
}

/** Layers of the puppet and of the baselines, as a function of their weights. */
function convolutionLoss(image: tf.Tensor, kernel: tf.Tensor, pointwise: tf.Tensor): tf.Tensor {
  const convolved = tf.conv2d(image as tf.Tensor4D, kernel as tf.Tensor4D, 1, "same");
  const { mean, variance } = tf.moments(convolved, [0, 1, 2]);
  const normed = tf.batchNorm(
    convolved as tf.Tensor4D,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    tf.zeros([4]),
    tf.ones([4]),
    1e-5,
  );
  const pooled = tf.maxPool(tf.relu(normed) as tf.Tensor4D, 2, 2, "valid");
  const averaged = tf.mean(pooled, [1, 2]);
  const logits = tf.add(tf.matMul(averaged, pointwise), 1);
  const labels = tf.oneHot(tf.tensor1d([0, 1], "int32"), 3);
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), labels), -1)));
}

/** The dynamics of the parameter state and what resizes it to kernels. */
function dynamicsLoss(state: tf.Tensor, depthwise: tf.Tensor, pointwise: tf.Tensor): tf.Tensor {
  const filtered = tf.depthwiseConv2d(state as tf.Tensor4D, depthwise as tf.Tensor4D, 1, "same");
  const rows = tf.matMul(tf.reshape(tf.relu(filtered), [-1, 4]), pointwise);
  const next = tf.add(
    state,
    tf.mul(tf.reshape<tf.Rank>(rows, state.shape), 0.1),
  );
  const halves = tf.split(next, 2, 1);
  const joined = tf.concat([tf.addN(halves), tf.transpose(halves[0]!, [0, 1, 2, 3])], 1);
  const pooled = tf.avgPool(joined as tf.Tensor4D, 2, 2, "valid");
  return tf.sum(tf.square(tf.stack([tf.slice(pooled, [0, 0, 0, 0], [1, 1, 1, 1])])));
}

/** Gates, dynamic filters and clipped activations of the baselines. */
function baselineLoss(image: tf.Tensor, kernel: tf.Tensor, rows: tf.Tensor): tf.Tensor {
  const strided = tf.conv2d(image as tf.Tensor4D, kernel as tf.Tensor4D, 2, "same");
  const gate = tf.sigmoid(tf.mean(strided, [1, 2], true));
  const chosen = tf.gather(rows, tf.tensor1d([1, 0, 1], "int32"));
  const weights = tf.softmax(chosen);
  const clipped = tf.relu6(tf.mul(strided, gate));
  const padded = tf.pad(clipped, [[0, 0], [1, 1], [1, 1], [0, 0]]);
  return tf.add(tf.sum(padded), tf.sum(tf.exp(tf.minimum(weights, tf.maximum(weights, 0.5)))));
}

/** One step of Adam and the measures of an evaluation. */
function updateAndMeasure(weight: tf.Tensor, gradient: tf.Tensor): tf.Tensor[] {
  const norm = tf.sqrt(tf.sum(tf.square(gradient)));
  const clipped = tf.div(gradient, tf.maximum(norm, 1));
  const moment = tf.add(tf.mul(tf.zerosLike(weight), 0.9), tf.mul(clipped, 0.1));
  const updated = tf.sub(weight, tf.div(moment, tf.add(tf.sqrt(tf.square(clipped)), 1e-8)));
  const best = tf.argMax(updated, -1);
  const right = tf.cast(tf.equal(best, tf.zerosLike(best)), "float32");
  const finite = tf.all(tf.isFinite(updated));
  const { values, indices } = tf.topk(updated, 2);
  return [
    updated,
    right,
    finite,
    values,
    indices,
    tf.rsqrt(tf.abs(updated)),
    tf.reverse(updated, 0),
  ];
}

/**
 * Runs what the toolkit's models, their gradients and their optimizer run, on tiny tensors.
 *
 * @returns every result, gradients included, in a fixed order.
 */
export function runTrainingOperations(): tf.Tensor[] {
  const image = random([2, 8, 8, 3], 1);
  const kernel = random([3, 3, 3, 4], 2);
  const first = tf.valueAndGrads(convolutionLoss as Differentiable)(
    [image, kernel, random([4, 3], 3)],
  );
  const second = tf.valueAndGrads(dynamicsLoss as Differentiable)(
    [random([1, 4, 9, 4], 4), random([3, 3, 4, 1], 5), random([4, 4], 6)],
  );
  const third = tf.valueAndGrads(baselineLoss as Differentiable)(
    [image, kernel, random([2, 5], 7)],
  );
  const fused = tf.fused.conv2d({
    x: image as tf.Tensor4D,
    filter: kernel as tf.Tensor4D,
    strides: 1,
    pad: "same",
    bias: tf.ones([4]),
    activation: "relu",
  });
  return [
    ...[first, second, third].flatMap(({ value, grads }) => [value, ...grads]),
    fused,
    ...updateAndMeasure(random([4, 5], 8), random([4, 5], 9)),
  ];
}

type Differentiable = (...inputs: tf.Tensor[]) => tf.Tensor;

/**
 * Runs the training operations on the current backend.
 *
 * @returns the results, read; no tensor is left.
 */
export async function readTrainingOperations(): Promise<Float32Array[]> {
  const results = tf.tidy(runTrainingOperations);
  const values = await Promise.all(results.map((tensor) => tensor.data()));
  tf.dispose(results);
  return values.map((list) => Float32Array.from(list));
}

/** Compares results of two backends: equal up to rounding, relative to each result's largest number. */
export function assertClose(
  actual: readonly Float32Array[],
  expected: readonly Float32Array[],
): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((list, result) => {
    assert.equal(list.length, expected[result]!.length);
    const scale = Math.max(1e-3, ...expected[result]!.map(Math.abs));
    list.forEach((value, index) => {
      const difference = Math.abs(value - expected[result]![index]!);
      assert.ok(difference < 1e-5 * scale, `result ${result}, element ${index}: ${difference}`);
    });
  });
}
