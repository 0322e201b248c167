import assert from "node:assert/strict";
import { CUDA_BUILDS } from "../../../lib/backends/cuda/cuda_build.ts";
import { BackendError } from "../../../lib/errors.ts";
import { findPrebuiltCuda, parseLoaderList } from "../../../tasks/native/find_libraries.ts";
import { inspectNvidia, type NvidiaMachine, parseSmi } from "../../../tasks/native/nvidia.ts";
import {
  type InstallationWish,
  type MachineFacts,
  planInstallation,
} from "../../../tasks/native/plan_installation.ts";
import { simulatedMachine } from "../../helpers/simulated_machine.ts";

/** The user vouches for archives. */
const AUTO: InstallationWish = { source: "auto", device: "auto", hasDigests: true };
/** Only what is pinned may be installed. */
const PINNED: InstallationWish = { ...AUTO, hasDigests: false };

const H100: NvidiaMachine = {
  names: ["NVIDIA H100"],
  driver: "580.159.04",
  capability: "9.0",
  driverLoaded: true,
};
const V100: NvidiaMachine = {
  ...H100,
  names: ["Tesla V100"],
  driver: "470.57.02",
  capability: "7.0",
};

const NAMES = CUDA_BUILDS.prebuilt.libraries;
const NO_CUDA: MachineFacts["prebuiltCuda"] = { found: new Map(), missing: NAMES };
const CUDA_11: MachineFacts["prebuiltCuda"] = {
  found: new Map(NAMES.map((name) => [name, `/usr/local/cuda-11.2/lib64/${name}`])),
  missing: [],
};

function machine(nvidia: NvidiaMachine | null, prebuiltCuda = NO_CUDA): MachineFacts {
  return { platform: "linux-x86_64", nvidia, prebuiltCuda };
}

