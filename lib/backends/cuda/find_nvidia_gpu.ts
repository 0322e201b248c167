import { askCudaDriver } from "./ask_cuda_driver.ts";
import { askNvml } from "./ask_nvml.ts";
import { type MachineFiles, machineFiles } from "./machine_files.ts";
import { type NvidiaGpu, readNvidiaGpu } from "./read_nvidia_gpu.ts";
import type { CudaAnswer } from "./ask_cuda_driver.ts";

/** An NVIDIA GPU, and what the CUDA driver says of it. */
export interface FoundGpu {
  /** The GPU and its driver. */
  readonly gpu: NvidiaGpu;
  /** What the CUDA driver says; `null` where it was not asked. */
  readonly cuda: CudaAnswer | null;
}

/** Who is asked; a test simulates a machine by others. */
export interface GpuSources {
  readonly askNvml: typeof askNvml;
  readonly askCudaDriver: typeof askCudaDriver;
  readonly files: MachineFiles;
}

/**
 * Looks for an NVIDIA GPU: by the driver's management library, then by CUDA itself, then by the system's files, which
 * also show a GPU that has no driver, but to programs with all permissions only.
 *
 * @param sources Who is asked.
 * @returns The GPU; `null` where there is none.
 */
export async function findNvidiaGpu(
  sources: GpuSources = { askNvml, askCudaDriver, files: machineFiles },
): Promise<FoundGpu | null> {
  const answer = await sources.askNvml();
  if (answer !== null) {
    const gpu = { names: answer.names, driver: answer.driver || null, driverLoaded: true };
    return { gpu, cuda: await sources.askCudaDriver() };
  }
  const gpu = await readNvidiaGpu(sources.files);
  if (gpu !== null) return { gpu, cuda: gpu.driverLoaded ? await sources.askCudaDriver() : null };
  const cuda = await sources.askCudaDriver();
  // Without a GPU the driver's library is missing, or says that it finds no device.
  if (cuda === null || "failure" in cuda || cuda.devices.length === 0) return null;
  return {
    gpu: { names: cuda.devices.map(({ name }) => name), driver: null, driverLoaded: true },
    cuda,
  };
}
