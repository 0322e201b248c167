import assert from "node:assert/strict";
import {
  parseDriverVersion,
  readNvidiaGpu,
} from "../../../../lib/backends/cuda/read_nvidia_gpu.ts";
import { DRIVER_TEXTS, H100_FILES, simulatedMachine } from "../../../helpers/simulated_machine.ts";

Deno.test("readNvidiaGpu() finds nothing on a machine without NVIDIA, whatever else it has", async () => {
  assert.equal(await readNvidiaGpu(simulatedMachine({})), null);
  const amd = {
    "/sys/bus/pci/devices/0000:03:00.0/vendor": "0x1002\n",
    "/sys/bus/pci/devices/0000:03:00.0/class": "0x030000\n",
  };
  assert.equal(await readNvidiaGpu(simulatedMachine(amd)), null);
  const sound = {
    "/sys/bus/pci/devices/0000:01:00.1/vendor": "0x10de\n",
    "/sys/bus/pci/devices/0000:01:00.1/class": "0x040300\n",
  };
  assert.equal(await readNvidiaGpu(simulatedMachine(sound)), null);
});

Deno.test("readNvidiaGpu() names the GPU and its driver", async () => {
  assert.deepEqual(await readNvidiaGpu(simulatedMachine(H100_FILES)), {
    names: ["NVIDIA H100 80GB HBM3"],
    driver: "580.159.04",
    driverLoaded: true,
  });
});

Deno.test("readNvidiaGpu() finds a GPU without a driver on the bus", async () => {
  const files = {
    "/sys/bus/pci/devices/0000:01:00.0/vendor": "0x10de\n",
    "/sys/bus/pci/devices/0000:01:00.0/class": "0x030200\n",
  };
  const found = await readNvidiaGpu(simulatedMachine(files));
  assert.deepEqual(found, { names: [], driver: null, driverLoaded: false });
});

Deno.test("readNvidiaGpu() finds the devices that containers and WSL hand over", async () => {
  for (const path of ["/dev/nvidiactl", "/usr/lib/wsl/lib/libcuda.so.1"]) {
    const found = await readNvidiaGpu(simulatedMachine({ [path]: "" }));
    assert.deepEqual(found, { names: [], driver: null, driverLoaded: true });
  }
});

Deno.test("parseDriverVersion() reads both forms of the driver", () => {
  assert.equal(parseDriverVersion(DRIVER_TEXTS.closed), "470.57.02");
  assert.equal(parseDriverVersion(DRIVER_TEXTS.open), "580.159.04");
  assert.equal(parseDriverVersion("something else"), null);
});
