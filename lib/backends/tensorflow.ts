import { createRequire } from "node:module";
import { BackendError, messageOf } from "../errors.ts";
import type { ActivateOptions, ActiveBackend, Backend, BackendProbe } from "./backend.ts";
import { computesInBfloat16, roundToBfloat16 } from "./bfloat16.ts";
import { explainUnusedGpu, type UnusedGpu } from "./cuda/explain_unused_gpu.ts";
import { findNvidiaGpu } from "./cuda/find_nvidia_gpu.ts";
import { type MissingLibrary, preloadCuda } from "./cuda/preload_cuda.ts";
import {
  NATIVE_DIRECTORY_VARIABLES,
  nativeDirectory,
  type NativeInstallation,
  readNativeInstallation,
  TFJS_NODE_VERSION,
} from "./native_cache.ts";
import { loadDriver, type NativeBinding } from "./native_driver.ts";
import { areDriversLoaded } from "./webgpu.ts";
import { nativeBackend } from "./native_operation.ts";
import { quietStderr } from "./quiet_stderr.ts";
import { registerGradients } from "./register_gradients.ts";
import { isGranted } from "./permissions.ts";

const INSTALL_REMEDY = 'run "deno task install-native"';

/**
 * Read by libtensorflow while it is loaded; a value that the user has set wins.
 * Without the first, it writes start-up lines among ours; the second makes runs on a GPU repeatable, but for the
 * gradient of depthwise filters: TensorFlow has no repeatable form of it there and would refuse it, and with it every
 * training of a puppet, without the third. oneDNN is worth a factor of 1.8 in a training step on a CPU, and two
 * processes still end with the same bytes.
 */
const ENVIRONMENT_DEFAULTS: Readonly<Record<string, string>> = {
  TF_CPP_MIN_LOG_LEVEL: "3",
  TF_DETERMINISTIC_OPS: "1",
  TF_DISABLE_DEPTHWISE_CONV_DETERMINISM_EXCEPTIONS: "1",
  TF_ENABLE_ONEDNN_OPTS: "1",
};

/** Environment variables that the backend reads, or sets for libtensorflow. */
export const TENSORFLOW_VARIABLES: readonly string[] = [
  ...NATIVE_DIRECTORY_VARIABLES,
  ...Object.keys(ENVIRONMENT_DEFAULTS),
];

/** Native TensorFlow through the binding of tfjs-node, linked to the library that `install-native` keeps. */
export const tensorflowBackend: Backend = {
  name: "tensorflow",
  probe: probeTensorflow,
  activate: activateTensorflow,
};

async function probeTensorflow(): Promise<BackendProbe> {
  try {
    const installation = await requireInstallation();
    return {
      name: "tensorflow",
      available: true,
      detail: describe(installation) + ` in ${installation.directory}`,
    };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    const [detail, remedy] = splitRemedy(error.message);
    return { name: "tensorflow", available: false, detail, remedy };
  }
}

/** Messages end with `; what to do`, which a probe reports apart. */
function splitRemedy(message: string): [detail: string, remedy: string] {
  const at = message.lastIndexOf("; ");
  if (at < 0) return [message, INSTALL_REMEDY];
  const detail = message.slice(0, at).replace(/^Cannot use backend "tensorflow": /, "");
  return [detail, message.slice(at + 2)];
}

async function requireInstallation(): Promise<NativeInstallation> {
  // Asked for first: in a terminal, the calls themselves would stop and prompt for a permission.
  for (const variable of TENSORFLOW_VARIABLES) {
    await requirePermission({ name: "env", variable }, "--allow-env");
  }
  const directory = nativeDirectory();
  await requirePermission({ name: "read", path: directory }, "--allow-read");
  const installation = await readNativeInstallation(directory);
  if (installation === null) {
    throw new BackendError(
      `Cannot use backend "tensorflow": no native library in ${directory}; ${INSTALL_REMEDY}`,
    );
  }
  await requirePermission({ name: "ffi", path: installation.bindingPath }, "--allow-ffi");
  return installation;
}

async function requirePermission(
  descriptor: Deno.PermissionDescriptor,
  flag: string,
): Promise<void> {
  if (await isGranted(descriptor)) return;
  const missing = "variable" in descriptor
    ? `Deno may not read the variable ${descriptor.variable}`
    : `Deno has no permission "${descriptor.name}" for ${"path" in descriptor && descriptor.path}`;
  throw new BackendError(
    `Cannot use backend "tensorflow": ${missing}; run Deno with ${flag}`,
  );
}

