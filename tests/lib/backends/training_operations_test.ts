import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import type { BackendName } from "../../../lib/backends/backend.ts";
import {
  listMissingKernels,
  TRAINING_KERNELS,
} from "../../../lib/backends/list_missing_kernels.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import {
  assertClose,
  readTrainingOperations,
  runTrainingOperations,
} from "./training_operations.ts";

async function assertAgreesWithCpu(backend: BackendName): Promise<void> {
  const expected = await withBackend("cpu", readTrainingOperations);
  await withBackend(backend, async () => {
    assert.equal(tf.getBackend(), backend);
    const tensors = tf.memory().numTensors;
    assertClose(await readTrainingOperations(), expected);
    assert.equal(tf.memory().numTensors, tensors);
    assert.deepEqual(await listMissingKernels(backend), []);
  });
}

for (const backend of await testBackends()) {
  Deno.test(`values and gradients of training on ${backend} are those of cpu`, () =>
    assertAgreesWithCpu(backend));
}

Deno.test("TRAINING_KERNELS is what the training operations run", () =>
  withBackend("cpu", async () => {
    const { kernelNames } = await tf.profile(() => {
      tf.dispose(tf.tidy(runTrainingOperations));
      return [];
    });
    // Names that end with __op are gradients written by hand, no kernels.
    const recorded = new Set(kernelNames.filter((name) => !name.endsWith("__op")));
    assert.deepEqual([...recorded].sort(), [...TRAINING_KERNELS]);
  }));

Deno.test("listMissingKernels() names what a backend lacks", async () => {
  await withBackend("cpu", async () => {
    const maxPool = tf.getKernel("MaxPool", "cpu");
    tf.unregisterKernel("MaxPool", "cpu");
    try {
      assert.deepEqual(await listMissingKernels("cpu"), ["MaxPool"]);
    } finally {
      tf.registerKernel(maxPool);
    }
  });
});
