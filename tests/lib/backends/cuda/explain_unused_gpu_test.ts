import assert from "node:assert/strict";
import {
  explainUnusedGpu,
  type GpuFacts,
} from "../../../../lib/backends/cuda/explain_unused_gpu.ts";

/** An H100 that everything is right with, and that TensorFlow does not use all the same. */
const SOUND: GpuFacts = {
  gpu: { names: ["NVIDIA H100"], driver: "580.159.04", driverLoaded: true },
  cuda: {
    cuda: "13.0",
    devices: [{ name: "NVIDIA H100", computeCapability: "9.0", memory: 8e10 }],
  },
  manifest: { device: "gpu", source: "wheel", tensorflow: "2.21.0" },
  missing: [],
  visibleDevices: undefined,
};

/** Machines that differ from the sound one, with what must be said of them. */
const MACHINES: readonly {
  readonly name: string;
  readonly facts: Partial<GpuFacts>;
  readonly reason: RegExp;
  readonly remedy: RegExp;
  readonly chosen?: boolean;
}[] = [
  {
    name: "the CPU build is installed",
    facts: { manifest: { device: "cpu", source: "wheel", tensorflow: "2.21.0" }, cuda: null },
    reason: /CPU build/,
    remedy: /install-native --force --device gpu/,
    chosen: true,
  },
  {
    name: "the user hides the GPU",
    facts: { visibleDevices: "-1" },
    reason: /CUDA_VISIBLE_DEVICES="-1" hides it/,
    remedy: /unset/,
    chosen: true,
  },
  {
    name: "the user hides the GPU by an empty list",
    facts: { visibleDevices: "" },
    reason: /hides it/,
    remedy: /unset/,
    chosen: true,
  },
  {
    name: "the driver is not loaded",
    facts: { gpu: { names: [], driver: null, driverLoaded: false }, cuda: null },
    reason: /driver is not loaded/,
    remedy: /install NVIDIA's driver/,
  },
  {
    name: "the driver is too old for CUDA 12",
    facts: { gpu: { names: ["NVIDIA T4"], driver: "470.57.02", driverLoaded: true } },
    reason: /470\.57\.02 is older than 525\.60\.13/,
    remedy: /update/,
  },
  {
    name: "the driver is too old for CUDA 11",
    facts: {
      gpu: { names: ["NVIDIA T4"], driver: "418.40", driverLoaded: true },
      manifest: { device: "gpu", source: "prebuilt", tensorflow: "2.9.1" },
    },
    reason: /418\.40 is older than 450\.80\.02/,
    remedy: /update/,
  },
  {
    name: "the driver does not start",
    facts: { cuda: { failure: "the CUDA driver does not start: system not yet initialized" } },
    reason: /does not start: system not yet/,
    remedy: /nvidia-smi/,
  },
  {
    name: "the driver hands out no device",
    facts: { cuda: { cuda: "13.0", devices: [] }, visibleDevices: "7" },
    reason: /hands out no GPU/,
    remedy: /CUDA_VISIBLE_DEVICES/,
  },
  {
    name: "the GPU is too old for the build",
    facts: {
      cuda: { cuda: "12.2", devices: [{ name: "M60", computeCapability: "5.2", memory: 8e9 }] },
    },
    reason: /compute capability 5\.2 is below 6\.0/,
    remedy: /webgpu/,
  },
  {
    name: "a library of the wheels is missing",
    facts: { missing: [{ name: "libcudnn.so.9", reason: "no such file" }] },
    reason: /^libcudnn\.so\.9 cannot be loaded \(no such file\)$/,
    remedy: /install-native --force --device gpu"$/,
  },
  {
    name: "CUDA 11.2 is not installed",
    facts: {
      manifest: { device: "gpu", source: "prebuilt", tensorflow: "2.9.1" },
      missing: [
        { name: "libcudart.so.11.0", reason: "no such file" },
        { name: "libcudnn.so.8", reason: "no such file" },
      ],
    },
    reason: /libcudart\.so\.11\.0 and 1 more cannot be loaded/,
    remedy: /install CUDA 11\.2 and cuDNN 8\.1, or .*--source wheel/,
  },
  {
    name: "nothing is wrong that could be seen",
    facts: {},
    reason: /gave no reason/,
    remedy: /TF_CPP_MIN_LOG_LEVEL=0/,
  },
];

for (const { name, facts, reason, remedy, chosen = false } of MACHINES) {
  Deno.test(`explainUnusedGpu() says why where ${name}`, () => {
    const found = explainUnusedGpu({ ...SOUND, ...facts });
    assert.match(found!.reason, reason);
    assert.match(found!.remedy, remedy);
    assert.equal(found!.chosen, chosen);
    assert.ok(!found!.reason.includes("\n") && !found!.remedy.includes("\n"));
  });
}

Deno.test("explainUnusedGpu() has nothing to explain on a machine without an NVIDIA GPU", () => {
  assert.equal(explainUnusedGpu({ ...SOUND, gpu: null }), null);
});

Deno.test("explainUnusedGpu() names the GPU, or says what it is", () => {
  assert.equal(explainUnusedGpu(SOUND)!.gpu, "NVIDIA H100");
  const nameless = { names: [], driver: null, driverLoaded: true };
  assert.equal(explainUnusedGpu({ ...SOUND, gpu: nameless })!.gpu, "NVIDIA GPU");
});