function describe({ manifest }: NativeInstallation): string {
  const build = manifest.device === "gpu" ? "CUDA build" : "CPU build";
  return `TensorFlow ${manifest.tensorflow}, ${build}`;
}

/** The binding is loaded once a process: a second copy of libtensorflow would register its ops twice. */
let loaded: Promise<ActiveBackend> | undefined;

async function activateTensorflow(options: ActivateOptions = {}): Promise<ActiveBackend> {
  loaded ??= loadBackend();
  let active: ActiveBackend;
  try {
    active = await loaded;
    const tf = await import("@tensorflow/tfjs-core");
    await tf.setBackend("tensorflow");
  } catch (error) {
    loaded = undefined;
    throw error;
  }
  // Refused numbers leave a backend that is loaded.
  return useMath(active, options);
}

/** Sets the numbers that products are computed with. */
function useMath(active: ActiveBackend, { math = "float32" }: ActivateOptions): ActiveBackend {
  const backend = nativeBackend()!;
  if (math === "bfloat16" && active.device === "gpu") {
    throw new BackendError(
      `Cannot compute in ${math} on a GPU: it is made for CPUs; take math float32 (--math)`,
    );
  }
  roundToBfloat16(backend, false);
  if (math === "float32") return active;
  if (Deno.env.get("TF_ENABLE_ONEDNN_OPTS") === "0") {
    throw new BackendError(
      `Cannot compute in ${math} without oneDNN: TensorFlow's own operations round the sums too; unset ` +
        "TF_ENABLE_ONEDNN_OPTS, or take math float32 (--math)",
    );
  }
  if (computesInBfloat16() === false) {
    throw new BackendError(
      `Cannot compute in ${math} here: TensorFlow's oneDNN has no convolutions in it for this processor (x86 without ` +
        "AVX-512); take math float32 (--math), or go on with a run that began in it on another machine",
    );
  }
  roundToBfloat16(backend, true);
  return { ...active, description: `${active.description}, ${math}`, math };
}

async function loadBackend(): Promise<ActiveBackend> {
  const installation = await requireInstallation();
  if (areDriversLoaded() && Deno.build.os === "linux") {
    throw new BackendError(
      'Cannot use backend "tensorflow": WebGPU was looked for earlier in this process, and the two ' +
        "copies of LLVM would crash it; start backend tensorflow first",
    );
  }
  for (const [name, value] of Object.entries(ENVIRONMENT_DEFAULTS)) {
    if (Deno.env.get(name) === undefined) Deno.env.set(name, value);
  }
  const missing = installation.manifest.device === "gpu" && Deno.build.os === "linux"
    ? preloadCuda(installation)
    : [];
  const binding = loadBinding(installation);
  const tf = await import("@tensorflow/tfjs-core");
  await registerGradients();
  const backend = await loadDriver(installation, binding);
  tf.registerBackend("tensorflow", () => backend, 3);
  const device = binding.isUsingGpuDevice() ? "gpu" : "cpu";
  const unusedGpu = device === "gpu" ? null : await findUnusedGpu(installation, missing);
  return {
    name: "tensorflow",
    description: `TensorFlow ${binding.TF_Version}, ${device.toUpperCase()}`,
    versions: {
      tensorflow: binding.TF_Version,
      "@tensorflow/tfjs-core": tf.version_core,
      "@tensorflow/tfjs-node-gpu": TFJS_NODE_VERSION,
    },
    device,
    passedOver: [],
    ...unusedGpu === null ? {} : { unusedGpu },
  };
}

/** Asks the machine for a GPU that TensorFlow should have found. */
async function findUnusedGpu(
  { manifest }: NativeInstallation,
  missing: readonly MissingLibrary[],
): Promise<UnusedGpu | null> {
  const found = await findNvidiaGpu();
  if (found === null) return null;
  const variable = "CUDA_VISIBLE_DEVICES";
  const visibleDevices = await isGranted({ name: "env", variable })
    ? Deno.env.get(variable)
    : undefined;
  return explainUnusedGpu({ ...found, manifest, missing, visibleDevices });
}

function loadBinding({ bindingPath }: NativeInstallation): NativeBinding {
  try {
    const load = () => createRequire(import.meta.url)(bindingPath) as NativeBinding;
    // Somebody who lowers the level looks for a fault and wants all that is written.
    return Number(Deno.env.get("TF_CPP_MIN_LOG_LEVEL")) >= 2 ? quietStderr(load) : load();
  } catch (cause) {
    throw new BackendError(
      `Cannot load the native library: ${messageOf(cause).split("\n")[0]}; install it again with ` +
        '"deno task install-native --force"',
      { cause },
    );
  }
}
