import * as tf from "@tensorflow/tfjs-core";
import { findTool, runTool } from "../native/run_tool.ts";

/** Memory of the device, as far as it can be told. */
export interface DeviceMemory {
  /** Bytes that TensorFlow.js has handed out on the device; `null` where the backend does not count them. */
  readonly used: number | null;
  /** Bytes that it holds there, free buffers included; `null` likewise. */
  readonly allocated: number | null;
  /** Bytes in use by all processes, from nvidia-smi; `null` without it. */
  readonly system: number | null;
  /** Live tensors. */
  readonly tensors: number;
}

let hasNvidiaSmi: Promise<boolean> | undefined;

async function systemMemory(): Promise<number | null> {
  hasNvidiaSmi ??= findTool(["nvidia-smi"], ["-L"]).then((tool) => tool !== null);
  if (!await hasNvidiaSmi) return null;
  const query = ["--query-gpu=memory.used", "--format=csv,noheader,nounits"];
  const { stdout } = await runTool(["nvidia-smi", ...query], { purpose: "read the memory in use" });
  const [first] = stdout.trim().split("\n").map(Number);
  return first === undefined || Number.isNaN(first) ? null : first * 2 ** 20;
}

/** Reads the memory of the device that the current backend computes on. */
export async function readDeviceMemory(): Promise<DeviceMemory> {
  const { numTensors, ...rest } = tf.memory();
  const counts = rest as { numBytesInGPU?: number; numBytesAllocatedInGPU?: number };
  return {
    used: counts.numBytesInGPU ?? null,
    allocated: counts.numBytesAllocatedInGPU ?? null,
    system: await systemMemory(),
    tensors: numTensors,
  };
}

/** Bytes as a text: `1.50 GB`. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return "not told";
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Memory as a text; says which figures there are none of. */
export function formatMemory({ used, allocated, system }: DeviceMemory): string {
  const ours = used === null
    ? "the backend does not tell its device memory"
    : `${formatBytes(used)} used of ${formatBytes(allocated)} allocated on the device`;
  return system === null ? ours : `${ours}; all processes, by nvidia-smi: ${formatBytes(system)}`;
}
