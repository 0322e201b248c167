import { findNvidiaGpu } from "../../lib/backends/cuda/find_nvidia_gpu.ts";
import { listTensorflowDevices } from "../../lib/backends/cuda/list_tensorflow_devices.ts";
import { readNativeInstallation } from "../../lib/backends/native_cache.ts";
import { findTool, runTool } from "../native/run_tool.ts";
import { formatBytes, readDeviceMemory } from "./device_memory.ts";
import { startTorch } from "./torch_on_device.ts";
import type { SectionContext, SectionFindings } from "./section.ts";

const SMI_QUERY =
  "name,driver_version,compute_cap,memory.total,clocks.sm,clocks.max.sm,power.limit";

async function describeSystem(): Promise<string[] | null> {
  if (await findTool(["nvidia-smi"], ["-L"]) === null) return null;
  const { stdout } = await runTool(
    ["nvidia-smi", `--query-gpu=${SMI_QUERY}`, "--format=csv,noheader"],
    { purpose: "describe the GPU" },
  );
  return stdout.trim().split("\n");
}

/** Environment variables that drivers and TensorFlow read; the backend has set its own by now. */
function readVariables(): Record<string, string> {
  const names = /^(?:TF_|CUDA_|NVIDIA_|VK_|WGPU_|LD_LIBRARY_PATH|XLA_)/;
  return Object.fromEntries(
    Object.entries(Deno.env.toObject()).filter(([name]) => names.test(name)),
  );
}

async function describeAdapter(): Promise<Record<string, unknown> | null> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return null;
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  // The limits are getters of a class, not properties.
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(adapter.limits));
  const limits = Object.fromEntries(
    names.map((name) => [name, adapter.limits[name as keyof GPUSupportedLimits]] as const)
      .filter(([, limit]) => typeof limit === "number"),
  );
  return {
    ...{ vendor, architecture, device, description, isFallbackAdapter },
    ...{ features: [...adapter.features].sort(), limits },
  };
}

/** What computes: device, driver, versions, limits. Whether it is a GPU is said, not judged. */
export async function describeDevice(context: SectionContext): Promise<SectionFindings> {
  const { active, say, options } = context;
  say(`${active.description} (${active.device.toUpperCase()})`);
  say(Object.entries(active.versions).map((pair) => pair.join(" ")).join(", "));
  if (active.device === "cpu") say("NO GPU: what follows was not seen on a GPU");
  const system = await describeSystem();
  for (const line of system ?? ["nvidia-smi is not here"]) say(`nvidia-smi: ${line}`);
  const figures: Record<string, unknown> = {
    ...{ description: active.description, device: active.device, versions: active.versions },
    ...{ system, nvidia: await findNvidiaGpu(), variables: readVariables() },
  };
  if (options.backend === "webgpu") {
    figures["adapter"] = await describeAdapter();
  } else {
    const installation = await readNativeInstallation();
    const devices = installation === null ? null : await listTensorflowDevices(installation);
    figures["tensorflowDevices"] = devices;
    figures["installation"] = installation && { ...installation.manifest, files: undefined };
    for (const { name, memory } of devices ?? []) {
      say(`TensorFlow sees ${name}, ${formatBytes(memory)}`);
    }
  }
  const torch = await startTorch(context);
  if (torch !== null) {
    figures["torch"] = torch.found;
    say(`PyTorch: ${JSON.stringify(torch.found)}`);
    await torch.reference.stop();
  }
  figures["memory"] = await readDeviceMemory();
  return { passed: null, figures };
}
