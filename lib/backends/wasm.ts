import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BackendError, messageOf } from "../errors.ts";
import { splitKernels, type WasmBackend } from "./wasm_threads/split_kernels.ts";
import { WasmThreads } from "./wasm_threads/wasm_threads.ts";
import type { ActivateOptions, ActiveBackend, Backend, BackendProbe } from "./backend.ts";
import { isGranted } from "./permissions.ts";
import { registerGradients } from "./register_gradients.ts";
import { countOf } from "../count_of.ts";

/** XNNPACK compiled to WebAssembly: runs everywhere, large operations on several cores. */
export const wasmBackend: Backend = {
  name: "wasm",
  probe: probeWasm,
  activate: activateWasm,
};

async function probeWasm(): Promise<BackendProbe> {
  if (typeof WebAssembly !== "object") {
    // V8 runs without it under --jitless.
    return unavailable(
      "This runtime has no WebAssembly",
      'run Deno without "--v8-flags=--jitless"',
    );
  }
  const module = import.meta.resolve("@tensorflow/tfjs-backend-wasm");
  if (module.startsWith("file:")) {
    const path = dirname(fileURLToPath(module));
    if (!await isGranted({ name: "read", path })) {
      return unavailable(`Deno may not read ${path}`, "run Deno with --allow-read");
    }
  }
  return { name: "wasm", available: true, detail: "WebAssembly" };
}

function unavailable(detail: string, remedy: string): BackendProbe {
  return { name: "wasm", available: false, detail, remedy };
}

/** One for the process, as the backend's kernels are. */
let shared: WasmThreads | undefined;

async function useThreads(count: number, simd: boolean): Promise<WasmThreads> {
  if (shared !== undefined) {
    await shared.resize(count);
    return shared;
  }
  const { backend } = await import("@tensorflow/tfjs-core");
  const folder = dirname(fileURLToPath(import.meta.resolve("@tensorflow/tfjs-backend-wasm")));
  const program = join(folder, `tfjs-backend-wasm${simd ? "-simd" : ""}.wasm`);
  shared = new WasmThreads(count, await Deno.readFile(program));
  splitKernels(backend() as unknown as WasmBackend, shared);
  return shared;
}

/**
 * The threads of the backend, for tests and measurements.
 *
 * @returns `undefined` before the backend was activated.
 */
export function wasmThreads(): WasmThreads | undefined {
  return shared;
}

async function activateWasm(options: ActivateOptions = {}): Promise<ActiveBackend> {
  const { available, detail, remedy } = await probeWasm();
  if (!available) throw new BackendError(`Cannot use backend "wasm": ${detail}; ${remedy}`);
  const tf = await import("@tensorflow/tfjs-core");
  try {
    await registerGradients();
    const { version_wasm } = await import("@tensorflow/tfjs-backend-wasm");
    const { registerCompositeKernels } = await import(
      "./composite_kernels/register_composite_kernels.ts"
    );
    registerCompositeKernels();
    if (!await tf.setBackend("wasm")) throw new Error("its module could not be started");
    const simd = tf.env().getBool("WASM_HAS_SIMD_SUPPORT");
    const { count } = await useThreads(options.threads ?? navigator.hardwareConcurrency, simd);
    return {
      name: "wasm",
      description: `WebAssembly ${simd ? "with" : "without"} SIMD, CPU, ` +
        countOf(count, "thread"),
      versions: {
        "@tensorflow/tfjs-core": tf.version_core,
        "@tensorflow/tfjs-backend-wasm": version_wasm,
      },
      device: "cpu",
      threads: count,
      passedOver: [],
    };
  } catch (cause) {
    throw new BackendError(
      `Cannot use backend "wasm": ${messageOf(cause)}; run "doctor" for what is missing`,
      { cause },
    );
  }
}
