import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { recomputed } from "../../../lib/tensors/recomputed.ts";
import { valueAndGradients } from "../../../lib/tensors/value_and_gradients.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { largestDifference, normalTensor, take } from "../../helpers/tensors.ts";

/** Identity whose gradient function hands on the very tensor it is given, to both inputs. */
const passOn = (left: tf.Tensor, right: tf.Tensor): tf.Tensor =>
  tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => ({
    value: tf.add(inputs[0] as tf.Tensor, inputs[1] as tf.Tensor),
    gradFunc: (gradient: tf.Tensor) => [gradient, gradient],
  }))(left, right);

/** Twelve layers of a small network, with shortcuts. */
function deepLoss(input: tf.Tensor2D, weights: tf.Tensor2D): tf.Scalar {
  let state: tf.Tensor = input;
  for (let layer = 0; layer < 12; layer++) {
    const previous = state as tf.Tensor2D;
    state = tf.tidy(() => {
      const sum = passOn(previous, tf.relu(tf.matMul(previous, weights)));
      return tf.div(sum, tf.sqrt(tf.mean(tf.square(sum))));
    });
  }
  return tf.sum(state) as tf.Scalar;
}

for (const backend of await testBackends()) {
  Deno.test(`valueAndGradients() has the value and gradients of tf.valueAndGrads (${backend})`, () =>
    withBackend(backend, async () => {
      const sources = [
        normalTensor<tf.Tensor2D>([6, 16], "input"),
        normalTensor<tf.Tensor2D>([16, 16], "weights"),
      ] as const;
      const before = tf.memory().numTensors;
      const expected = tf.valueAndGrads(
        (input, weights) => deepLoss(input as tf.Tensor2D, weights as tf.Tensor2D),
      )([...sources]);
      const found = valueAndGradients(() => deepLoss(...sources), sources);
      assert.ok(largestDifference(await take(found.value), await take(expected.value)) < 1e-4);
      for (const [index, gradient] of expected.grads.entries()) {
        const difference = largestDifference(
          await take(found.gradients[index]!),
          await take(gradient),
        );
        assert.ok(difference < 1e-4, `source ${index}: ${difference}`);
      }
      assert.equal(tf.memory().numTensors, before);
      tf.dispose([...sources]);
    }));
}

/** Largest number of bytes alive while a function runs. */
function peakBytes(work: () => void): number {
  const engine = tf.engine();
  const track = engine.trackTensor;
  let peak = 0;
  engine.trackTensor = function (...args) {
    track.apply(engine, args);
    peak = Math.max(peak, engine.state.numBytes);
  };
  try {
    work();
  } finally {
    engine.trackTensor = track;
  }
  return peak;
}

Deno.test("valueAndGradients() needs less memory than tf.valueAndGrads", () =>
  withBackend("cpu", () => {
    const input = tf.ones<tf.Rank.R2>([64, 16]);
    const weights = tf.mul<tf.Tensor2D>(tf.ones([16, 16]), 0.1);
    const usual = peakBytes(() => {
      const { value, grads } = tf.valueAndGrads((weights) =>
        deepLoss(input, weights as tf.Tensor2D)
      )([weights]);
      tf.dispose([value, ...grads]);
    });
    const lean = peakBytes(() => {
      const { value, gradients } = valueAndGradients(() => deepLoss(input, weights), [weights]);
      tf.dispose([value, gradients[0]!]);
    });
    assert.ok(lean < 0.8 * usual, `${lean} of ${usual} bytes`);
    tf.dispose([input, weights]);
    return Promise.resolve();
  }));

Deno.test("valueAndGradients() gives null for a source that the value does not use", () =>
  withBackend("cpu", () => {
    const used = tf.scalar(2);
    const other = tf.scalar(3);
    const before = tf.memory().numTensors;
    const { value, gradients } = valueAndGradients(() => tf.square(used), [other, used]);
    assert.equal(gradients[0], null);
    assert.notEqual(gradients[1], null);
    tf.dispose([value, gradients[1]!]);
    const none = valueAndGradients(() => tf.square(used), [other]);
    assert.deepEqual(none.gradients, [null]);
    none.value.dispose();
    assert.equal(tf.memory().numTensors, before);
    tf.dispose([used, other]);
    return Promise.resolve();
  }));

Deno.test("valueAndGradients() leaves nothing recorded when the function throws", () =>
  withBackend("cpu", async () => {
    const x = tf.scalar(3);
    const before = tf.memory().numTensors;
    assert.throws(() =>
      valueAndGradients(() => {
        tf.square(x);
        throw new Error("no value");
      }, [x]), /no value/);
    const { value, gradients } = valueAndGradients(() => tf.square(x), [x]);
    assert.deepEqual([...await take(gradients[0]!)], [6]);
    value.dispose();
    assert.equal(tf.memory().numTensors, before);
    x.dispose();
  }));

Deno.test("valueAndGradients() leaves nothing behind when a gradient fails, as for lack of memory", () =>
  withBackend("cpu", async () => {
    const x = tf.tensor1d([1, 2, 3]);
    const before = tf.memory().numTensors;
    const failing = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => ({
      value: tf.mul(inputs[0] as tf.Tensor, 2),
      gradFunc: () => {
        throw new Error("out of memory");
      },
    }));
    const compute = (from: tf.Tensor) => tf.square(failing(tf.square(tf.sin(from))));
    const loss = (value: tf.Tensor) => tf.sum(tf.square(tf.exp(value))) as tf.Scalar;
    for (const way of [compute, (from: tf.Tensor) => recomputed(compute, from, [])]) {
      assert.throws(() => valueAndGradients(() => loss(way(x)), [x]), /out of memory/);
      assert.equal(tf.memory().numTensors, before);
    }
    const { value, gradients } = valueAndGradients(() => tf.sum<tf.Scalar>(tf.square(x)), [x]);
    assert.deepEqual([...await take(gradients[0]!)], [2, 4, 6]);
    tf.dispose([value, x]);
  }));
