import { type MachineFiles, machineFiles } from "./machine_files.ts";

/** What a machine's files say of its NVIDIA GPU. */
export interface NvidiaGpu {
  /** Names of the GPUs, `NVIDIA H100 80GB HBM3`; empty where only their presence shows. */
  readonly names: readonly string[];
  /** Version of the driver's kernel part, `580.159.04`; `null` where it is not told. */
  readonly driver: string | null;
  /** Whether the driver is there; without it the GPU is of no use. */
  readonly driverLoaded: boolean;
}

/** The kernel's name for the maker. */
const NVIDIA_VENDOR = "0x10de";

/** Classes of PCI devices that compute: display controllers and 3-D controllers. */
const GPU_CLASSES = ["0x0300", "0x0302"];

/** Where the driver of Windows shows itself to a Linux guest (WSL). */
const WSL_DRIVER = "/usr/lib/wsl/lib/libcuda.so.1";

/**
 * Looks for an NVIDIA GPU in the files of Linux, without running or loading anything. Deno shows these files to
 * programs with all permissions only; others find nothing here.
 *
 * @param files Files of the machine.
 * @returns What was found; `null` where there is no such GPU, or another operating system.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const empty = {
 *   readText: () => Promise.resolve(null),
 *   list: () => Promise.resolve([]),
 *   exists: () => Promise.resolve(false),
 * };
 * assert.equal(await readNvidiaGpu(empty), null);
 * ```
 */
export async function readNvidiaGpu(files: MachineFiles = machineFiles): Promise<NvidiaGpu | null> {
  const version = await files.readText("/proc/driver/nvidia/version");
  const names = await readNames(files);
  // Containers and virtual machines may hide the driver's folder and still hand the device over.
  const hasDevice = await files.exists("/dev/nvidiactl") || await files.exists(WSL_DRIVER);
  const driverLoaded = version !== null || names.length > 0 || hasDevice;
  if (!driverLoaded && !await hasPciDevice(files)) return null;
  return { names, driver: parseDriverVersion(version ?? ""), driverLoaded };
}

/** One folder per GPU, with a file of `Key: value` lines. */
async function readNames(files: MachineFiles): Promise<string[]> {
  const folder = "/proc/driver/nvidia/gpus";
  const names: string[] = [];
  for (const gpu of await files.list(folder)) {
    const text = await files.readText(`${folder}/${gpu}/information`);
    const name = /^Model:\s*(.+?)\s*$/m.exec(text ?? "")?.[1];
    if (name !== undefined) names.push(name);
  }
  return names;
}

async function hasPciDevice(files: MachineFiles): Promise<boolean> {
  const folder = "/sys/bus/pci/devices";
  for (const device of await files.list(folder)) {
    const vendor = await files.readText(`${folder}/${device}/vendor`);
    if (vendor?.trim() !== NVIDIA_VENDOR) continue;
    const kind = (await files.readText(`${folder}/${device}/class`))?.trim() ?? "";
    if (GPU_CLASSES.some((prefix) => kind.startsWith(prefix))) return true;
  }
  return false;
}

/**
 * The version of the driver in the text of `/proc/driver/nvidia/version`.
 *
 * @returns `580.159.04`, or `null` where the text names none.
 */
export function parseDriverVersion(text: string): string | null {
  return /NVRM version:.*?\s(\d{3,}\.\d+(?:\.\d+)?)\s/.exec(text)?.[1] ?? null;
}
