import { compareVersions } from "../../lib/backends/cuda/cuda_build.ts";
import { findNvidiaGpu, type FoundGpu } from "../../lib/backends/cuda/find_nvidia_gpu.ts";
import { findTool, runTool } from "./run_tool.ts";

/** The NVIDIA GPUs of a machine, as far as an installation must know them. */
export interface NvidiaMachine {
  /** `NVIDIA H100 80GB HBM3`; empty where only the presence of a GPU shows. */
  readonly names: readonly string[];
  /** `580.159.04`; `null` where it is not told. */
  readonly driver: string | null;
  /** Smallest compute capability of the GPUs, `9.0`; `null` where it is not told. */
  readonly capability: string | null;
  /** Whether a driver is there. */
  readonly driverLoaded: boolean;
}

/** Where the facts come from; a test simulates a machine by other ones. */
export interface MachineSources {
  /** What `nvidia-smi` says of every GPU, or `null` where there is no such program. */
  readonly askSmi: () => Promise<string | null>;
  /** What the driver's libraries and files say. */
  readonly findGpu: () => Promise<FoundGpu | null>;
}

const SMI_QUERY = ["--query-gpu=name,driver_version,compute_cap", "--format=csv,noheader"];

async function askSmi(): Promise<string | null> {
  const tool = await findTool(["nvidia-smi"], SMI_QUERY);
  if (tool === null) return null;
  const { stdout } = await runTool([tool.program, ...SMI_QUERY], { purpose: "ask for the GPU" });
  return stdout;
}

/**
 * Looks for NVIDIA GPUs and their driver: by `nvidia-smi`, then by the driver's libraries, since containers often lack
 * the program.
 *
 * @param sources Where to look.
 * @returns The GPUs; `null` where there is none.
 */
export async function inspectNvidia(
  sources: MachineSources = { askSmi, findGpu: () => findNvidiaGpu() },
): Promise<NvidiaMachine | null> {
  const listed = parseSmi(await sources.askSmi() ?? "");
  if (listed !== null) return listed;
  const found = await sources.findGpu();
  if (found === null) return null;
  const { gpu, cuda } = found;
  const devices = cuda !== null && "devices" in cuda ? cuda.devices : [];
  const capability = smallest(devices.map(({ computeCapability }) => computeCapability));
  return { ...gpu, capability };
}

/**
 * Reads lines of `name, driver, compute capability`.
 *
 * @param text What `nvidia-smi` wrote; old ones write `[N/A]` for the last.
 * @returns The GPUs; `null` where no line is one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const found = parseSmi("NVIDIA H100 80GB HBM3, 580.159.04, 9.0\n");
 * assert.deepEqual([found?.driver, found?.capability], ["580.159.04", "9.0"]);
 * ```
 */
export function parseSmi(text: string): NvidiaMachine | null {
  const rows = text.split("\n").map((line) => line.split(",").map((cell) => cell.trim()))
    .filter(([, driver]) => /^\d+\.\d+/.test(driver ?? ""));
  const [first] = rows;
  if (first === undefined) return null;
  const capabilities = rows.map(([, , capability]) => capability ?? "");
  return {
    names: rows.map(([name]) => name!),
    driver: first[1]!,
    capability: smallest(capabilities.filter((text) => /^\d+\.\d+$/.test(text))),
    driverLoaded: true,
  };
}

function smallest(versions: readonly string[]): string | null {
  return [...versions].sort(compareVersions)[0] ?? null;
}
