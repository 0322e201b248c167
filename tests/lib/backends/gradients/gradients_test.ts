import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { ARRANGEMENT_GRADIENTS } from "../../../../lib/backends/gradients/arrangement_gradients.ts";
import { ELEMENTWISE_GRADIENTS } from "../../../../lib/backends/gradients/elementwise_gradients.ts";
import { LAYER_GRADIENTS } from "../../../../lib/backends/gradients/layer_gradients.ts";
import { LEAN_GRADIENTS } from "../../../../lib/backends/gradients/lean_gradients.ts";
import { testBackends, withBackend } from "../../../helpers/backends.ts";

type Inputs = tf.Tensor[];

/** One kernel with inputs of these shapes; values lie in 0.5..2.6, alternating in sign where asked for. */
interface Case {
  readonly shapes: readonly number[][];
  readonly run: (inputs: Inputs) => tf.Tensor;
  readonly signed?: boolean;
}

const of = (run: Case["run"], ...shapes: number[][]): Case => ({ run, shapes });
const signed = (run: Case["run"], ...shapes: number[][]): Case => ({ run, shapes, signed: true });
const maps = (x: tf.Tensor | undefined) => x as tf.Tensor4D;

const CASES: Readonly<Record<string, Case>> = {
  Abs: signed(([x]) => tf.abs(x!), [2, 3]),
  Add: of(([a, b]) => tf.add(a!, b!), [2, 3], [3]),
  AddN: of((list) => tf.addN(list), [2, 3], [2, 3], [2, 3]),
  // Where windows overlap a margin, TensorFlow.js divides by their whole size; the toolkit pools without margins.
  AvgPool: of(([x]) => tf.avgPool(maps(x), 2, 1, "valid"), [2, 3, 4, 2]),
  BatchMatMul: of(
    ([a, b]) =>
      tf.addN([
        tf.matMul(a!, b!),
        tf.matMul(tf.transpose(a!), b!, true),
        tf.matMul(a!, tf.transpose(b!), false, true),
        tf.matMul(tf.transpose(a!), tf.transpose(b!), true, true),
      ]),
    [3, 4],
    [4, 2],
  ),
  Cast: of(([x]) => tf.cast(x!, "float32"), [3]),
  Concat: of((list) => tf.concat(list, 1), [2, 3], [2, 1]),
  Conv2D: signed(
    ([x, k]) => tf.conv2d(maps(x), maps(k), 2, "same"),
    [2, 5, 4, 2],
    [3, 3, 2, 3],
  ),
  DepthwiseConv2dNative: signed(
    ([x, k]) => tf.depthwiseConv2d(maps(x), maps(k), 1, "same"),
    [2, 5, 4, 2],
    [3, 3, 2, 1],
  ),
  Exp: signed(([x]) => tf.exp(x!), [2, 3]),
  ExpandDims: of(([x]) => tf.expandDims(x!, 1), [2, 3]),
  FusedBatchNorm: signed(
    ([x, mean, variance, offset, scale]) =>
      tf.batchNorm(
        maps(x),
        mean as tf.Tensor1D,
        tf.abs(variance as tf.Tensor1D),
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        0.1,
      ),
    [2, 2, 3, 2],
    [2],
    [2],
    [2],
    [2],
  ),
  GatherV2: of(([x]) => tf.gather(x!, tf.tensor1d([1, 0, 1], "int32"), 1), [2, 3, 2]),
  Identity: of(([x]) => tf.clone(x!), [3]),
  Log: of(([x]) => tf.log(x!), [2, 3]),
  MaxPool: signed(([x]) => tf.maxPool(maps(x), 2, 2, "valid"), [2, 4, 5, 2]),
  Maximum: signed(([a, b]) => tf.maximum(a!, b!), [2, 3], [3]),
  Mean: of(([x]) => tf.mean(x!, [0, 2]), [2, 3, 4]),
  Minimum: signed(([a, b]) => tf.minimum(a!, b!), [2, 3], [3]),
  Multiply: of(([a, b]) => tf.mul(a!, b!), [2, 3], [2, 1]),
  Neg: of(([x]) => tf.neg(x!), [3]),
  Pack: of((list) => tf.stack(list, 1), [2, 3], [2, 3]),
  PadV2: of(([x]) => tf.pad(x!, [[1, 2], [0, 1]], 3), [2, 3]),
  RealDiv: of(([a, b]) => tf.div(a!, b!), [2, 3], [3]),
  Relu: signed(([x]) => tf.relu(x!), [2, 3]),
  Relu6: signed(([x]) => tf.relu6(tf.mul(x!, 5)), [2, 3]),
  Reshape: of(([x]) => tf.reshape(x!, [3, 2]), [2, 3]),
  Reverse: of(([x]) => tf.reverse(x!, [0]), [2, 3]),
  Rsqrt: of(([x]) => tf.rsqrt(x!), [2, 3]),
  Sigmoid: signed(([x]) => tf.sigmoid(x!), [2, 3]),
  Sin: signed(([x]) => tf.sin(x!), [2, 3]),
  Slice: of(
    // The beginning may be a number, or say nothing of later axes.
    ([x]) => {
      const parts = [tf.slice(x!, [1, 0], [1, 2]), tf.slice(x!, 1, 1), tf.slice(x!, [1], 1)];
      return tf.concat(parts.map((part) => tf.reshape(part, [part.size])));
    },
    [2, 3],
  ),
  Softmax: signed(([x]) => tf.softmax(x!), [2, 3]),
  SplitV: of(([x]) => tf.mul(...(tf.split(x!, 2, 1) as [tf.Tensor, tf.Tensor])), [2, 4]),
  Sqrt: of(([x]) => tf.sqrt(x!), [2, 3]),
  Square: signed(([x]) => tf.square(x!), [2, 3]),
  Sub: of(([a, b]) => tf.sub(a!, b!), [3], [2, 3]),
  Sum: of(([x]) => tf.sum(x!, [1]), [2, 3, 2]),
  Tanh: signed(([x]) => tf.tanh(x!), [2, 3]),
  Transpose: of(([x]) => tf.transpose(x!, [2, 0, 1]), [2, 3, 4]),
  Unpack: of(([x]) => tf.mul(...(tf.unstack(x!, 1) as [tf.Tensor, tf.Tensor])), [3, 2]),
};

