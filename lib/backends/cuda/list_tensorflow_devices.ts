import { dirname, join } from "node:path";
import type { NativeInstallation } from "../native_cache.ts";

/** A device as TensorFlow lists it. */
export interface TensorflowDevice {
  /** `GPU:0`. */
  readonly name: string;
  /** `CPU` or `GPU`. */
  readonly type: string;
  /** Bytes that TensorFlow may take there; of a GPU, about what is free when it starts. */
  readonly memory: number;
}

const SYMBOLS = {
  TF_NewStatus: { parameters: [], result: "pointer" },
  TF_GetCode: { parameters: ["pointer"], result: "i32" },
  TFE_NewContextOptions: { parameters: [], result: "pointer" },
  TFE_DeleteContextOptions: { parameters: ["pointer"], result: "void" },
  TFE_NewContext: { parameters: ["pointer", "pointer"], result: "pointer" },
  TFE_ContextListDevices: { parameters: ["pointer", "pointer"], result: "pointer" },
  TFE_DeleteContext: { parameters: ["pointer"], result: "void" },
  TF_DeviceListCount: { parameters: ["pointer"], result: "i32" },
  TF_DeviceListName: { parameters: ["pointer", "i32", "pointer"], result: "pointer" },
  TF_DeviceListType: { parameters: ["pointer", "i32", "pointer"], result: "pointer" },
  TF_DeviceListMemoryBytes: { parameters: ["pointer", "i32", "pointer"], result: "i64" },
  TF_DeleteDeviceList: { parameters: ["pointer"], result: "void" },
  TF_DeleteStatus: { parameters: ["pointer"], result: "void" },
} as const;

/** Where the library that the binding is linked to lies, relative to the installation. */
const LIBRARIES = [
  ...["tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_cc.2.dylib"],
  ...["deps/lib/libtensorflow.so.2", "deps/lib/libtensorflow.2.dylib"],
];

/**
 * Asks libtensorflow which devices it sees. tfjs-node only tells whether there is a GPU among them.
 *
 * @param installation The installation whose binding is loaded: a second copy of the library would crash the process.
 * @returns The devices; `null` where the library cannot be asked (another layout, or no permission).
 */
export async function listTensorflowDevices(
  { directory, bindingPath, manifest }: NativeInstallation,
): Promise<TensorflowDevice[] | null> {
  const known = new Set(manifest.files.map(({ path }) => path));
  // The prebuilt archive's short names are links, which the manifest leaves out.
  const inManifest = LIBRARIES.find((path) => known.has(path));
  const path = inManifest === undefined
    ? join(dirname(bindingPath), "../../deps/lib/libtensorflow.so.2")
    : join(directory, inManifest);
  if ((await Deno.permissions.query({ name: "ffi", path })).state !== "granted") return null;
  try {
    return readDevices(Deno.dlopen(path, SYMBOLS).symbols);
  } catch {
    return null;
  }
}

function readDevices(tf: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"]): TensorflowDevice[] {
  const status = tf.TF_NewStatus();
  const options = tf.TFE_NewContextOptions();
  const context = tf.TFE_NewContext(options, status);
  tf.TFE_DeleteContextOptions(options);
  if (tf.TF_GetCode(status) !== 0) throw new Error("TensorFlow makes no context");
  const list = tf.TFE_ContextListDevices(context, status);
  const text = (pointer: Deno.PointerValue) =>
    pointer === null ? "" : Deno.UnsafePointerView.getCString(pointer);
  const devices = Array.from({ length: tf.TF_DeviceListCount(list) }, (_, index) => ({
    // `/job:localhost/replica:0/task:0/device:GPU:0`
    name: text(tf.TF_DeviceListName(list, index, status)).replace(/^.*\/device:/, ""),
    type: text(tf.TF_DeviceListType(list, index, status)),
    memory: Number(tf.TF_DeviceListMemoryBytes(list, index, status)),
  }));
  tf.TF_DeleteDeviceList(list);
  tf.TFE_DeleteContext(context);
  tf.TF_DeleteStatus(status);
  return devices;
}
