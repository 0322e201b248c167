import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import type { BackendName } from "../../../../lib/backends/backend.ts";
import { assertClose } from "../training_operations.ts";
import { withBackend } from "../../../helpers/backends.ts";

type Operation = (first: tf.Tensor, second: tf.Tensor) => tf.Tensor;

/** Shapes of the two inputs of an operation. */
type Shapes = readonly [first: number[], second: number[]];

/** Value of an operation and its gradients for a fixed output gradient. */
async function evaluate(
  backend: BackendName,
  { shapes, operation }: { readonly shapes: Shapes; readonly operation: Operation },
): Promise<Float32Array[]> {
  return await withBackend(backend, async () => {
    const tensors = tf.memory().numTensors;
    const buffers = tf.memory().numDataBuffers;
    const results = tf.tidy(() => {
      const inputs = shapes.map((shape, seed) => tf.randomNormal(shape, 0, 1, "float32", seed + 1));
      const value = operation(inputs[0]!, inputs[1]!);
      const outputGradient = tf.randomNormal(value.shape, 0, 1, "float32", 3);
      return [
        value,
        ...tf.grads(operation as (...inputs: tf.Tensor[]) => tf.Tensor)(
          inputs,
          outputGradient,
        ),
      ];
    });
    const values = await Promise.all(results.map((tensor) => tensor.data()));
    tf.dispose(results);
    assert.equal(tf.memory().numTensors, tensors);
    assert.equal(tf.memory().numDataBuffers, buffers);
    return values.map((list) => Float32Array.from(list));
  });
}

async function assertWasmAgreesWithCpu(shapes: Shapes, operation: Operation): Promise<void> {
  const expected = await evaluate("cpu", { shapes, operation });
  await withBackend("wasm", () => {});
  const held = heldByBackend();
  const actual = await evaluate("wasm", { shapes, operation });
  assert.equal(heldByBackend(), held);
  assertClose(actual, expected);
}

/** Buffers below the level of tensors, where a composite would leak. */
function heldByBackend(): number {
  return (tf.backend() as unknown as { numDataIds(): number }).numDataIds();
}

/**
 * Strides up to the kernel's side, and any for 1x1: a stride beyond it is where the backend's own convolution is
 * wrong (2x2 at stride 3, padding "same"), and no architecture has it.
 */
function geometryUpTo(largestKernel: number) {
  const side = fc.integer({ min: largestKernel, max: 9 });
  return fc.record({
    ...{ batch: fc.integer({ min: 1, max: 3 }), height: side, width: side },
    inputs: fc.integer({ min: 1, max: 4 }),
    outputs: fc.integer({ min: 1, max: 4 }),
    kernel: fc.integer({ min: 1, max: largestKernel }),
    stride: fc.integer({ min: 1, max: 3 }),
    pad: fc.constantFrom("same" as const, "valid" as const),
  }).filter(({ kernel, stride }) => stride <= kernel || kernel === 1);
}

Deno.test("conv2d on wasm has the value and the gradients of cpu", async () => {
  await fc.assert(
    fc.asyncProperty(geometryUpTo(3), async (size) => {
      const { batch, height, width, inputs, outputs, kernel, stride, pad } = size;
      await assertWasmAgreesWithCpu(
        [[batch, height, width, inputs], [kernel, kernel, inputs, outputs]],
        (image, filter) => tf.conv2d(image as tf.Tensor4D, filter as tf.Tensor4D, stride, pad),
      );
    }),
    { numRuns: 60, seed: 1 },
  );
});

Deno.test("depthwiseConv2d on wasm has the value and the gradients of cpu", async () => {
  await fc.assert(
    fc.asyncProperty(geometryUpTo(5), async (size) => {
      const { batch, height, width, inputs, outputs, kernel, stride, pad } = size;
      const multiplier = Math.min(outputs, 2);
      await assertWasmAgreesWithCpu(
        [[batch, height, width, inputs], [kernel, kernel, inputs, multiplier]],
        (image, filter) =>
          tf.depthwiseConv2d(image as tf.Tensor4D, filter as tf.Tensor4D, stride, pad),
      );
    }),
    { numRuns: 60, seed: 2 },
  );
});

Deno.test("conv2d on wasm has the gradients of cpu for explicit padding", async () => {
  // The second is wider than the filter: the composite hands over to the backend's own kernel.
  for (const margin of [1, 4]) {
    const pad: [[number, number], [number, number], [number, number], [number, number]] = [
      [0, 0],
      [margin, margin],
      [margin, margin],
      [0, 0],
    ];
    await assertWasmAgreesWithCpu(
      [[2, 5, 6, 3], [3, 3, 3, 2]],
      (image, filter) => tf.conv2d(image as tf.Tensor4D, filter as tf.Tensor4D, 1, pad),
    );
  }
});

Deno.test("the dynamics' shapes on wasm have the value and the gradients of cpu", async () => {
  const channels = 32;
  await assertWasmAgreesWithCpu(
    [[1, channels, 9, channels], [3, 3, channels, 1]],
    (state, filter) => tf.depthwiseConv2d(state as tf.Tensor4D, filter as tf.Tensor4D, 1, "same"),
  );
  await assertWasmAgreesWithCpu(
    [[1, channels, 9, channels], [channels, channels]],
    (state, weights) => tf.matMul(tf.reshape(state, [-1, channels]), weights),
  );
});

Deno.test("matMul on wasm has the value and the gradients of cpu, turned or not", async () => {
  for (const batch of [[], [3]]) {
    for (const first of [false, true]) {
      for (const second of [false, true]) {
        await assertWasmAgreesWithCpu([
          [...batch, ...(first ? [5, 7] : [7, 5])],
          [...batch, ...(second ? [6, 5] : [5, 6])],
        ], (left, right) => tf.matMul(left, right, first, second));
      }
    }
  }
});

Deno.test("gather on wasm has the gradient of cpu, repeated rows added up", async () => {
  const rows = tf.tensor1d([4, 0, 0, 2], "int32").arraySync();
  for (const axis of [0, 1]) {
    await assertWasmAgreesWithCpu(
      [[5, 5, 2], [1]],
      (values, factor) =>
        tf.mul(tf.square(tf.gather(values, tf.tensor1d(rows, "int32"), axis)), factor),
    );
  }
});
