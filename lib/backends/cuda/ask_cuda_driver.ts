import { messageOf } from "../../errors.ts";

/** A GPU as the CUDA driver describes it. */
export interface CudaDevice {
  /** `NVIDIA H100 80GB HBM3`. */
  readonly name: string;
  /** `9.0`. */
  readonly computeCapability: string;
  /** Bytes. */
  readonly memory: number;
}

/** What the CUDA driver says. */
export type CudaAnswer =
  | {
    /** Largest CUDA version that the driver serves, `13.0`. */
    readonly cuda: string;
    /** The GPUs that it hands out; `CUDA_VISIBLE_DEVICES` may hide some. */
    readonly devices: readonly CudaDevice[];
  }
  | {
    /** Why it cannot be used. */
    readonly failure: string;
  };

/** Parameters: name of the C type in Deno's foreign function interface. */
const SYMBOLS = {
  cuInit: { parameters: ["u32"], result: "i32" },
  cuGetErrorString: { parameters: ["i32", "buffer"], result: "i32" },
  cuDriverGetVersion: { parameters: ["buffer"], result: "i32" },
  cuDeviceGetCount: { parameters: ["buffer"], result: "i32" },
  cuDeviceGet: { parameters: ["buffer", "i32"], result: "i32" },
  cuDeviceGetName: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  cuDeviceGetAttribute: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  cuDeviceTotalMem_v2: { parameters: ["buffer", "i32"], result: "i32" },
} as const;

type CudaLibrary = Deno.DynamicLibrary<typeof SYMBOLS>;

/** `CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR` and `_MINOR`. */
const CAPABILITY_ATTRIBUTES = [75, 76] as const;

const NAME_LENGTH = 256;

/** Name of the driver's library, which comes with it. */
const CUDA_LIBRARY = Deno.build.os === "windows" ? "nvcuda.dll" : "libcuda.so.1";

/**
 * Asks the CUDA driver which GPUs it serves. It is the same library, and the same first call, that TensorFlow
 * depends on, so that a failure here is the reason why TensorFlow sees no GPU.
 *
 * @param path The driver's library.
 * @returns GPUs, or why there are none; `null` where Deno may not load libraries.
 */
export async function askCudaDriver(path = CUDA_LIBRARY): Promise<CudaAnswer | null> {
  const { state } = await Deno.permissions.query({ name: "ffi", path });
  if (state !== "granted") return null;
  let library: CudaLibrary;
  try {
    library = Deno.dlopen(path, SYMBOLS);
  } catch (error) {
    const reason = messageOf(error).replace(/^(?:Could not open library: )+/, "");
    return { failure: `the CUDA driver cannot be loaded (${reason})` };
  }
  // The library stays open: TensorFlow loads it again in a moment, and closing it would end its threads.
  return describeDevices(library);
}

function describeDevices({ symbols }: CudaLibrary): CudaAnswer {
  const initialised = symbols.cuInit(0);
  if (initialised !== 0) {
    return {
      failure: `the CUDA driver does not start: ${
        explainCode(symbols, initialised)
      } (error ${initialised})`,
    };
  }
  const version = readNumber((into) => symbols.cuDriverGetVersion(into));
  const count = readNumber((into) => symbols.cuDeviceGetCount(into));
  const devices = Array.from({ length: count }, (_, index) => describeDevice(symbols, index));
  return { cuda: `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}`, devices };
}

function describeDevice(symbols: CudaLibrary["symbols"], index: number): CudaDevice {
  const handle = readNumber((into) => symbols.cuDeviceGet(into, index));
  const name = new Uint8Array(NAME_LENGTH);
  symbols.cuDeviceGetName(name, NAME_LENGTH, handle);
  const memory = new BigUint64Array(1);
  symbols.cuDeviceTotalMem_v2(new Uint8Array(memory.buffer), handle);
  const [major, minor] = CAPABILITY_ATTRIBUTES.map((attribute) =>
    readNumber((into) => symbols.cuDeviceGetAttribute(into, attribute, handle))
  );
  return {
    name: new TextDecoder().decode(name.subarray(0, name.indexOf(0))),
    computeCapability: `${major}.${minor}`,
    memory: Number(memory[0]),
  };
}

/** The number that a function of the driver writes where its first argument points to; 0 where it fails. */
function readNumber(call: (into: Uint8Array<ArrayBuffer>) => number): number {
  const number = new Int32Array(1);
  return call(new Uint8Array(number.buffer)) === 0 ? number[0]! : 0;
}

function explainCode(symbols: CudaLibrary["symbols"], code: number): string {
  const text = new BigUint64Array(1);
  const found = symbols.cuGetErrorString(code, new Uint8Array(text.buffer));
  const pointer = found === 0 ? Deno.UnsafePointer.create(text[0]!) : null;
  return pointer === null ? "unknown error" : Deno.UnsafePointerView.getCString(pointer);
}
