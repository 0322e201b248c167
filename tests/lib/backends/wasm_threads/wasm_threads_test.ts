import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { selectBackend } from "../../../../lib/backends/select_backend.ts";
import { wasmThreads } from "../../../../lib/backends/wasm.ts";
import { createClassifier } from "../../../../lib/models/create_classifier.ts";
import { Optimizer } from "../../../../lib/training/optimizer.ts";
import { trainingStep } from "../../../../lib/training/training_step.ts";
import { TINY_MODEL } from "../../../helpers/tiny_training.ts";

type Input4D = tf.Tensor4D;

function random(shape: readonly number[], seed: number): Input4D {
  return tf.randomNormal<tf.Rank>([...shape], 0, 1, "float32", seed) as Input4D;
}

function gradients(stride: number): tf.Tensor {
  const loss = (x: tf.Tensor, kernel: tf.Tensor) =>
    tf.sum(tf.square(tf.conv2d(x as Input4D, kernel as Input4D, stride, "same")));
  const found = tf.grads(loss as (...inputs: tf.Tensor[]) => tf.Tensor)([
    random([5, 9, 8, 6], 1),
    random([3, 3, 6, 7], 2),
  ]);
  return tf.concat(found.map((gradient) => tf.reshape(gradient, [gradient.size])));
}

function convolve(input: number[], filter: number[], stride: number, pad: "same" | "valid") {
  return () => tf.conv2d(random(input, 1), random(filter, 2), stride, pad);
}

const fused = () =>
  tf.fused.conv2d({
    ...{ x: random([7, 8, 8, 5], 1), filter: random([3, 3, 5, 9], 2) },
    ...{ strides: 1, pad: "same", bias: tf.ones([9]), activation: "relu" },
  });

/** Sizes that the vectors of the processor do not divide, and more or fewer rows than parts. */
const OPERATIONS: Readonly<Record<string, () => tf.Tensor>> = {
  "a convolution": convolve([13, 9, 8, 5], [3, 3, 5, 11], 1, "same"),
  "a convolution with a stride": convolve([6, 9, 8, 5], [3, 3, 5, 11], 2, "same"),
  "a pointwise convolution": convolve([9, 4, 4, 17], [1, 1, 17, 11], 1, "same"),
  "a convolution of 1 x 1 maps": convolve([9, 1, 1, 17], [3, 3, 17, 11], 1, "same"),
  "a convolution of one image": convolve([1, 33, 12, 5], [5, 3, 5, 11], 2, "same"),
  "a convolution of one image without margins": convolve([1, 33, 12, 5], [5, 3, 5, 8], 1, "valid"),
  "a convolution with bias and activation": fused,
  "a product": () => tf.matMul(random([37, 29], 1), random([29, 19], 2)),
  "a product of turned matrices": () =>
    tf.matMul(random([29, 37], 1), random([19, 29], 2), true, true),
  "a product with a vector": () => tf.matMul(random([37, 29], 1), random([29, 1], 2)),
  "both gradients of a convolution": () => gradients(1),
  "both gradients of a convolution with a stride": () => gradients(2),
};

/** Runs a test with so many threads, of which the main one computes what can be shared only if it helps. */
async function withThreads<Result>(
  count: number,
  test: () => Promise<Result>,
  { mainHelps = false } = {},
): Promise<{ readonly result: Result; readonly helped: number }> {
  await selectBackend("wasm", { threads: count });
  const threads = wasmThreads()!;
  const { leastWork, helped } = threads;
  threads.leastWork = 0;
  threads.delegates = !mainHelps;
  try {
    threads.ready();
    const result = await test();
    return { result, helped: threads.helped - helped };
  } finally {
    threads.leastWork = leastWork;
    threads.delegates = false;
    await threads.stop();
  }
}

async function bytesOf(operation: () => tf.Tensor): Promise<Uint8Array> {
  const output = tf.tidy(operation);
  const values = await output.data<"float32">();
  output.dispose();
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

for (const [name, operation] of Object.entries(OPERATIONS)) {
  Deno.test(`${name} has the same bytes on any number of threads`, async () => {
    const { result: expected } = await withThreads(1, () => bytesOf(operation));
    const live = tf.memory().numTensors;
    for (const count of [2, 3]) {
      const { result, helped } = await withThreads(count, () => bytesOf(operation));
      assert.deepEqual(result, expected);
      assert.ok(helped > 0, "no other thread computed a part");
    }
    const { result } = await withThreads(3, () => bytesOf(operation), { mainHelps: true });
    assert.deepEqual(result, expected);
    assert.equal(tf.memory().numTensors, live);
  });
}

/** Weights after two steps of training. */
async function train(): Promise<Float32Array[]> {
  const classifier = createClassifier({ ...TINY_MODEL, name: "puppet-cnn" }, {
    classes: 3,
    seed: 1,
  });
  const options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
  const optimizer = new Optimizer(classifier.parameters, options);
  const [images, labels] = [random([6, 16, 16, 3], 3), tf.tensor1d([0, 1, 2, 0, 1, 2], "int32")];
  const batch = { images, labels, levels: classifier.levels.list[0]! };
  for (let step = 0; step < 2; step++) {
    await trainingStep({ classifier, optimizer }, batch, {
      ...{ learningRate: 1e-3, clipNorm: 1, recompute: false },
    });
  }
  const weights = [...(await classifier.parameters.read()).values()].map(({ values }) => values);
  optimizer.dispose();
  classifier.dispose();
  tf.dispose([images, labels]);
  return weights;
}

Deno.test("training has the same bytes on any number of threads", async () => {
  const { result: expected } = await withThreads(1, train);
  const { result: found, helped } = await withThreads(3, train);
  assert.deepEqual(found, expected);
  assert.ok(helped > 0, "no other thread computed a part");
});

Deno.test("selectBackend() says how many threads wasm uses", async () => {
  const two = await selectBackend("wasm", { threads: 2 });
  assert.equal(two.threads, 2);
  assert.match(two.description, /, 2 threads$/);
  const one = await selectBackend("wasm", { threads: 1 });
  assert.match(one.description, /, 1 thread$/);
});

Deno.test("a program ends while its threads sleep, with the permissions of deno.json", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "--no-prompt", "--allow-read", "--allow-env"],
      fileURLToPath(new URL("threads_process.ts", import.meta.url)),
    ],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  assert.equal(new TextDecoder().decode(stdout), "true\n");
});
