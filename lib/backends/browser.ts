import * as tf from "@tensorflow/tfjs-core";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { checkComputation } from "./check_computation.ts";
import { channelCovariance } from "./composite_kernels/channel_covariance.ts";

/** Starts WebGPU where there is a GPU and it computes what it should. */
async function startWebgpu(): Promise<string | null> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === undefined || adapter === null || adapter.info.isFallbackAdapter) return null;
  const { maxComputeWorkgroupStorageSize, maxStorageBufferBindingSize, maxBufferSize } =
    adapter.limits;
  const device = await adapter.requestDevice({
    requiredLimits: { maxComputeWorkgroupStorageSize, maxStorageBufferBindingSize, maxBufferSize },
  });
  tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", () => new WebGPUBackend(device, adapter.info), 3);
  await tf.setBackend("webgpu");
  return await checkComputation() ? "WebGPU" : null;
}

/**
 * Makes a backend current in a browser: WebGPU on a real GPU, WebAssembly elsewhere.
 *
 * @param wasm Addresses of TensorFlow.js's WebAssembly files by name.
 * @returns What computes, for people.
 * @throws {Error} if neither works.
 */
export async function startBrowserBackend(wasm: Readonly<Record<string, string>>): Promise<string> {
  // Threads need headers that a page from a disk cannot have; a name is asked for all the same.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  const threaded = "tfjs-backend-wasm-threaded-simd.wasm";
  tf.registerKernel(channelCovariance);
  setWasmPaths({ [threaded]: wasm["tfjs-backend-wasm-simd.wasm"] ?? "", ...wasm });
  const gpu = await startWebgpu().catch(() => null);
  if (gpu !== null) return gpu;
  if (await tf.setBackend("wasm")) return "WebAssembly";
  throw new Error("This browser has neither WebGPU nor WebAssembly");
}
