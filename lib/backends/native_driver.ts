import { createRequire } from "node:module";
import nodeUtil from "node:util";
import { join } from "node:path";
import type { KernelBackend } from "@tensorflow/tfjs-core";
import { DRIVER_FOLDER, type NativeInstallation } from "./native_cache.ts";

/** The part of tfjs-node's binding that the toolkit itself reads. */
export interface NativeBinding {
  /** Version of libtensorflow. */
  readonly TF_Version: string;
  /** Whether TensorFlow uses a GPU. */
  isUsingGpuDevice(): boolean;
}

/** What of TensorFlow.js is looked at here. */
interface TensorFlowJs {
  readonly default?: TensorFlowJs;
  readonly KernelBackend: new () => KernelBackend;
}

/** Under this name the process hands its TensorFlow.js to tfjs-node. */
const HAND_OVER = "puppet-cnn/tfjs-core";

/** Stands in an installation for the packages of TensorFlow.js: a second copy would not know the first one's tensors. */
export const handOver = `module.exports = globalThis[Symbol.for("${HAND_OVER}")];\n`;

/** tfjs-node calls two functions that Node.js removed in version 23. */
function restoreNodeUtil(): void {
  const util = nodeUtil as unknown as Record<string, (value: unknown) => boolean>;
  util["isNullOrUndefined"] ??= (value) => value === null || value === undefined;
  util["isArray"] ??= (value) => Array.isArray(value);
}

/**
 * tfjs-node calls its base class as a function, which a class of a bundle does not allow.
 *
 * @param core TensorFlow.js.
 * @returns The same, but for a base class that allows both.
 */
function allowCalls(core: TensorFlowJs): object {
  const base = core.KernelBackend;
  const KernelBackend = function (this: object): KernelBackend {
    return Reflect.construct(base, [], this.constructor);
  };
  KernelBackend.prototype = base.prototype;
  return { ...core, KernelBackend };
}

/**
 * Loads the JavaScript of tfjs-node from an installation, registers its kernels and makes its backend.
 *
 * @param installation Where it lies.
 * @param binding The loaded binding.
 * @returns The backend, which is not registered yet.
 */
export async function loadDriver(
  { directory }: Pick<NativeInstallation, "directory">,
  binding: NativeBinding,
): Promise<KernelBackend> {
  // What CommonJS modules of the package itself would get; a bundle has no such form, only the names.
  const names = await import("@tensorflow/tfjs-core") as unknown as TensorFlowJs;
  const core = names.default ?? names;
  const load = createRequire(join(directory, DRIVER_FOLDER, "package.json"));
  const shared = globalThis as unknown as Record<symbol, unknown>;
  restoreNodeUtil();
  shared[Symbol.for(HAND_OVER)] = allowCalls(core);
  try {
    load("./dist/register_all_kernels.js");
    const { NodeJSKernelBackend } = load("./dist/nodejs_kernel_backend.js") as {
      NodeJSKernelBackend: new (binding: NativeBinding, packageName: string) => KernelBackend;
    };
    return new NodeJSKernelBackend(binding, "tfjs-node-gpu");
  } finally {
    delete shared[Symbol.for(HAND_OVER)];
  }
}
