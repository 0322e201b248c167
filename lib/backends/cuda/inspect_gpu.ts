import { readNativeInstallation } from "../native_cache.ts";
import type { CudaAnswer } from "./ask_cuda_driver.ts";
import { findNvidiaGpu } from "./find_nvidia_gpu.ts";
import { listTensorflowDevices, type TensorflowDevice } from "./list_tensorflow_devices.ts";
import type { NvidiaGpu } from "./read_nvidia_gpu.ts";

/** What there is to say of a machine's GPU and of TensorFlow. */
export interface GpuInspection {
  /** GPU and driver; `null` where there is no NVIDIA GPU. */
  readonly nvidia: NvidiaGpu | null;
  /** What the CUDA driver says; `null` where there is nothing to ask, or no permission. */
  readonly cuda: CudaAnswer | null;
  /** The devices that TensorFlow sees; `null` where it does not run. */
  readonly tensorflow: readonly TensorflowDevice[] | null;
}

/**
 * Looks for an NVIDIA GPU, asks its driver, and asks TensorFlow.
 *
 * @param runsTensorflow Whether backend tensorflow was started in this process: a library that was not is left alone.
 * @returns What was found.
 */
export async function inspectGpu(runsTensorflow: boolean): Promise<GpuInspection> {
  const found = await findNvidiaGpu();
  const installation = runsTensorflow ? await readNativeInstallation() : null;
  return {
    nvidia: found?.gpu ?? null,
    cuda: found?.cuda ?? null,
    tensorflow: installation === null ? null : await listTensorflowDevices(installation),
  };
}
