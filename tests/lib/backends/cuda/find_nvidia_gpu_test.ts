import assert from "node:assert/strict";
import { findNvidiaGpu, type GpuSources } from "../../../../lib/backends/cuda/find_nvidia_gpu.ts";
import { H100_FILES, simulatedMachine } from "../../../helpers/simulated_machine.ts";
import type { CudaAnswer } from "../../../../lib/backends/cuda/ask_cuda_driver.ts";
import type { NvmlAnswer } from "../../../../lib/backends/cuda/ask_nvml.ts";

const CUDA: CudaAnswer = {
  cuda: "13.0",
  devices: [{ name: "NVIDIA H100", computeCapability: "9.0", memory: 8e10 }],
};
const MISSING: CudaAnswer = { failure: "the CUDA driver cannot be loaded" };

/** A machine by what its libraries answer and which files it shows. */
function machine(
  nvml: NvmlAnswer | null,
  cuda: CudaAnswer | null,
  files: Readonly<Record<string, string>> = {},
): GpuSources {
  return {
    askNvml: () => Promise.resolve(nvml),
    askCudaDriver: () => Promise.resolve(cuda),
    files: simulatedMachine(files),
  };
}

Deno.test("findNvidiaGpu() finds no GPU where nothing tells of one", async () => {
  assert.equal(await findNvidiaGpu(machine(null, MISSING)), null);
  assert.equal(await findNvidiaGpu(machine(null, null)), null);
  assert.equal(await findNvidiaGpu(machine(null, { cuda: "12.4", devices: [] })), null);
});

Deno.test("findNvidiaGpu() asks the management library first, without any file", async () => {
  const nvml = { driver: "580.159.04", names: ["NVIDIA H100"] };
  assert.deepEqual(await findNvidiaGpu(machine(nvml, CUDA)), {
    gpu: { names: ["NVIDIA H100"], driver: "580.159.04", driverLoaded: true },
    cuda: CUDA,
  });
  const broken = await findNvidiaGpu(machine(nvml, { failure: "does not start" }));
  assert.deepEqual(broken!.cuda, { failure: "does not start" });
});

Deno.test("findNvidiaGpu() finds a GPU by CUDA alone, and by files alone", async () => {
  assert.deepEqual(await findNvidiaGpu(machine(null, CUDA)), {
    gpu: { names: ["NVIDIA H100"], driver: null, driverLoaded: true },
    cuda: CUDA,
  });
  const files = await findNvidiaGpu(machine(null, MISSING, H100_FILES));
  assert.equal(files!.gpu.driver, "580.159.04");
  assert.deepEqual(files!.cuda, MISSING);
});

Deno.test("findNvidiaGpu() asks no driver where a GPU has none", async () => {
  const files = {
    "/sys/bus/pci/devices/0000:01:00.0/vendor": "0x10de\n",
    "/sys/bus/pci/devices/0000:01:00.0/class": "0x030200\n",
  };
  const found = await findNvidiaGpu(machine(null, MISSING, files));
  assert.deepEqual(found, { gpu: { names: [], driver: null, driverLoaded: false }, cuda: null });
});
