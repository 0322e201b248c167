/**
 * Run by webgpu_test.ts in a process of its own: WebGPU loads drivers that libtensorflow, loaded after them by
 * another test, would crash on.
 */
import { checkComputation } from "../../../lib/backends/check_computation.ts";
import { selectBackend } from "../../../lib/backends/select_backend.ts";
import { listMissingKernels } from "../../../lib/backends/list_missing_kernels.ts";
import { tensorflowBackend } from "../../../lib/backends/tensorflow.ts";
import { hasHardwareAdapter, webgpuBackend } from "../../../lib/backends/webgpu.ts";
import { assertClose, readTrainingOperations } from "./training_operations.ts";

async function errorOf(action: () => Promise<unknown>): Promise<string | null> {
  try {
    await action();
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
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
  missing: works ? await listMissingKernels("webgpu") : null,
  tensorflowAfterwards: await errorOf(() => tensorflowBackend.activate()),
}));
