/**
 * Run by webgpu_test.ts in a process of its own: WebGPU loads drivers that libtensorflow, loaded after them by
 * another test, would crash on.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { checkComputation } from "../../../lib/backends/check_computation.ts";
import { selectBackend } from "../../../lib/backends/select_backend.ts";
import { listMissingKernels } from "../../../lib/backends/list_missing_kernels.ts";
import { tensorflowBackend } from "../../../lib/backends/tensorflow.ts";
import { hasHardwareAdapter, webgpuBackend } from "../../../lib/backends/webgpu.ts";
import { globalNorm } from "../../../lib/training/gradient_clipping.ts";
import { assertClose, readTrainingOperations } from "./training_operations.ts";

async function errorOf(action: () => Promise<unknown>): Promise<string | null> {
  try {
    await action();
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/** Norm of a hundred vectors of four ones: 20. A device has buffers for some ten tensors a program. */
async function normOfMany(): Promise<number> {
  const ones = Array.from({ length: 100 }, () => tf.ones([4]));
  return (await globalNorm(ones).data())[0]!;
}

/** A read after the device has refused something: a buffer without a use. */
async function readAfterRefusal(): Promise<void> {
  const sum = tf.add(tf.ones([4]), 1);
  (tf.backend() as WebGPUBackend).device.createBuffer({ size: 4, usage: 0 });
  await sum.data();
}

const probe = await webgpuBackend.probe();
await selectBackend("cpu");
const expected = await readTrainingOperations();
const activation = await errorOf(() => webgpuBackend.activate());
const works = activation === null;
console.log(JSON.stringify({
  probe,
  activation,
  hardware: await hasHardwareAdapter(),
  computes: works && await checkComputation(),
  difference: works
    ? await errorOf(async () => assertClose(await readTrainingOperations(), expected))
    : null,
  norm: works ? await normOfMany() : null,
  missing: works ? await listMissingKernels("webgpu") : null,
  refusal: works ? await errorOf(readAfterRefusal) : null,
  tensorflowAfterwards: await errorOf(() => tensorflowBackend.activate()),
}));