/** Machines and wishes, and what is installed. */
const PLANS: readonly [string, MachineFacts, InstallationWish, "cpu" | "gpu", string, RegExp][] = [
  ["no GPU", machine(null), AUTO, "cpu", "wheel,prebuilt", /No NVIDIA GPU/],
  ["a new GPU", machine(H100), AUTO, "gpu", "wheel", /TensorFlow's wheel .*CUDA 12\.5/],
  ["CUDA 11.2 for a V100", machine(V100, CUDA_11), AUTO, "gpu", "prebuilt", /cuda-11\.2\/lib64/],
  [
    "CUDA 11.2 and a new driver",
    machine({ ...V100, driver: "535.1" }, CUDA_11),
    AUTO,
    "gpu",
    "prebuilt,wheel",
    /taking tfjs-node-gpu's own build/,
  ],
  ["CUDA 11.2 for an H100", machine(H100, CUDA_11), AUTO, "gpu", "wheel", /does not know .* 9\.0/],
  ["a GPU with an old driver", machine(V100), AUTO, "cpu", "wheel,prebuilt", /older than 525/],
  [
    "a GPU without a driver",
    machine({ names: [], driver: null, capability: null, driverLoaded: false }),
    AUTO,
    "cpu",
    "wheel,prebuilt",
    /its driver is not loaded/,
  ],
  [
    "a GPU of 2014",
    machine({ ...H100, capability: "5.2" }),
    AUTO,
    "cpu",
    "wheel,prebuilt",
    /below 6/,
  ],
  [
    "an ARM server",
    { ...machine(H100), platform: "linux-aarch64" },
    AUTO,
    "cpu",
    "wheel,prebuilt",
    /publishes none/,
  ],
  ["Windows", { ...machine(V100), platform: "windows-x86_64" }, AUTO, "gpu", "prebuilt", /taking/],
  ["the CPU by wish", machine(H100), { ...AUTO, device: "cpu" }, "cpu", "wheel,prebuilt", /Found/],
  [
    "the wheel by wish",
    machine(V100),
    { ...AUTO, source: "wheel" },
    "gpu",
    "wheel",
    /wheel .*may not work here, since .*older than/,
  ],
  ["no GPU and no digests", machine(null), PINNED, "cpu", "wheel", /No NVIDIA GPU/],
  [
    "a new GPU and no digests",
    machine(H100),
    PINNED,
    "cpu",
    "wheel",
    /no SHA-256 is pinned for it/,
  ],
  ["CUDA 11.2 and no digests", machine(V100, CUDA_11), PINNED, "cpu", "wheel", /no SHA-256 is/],
  ["a GPU that is elsewhere", machine(null), { ...AUTO, device: "gpu" }, "gpu", "wheel", /wheel/],
];

for (const [name, facts, wish, device, sources, note] of PLANS) {
  Deno.test(`planInstallation() for ${name}`, () => {
    const plan = planInstallation(facts, wish);
    assert.equal(plan.device, device);
    assert.equal(plan.sources.join(), sources);
    assert.match(plan.notes.join("\n"), note);
  });
}

Deno.test("planInstallation() is an error where a GPU was asked for that nothing can use", () => {
  assert.throws(
    () => planInstallation(machine(V100), { ...AUTO, device: "gpu", source: "wheel" }),
    /Cannot install for the GPU: .*older than/,
    "the build that was named cannot use it",
  );
  assert.throws(
    () => planInstallation(machine(V100), { ...AUTO, device: "gpu" }),
    (error) =>
      error instanceof BackendError &&
      /470\.57\.02 is older than 525\.60\.13.*--device cpu$/.test(error.message),
  );
});

Deno.test("planInstallation() installs nothing whose digest nobody knows", () => {
  const elsewhere = { ...machine(null), platform: "darwin-aarch64" };
  for (const wish of [PINNED, { ...PINNED, device: "cpu" as const }]) {
    assert.throws(
      () => planInstallation(elsewhere, wish),
      /Cannot install for darwin-aarch64: no SHA-256 is pinned .*--digests; or use --backend wasm/,
    );
  }
  assert.throws(() => planInstallation(machine(H100), { ...PINNED, device: "gpu" }), /--digests/);
  assert.equal(planInstallation(elsewhere, AUTO).sources[0], "wheel");
});

Deno.test("parseSmi() reads GPUs, takes the weakest, and does without the last column", () => {
  const two = parseSmi("NVIDIA A100, 550.54.14, 8.0\nTesla P4, 550.54.14, 6.1\n");
  assert.deepEqual(two, {
    names: ["NVIDIA A100", "Tesla P4"],
    driver: "550.54.14",
    capability: "6.1",
    driverLoaded: true,
  });
  assert.equal(parseSmi("Tesla K80, 450.80.02, [N/A]\n")!.capability, null);
  assert.equal(parseSmi("NVIDIA-SMI has failed because it couldn't communicate\n"), null);
  assert.equal(parseSmi(""), null);
});

Deno.test("inspectNvidia() asks the driver where nvidia-smi is missing", async () => {
  const devices = [{ name: "NVIDIA H100", computeCapability: "9.0", memory: 8e10 }];
  const gpu = { names: ["NVIDIA H100"], driver: "580.159.04", driverLoaded: true };
  const cuda = { cuda: "13.0", devices };
  const askSmi = () => Promise.resolve(null);
  const found = await inspectNvidia({ askSmi, findGpu: () => Promise.resolve({ gpu, cuda }) });
  assert.deepEqual(found, H100);
  const silent = { gpu, cuda: { failure: "does not start" } };
  const weak = await inspectNvidia({ askSmi, findGpu: () => Promise.resolve(silent) });
  assert.deepEqual(weak, { ...H100, capability: null });
});

Deno.test("inspectNvidia() finds no GPU where there is none", async () => {
  const found = await inspectNvidia({
    askSmi: () => Promise.resolve(null),
    findGpu: () => Promise.resolve(null),
  });
  assert.equal(found, null);
});

Deno.test("findPrebuiltCuda() looks at the loader's list and at LD_LIBRARY_PATH", async () => {
  const listed = NAMES.filter((name) => name !== "libcudnn.so.8")
    .map((name) => `\t${name} (libc6,x86-64) => /usr/local/cuda/lib64/${name}`).join("\n");
  const sources = { listLoader: () => Promise.resolve(listed), files: simulatedMachine({}) };
  const incomplete = await findPrebuiltCuda({ ...sources, libraryPath: undefined });
  assert.deepEqual(incomplete.missing, ["libcudnn.so.8"]);
  const complete = await findPrebuiltCuda({
    ...sources,
    libraryPath: "/empty::/opt/cudnn",
    files: simulatedMachine({ "/opt/cudnn/libcudnn.so.8": "" }),
  });
  assert.deepEqual(complete.missing, []);
  assert.equal(complete.found.get("libcudnn.so.8"), "/opt/cudnn/libcudnn.so.8");
});

Deno.test("parseLoaderList() takes names and paths, and nothing of the heading", () => {
  const text =
    "2 libs found in cache `/etc/ld.so.cache'\n\tliba.so.1 (libc6,x86-64) => /lib/liba.so.1\n";
  assert.deepEqual([...parseLoaderList(text)], [["liba.so.1", "/lib/liba.so.1"]]);
});
