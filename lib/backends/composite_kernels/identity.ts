import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs-core";
import { COMPOSED_BACKEND, inputNamed } from "./compose_kernel.ts";
import type { WasmMemory } from "./wasm_memory.ts";

/**
 * The same tensor under another name, as `tf.clone` makes it and every gradient that saves its inputs. The WASM backend
 * copies the numbers; here both names share them, as they do on the other backends.
 *
 * @param original - the backend's own kernel, for tensors of text.
 * @returns the kernel that takes its place.
 */
export function identity(original: KernelConfig): KernelConfig {
  return {
    kernelName: "Identity",
    backendName: COMPOSED_BACKEND,
    kernelFunc(call): TensorInfo | TensorInfo[] {
      const { dataId, shape, dtype } = inputNamed(call.inputs, "x");
      if (dtype === "string") return original.kernelFunc(call);
      (call.backend as unknown as WasmMemory).incRef(dataId);
      return { dataId, shape, dtype };
    },
  };
}
