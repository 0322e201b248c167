import { BackendError, messageOf } from "../errors.ts";
import type { ActiveBackend, Backend, BackendProbe } from "./backend.ts";
import { quietStderr } from "./quiet_stderr.ts";
import { registerGradients } from "./register_gradients.ts";

const DRIVER_REMEDY = "install the GPU's driver with Vulkan, Metal or Direct3D 12";

/** Limits of which the kernels use as much as the adapter has; a device starts with less. */
const RAISED_LIMITS = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
  "maxStorageBuffersPerShaderStage",
] as const;

/** The GPU through WebGPU, which is part of Deno. */
export const webgpuBackend: Backend = {
  name: "webgpu",
  probe: probeWebgpu,
  activate: activateWebgpu,
};

async function probeWebgpu(): Promise<BackendProbe> {
  try {
    return { name: "webgpu", available: true, detail: adapterName((await requestAdapter()).info) };
  } catch (error) {
    return {
      name: "webgpu",
      available: false,
      detail: messageOf(error),
      remedy: DRIVER_REMEDY,
    };
  }
}

/**
 * Whether WebGPU would run on a real GPU.
 *
 * @returns `false` for a software adapter and where there is no adapter at all.
 */
export async function hasHardwareAdapter(): Promise<boolean> {
  try {
    return !(await requestAdapter()).info.isFallbackAdapter;
  } catch {
    return false;
  }
}

let driversLoaded = false;

/**
 * Whether WebGPU has loaded the machine's drivers into this process. The software driver of Linux brings a copy of
 * LLVM; libtensorflow, which has its own, crashes the process if it is loaded after it. Before it is fine.
 *
 * @returns `true` after the first look for an adapter.
 */
export function areDriversLoaded(): boolean {
  return driversLoaded;
}

async function requestAdapter(): Promise<GPUAdapter> {
  if (navigator.gpu === undefined) throw new Error("This runtime has no WebGPU");
  driversLoaded = true;
  // Vulkan's drivers complain of a missing display while they are loaded, on every machine without one.
  const adapter = await quietStderr(() =>
    navigator.gpu.requestAdapter({ powerPreference: "high-performance" })
  );
  if (adapter === null) throw new Error("WebGPU finds no adapter on this machine");
  return adapter;
}

function adapterName(info: GPUAdapterInfo): string {
  const name = info.description || [info.vendor, info.architecture].filter(Boolean).join(" ");
  return (name || "GPU without a name") + (info.isFallbackAdapter ? ", software" : "");
}

/** One device a process: each holds memory of its own on the GPU. */
let started: Promise<ActiveBackend> | undefined;

async function activateWebgpu(): Promise<ActiveBackend> {
  started ??= startBackend();
  try {
    const active = await started;
    const tf = await import("@tensorflow/tfjs-core");
    await tf.setBackend("webgpu");
    return active;
  } catch (cause) {
    started = undefined;
    throw new BackendError(
      `Cannot use backend "webgpu": ${
        messageOf(cause)
      }; ${DRIVER_REMEDY}, or use backend wasm (--backend)`,
      { cause },
    );
  }
}

async function startBackend(): Promise<ActiveBackend> {
  const adapter = await requestAdapter();
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(RAISED_LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  const tf = await import("@tensorflow/tfjs-core");
  await registerGradients();
  const { addInGroups, CheckedWebGPUBackend } = await import("./webgpu_faults.ts");
  addInGroups(device.limits.maxStorageBuffersPerShaderStage);
  const { default: { version } } = await import("@tensorflow/tfjs-backend-webgpu/package.json", {
    with: { type: "json" },
  });
  // The package's own factory asks for a device in a form that Deno refuses on many adapters, and its failures
  // are only written to the console.
  if (tf.findBackendFactory("webgpu") !== null) tf.removeBackend("webgpu");
  const backend = new CheckedWebGPUBackend(device, adapter.info);
  tf.registerBackend("webgpu", () => backend, 3);
  return {
    name: "webgpu",
    description: `WebGPU, ${adapterName(adapter.info)}`,
    versions: {
      "@tensorflow/tfjs-core": tf.version_core,
      "@tensorflow/tfjs-backend-webgpu": version,
    },
    device: adapter.info.isFallbackAdapter ? "cpu" : "gpu",
    passedOver: [],
  };
}
