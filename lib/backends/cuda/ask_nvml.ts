/** What NVIDIA's management library says. */
export interface NvmlAnswer {
  /** Version of the driver's kernel part, `580.159.04`. */
  readonly driver: string;
  /** Names of the GPUs, `NVIDIA H100 80GB HBM3`. */
  readonly names: readonly string[];
}

const SYMBOLS = {
  nvmlInit_v2: { parameters: [], result: "i32" },
  nvmlShutdown: { parameters: [], result: "i32" },
  nvmlSystemGetDriverVersion: { parameters: ["buffer", "u32"], result: "i32" },
  nvmlDeviceGetCount_v2: { parameters: ["buffer"], result: "i32" },
  nvmlDeviceGetHandleByIndex_v2: { parameters: ["u32", "buffer"], result: "i32" },
  nvmlDeviceGetName: { parameters: ["pointer", "buffer", "u32"], result: "i32" },
} as const;

type NvmlLibrary = Deno.DynamicLibrary<typeof SYMBOLS>;

/** More than the library's longest text. */
const TEXT_LENGTH = 128;

/** Name of the library, which comes with the driver. */
const NVML_LIBRARY = Deno.build.os === "windows" ? "nvml.dll" : "libnvidia-ml.so.1";

/**
 * Asks the library that `nvidia-smi` asks: it tells GPUs and driver even where CUDA does not start. Deno hands out
 * the driver's own files (`/proc`, `/dev`) to programs with all permissions only; this takes `--allow-ffi`.
 *
 * @param path The library.
 * @returns GPUs and driver; `null` without the library, without a driver that runs, or without the permission.
 */
export async function askNvml(path = NVML_LIBRARY): Promise<NvmlAnswer | null> {
  if ((await Deno.permissions.query({ name: "ffi", path })).state !== "granted") return null;
  let library: NvmlLibrary;
  try {
    library = Deno.dlopen(path, SYMBOLS);
  } catch {
    return null;
  }
  const { symbols } = library;
  try {
    if (symbols.nvmlInit_v2() !== 0) return null;
    const driver = readText((text) => symbols.nvmlSystemGetDriverVersion(text, TEXT_LENGTH));
    const count = new Uint32Array(1);
    const counted = symbols.nvmlDeviceGetCount_v2(new Uint8Array(count.buffer)) === 0;
    const names = Array.from({ length: counted ? count[0]! : 0 }, (_, index) => {
      const handle = new BigUint64Array(1);
      symbols.nvmlDeviceGetHandleByIndex_v2(index, new Uint8Array(handle.buffer));
      const device = Deno.UnsafePointer.create(handle[0]!);
      return readText((text) => symbols.nvmlDeviceGetName(device, text, TEXT_LENGTH));
    });
    symbols.nvmlShutdown();
    return { driver, names };
  } finally {
    library.close();
  }
}

/** The text that a function of the library writes; empty where it fails. */
function readText(call: (text: Uint8Array<ArrayBuffer>) => number): string {
  const bytes = new Uint8Array(TEXT_LENGTH);
  return call(bytes) === 0 ? new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0))) : "";
}