/** Numbers that lie further apart than the differences' steps, so that nothing lies on a kink. */
function valuesOf({ shapes, signed }: Case): Float32Array[] {
  return shapes.map((shape, input) =>
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, index) => {
      const value = 0.5 + ((index * 23 + 5) % 53 + input / 2) / 26;
      return signed && (index + input) % 2 === 0 ? -value : value;
    })
  );
}

/** A weighted sum of the output, so that every number of it has a gradient of its own. */
function weighted(output: tf.Tensor): tf.Tensor {
  const weights = tf.sin(tf.add(tf.range(0, output.size), 1));
  return tf.sum(tf.mul(tf.reshape(output, [output.size]), weights));
}

async function assertGradient(name: string): Promise<void> {
  const example = CASES[name]!;
  const values = valuesOf(example);
  const lossOf = (lists: readonly Float32Array[]) =>
    tf.tidy(() =>
      weighted(example.run(lists.map((list, input) => tf.tensor(list, example.shapes[input]!))))
    );
  const gradients = tf.tidy(() =>
    tf.grads((...inputs: tf.Tensor[]) => weighted(example.run(inputs)))(
      values.map((list, input) => tf.tensor(list, example.shapes[input]!)),
    )
  );
  const step = 1 / 128;
  for (const [input, list] of values.entries()) {
    const gradient = await gradients[input]!.data();
    for (const index of list.keys()) {
      const ends: number[] = [];
      for (const sign of [1, -1]) {
        const moved = values.map((other) => other.slice());
        moved[input]![index]! += sign * step;
        const loss = lossOf(moved);
        ends.push((await loss.data())[0]!);
        loss.dispose();
      }
      const expected = (ends[0]! - ends[1]!) / (2 * step);
      const difference = Math.abs(gradient[index]! - expected);
      assert.ok(
        difference < 5e-3 * Math.max(1, Math.abs(expected)),
        `${name}, input ${input}, number ${index}: ${gradient[index]} is not ${expected}`,
      );
    }
  }
  tf.dispose(gradients);
}

Deno.test("every gradient is registered and compared with differences", () =>
  withBackend("cpu", () => {
    const all = [
      ...ARRANGEMENT_GRADIENTS,
      ...ELEMENTWISE_GRADIENTS,
      ...LAYER_GRADIENTS,
      ...LEAN_GRADIENTS,
    ];
    const names = all.map(({ kernelName }) => kernelName).sort();
    assert.deepEqual(names, Object.keys(CASES).sort());
    for (const { kernelName, gradFunc } of all) {
      assert.equal(tf.getGradient(kernelName)?.gradFunc, gradFunc);
    }
  }));

for (const backend of await testBackends()) {
  Deno.test(`every gradient is the limit of differences, and leaves no tensor (${backend})`, () =>
    withBackend(backend, async () => {
      const live = tf.memory().numTensors;
      for (const name of Object.keys(CASES)) await assertGradient(name);
      assert.equal(tf.memory().numTensors, live);
    }));
}
