import { findTool } from "./run_tool.ts";

/**
 * Whether the machine has an NVIDIA GPU with a driver.
 *
 * @returns `true` if the driver's kernel part or its `nvidia-smi` is there.
 */
export async function hasNvidiaGpu(): Promise<boolean> {
  try {
    await Deno.stat("/proc/driver/nvidia/version");
    return true;
  } catch {
    return await findTool(["nvidia-smi"], ["-L"]) !== null;
  }
}
