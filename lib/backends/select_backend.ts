import { setCurrentBackend } from "./current_backend.ts";
import { describeGiven } from "../arguments/describe_given.ts";
import { requireOptions } from "../arguments/require_options.ts";
import { BackendError, messageOf } from "../errors.ts";
import type {
  ActivateOptions,
  ActiveBackend,
  Backend,
  BackendName,
  PassedOverBackend,
} from "./backend.ts";
import { checkComputation } from "./check_computation.ts";
import { cpuBackend } from "./cpu.ts";
import { tensorflowBackend } from "./tensorflow.ts";
import { wasmBackend } from "./wasm.ts";
import { hasHardwareAdapter, webgpuBackend } from "./webgpu.ts";

/** What a user can ask for. */
export type BackendRequest = "auto" | BackendName;

/** Every backend by its name. */
export const BACKENDS: Readonly<Record<BackendName, Backend>> = {
  tensorflow: tensorflowBackend,
  webgpu: webgpuBackend,
  wasm: wasmBackend,
  cpu: cpuBackend,
};

/** The order in which `auto` tries, best first; `cpu` is for tests only. */
export const AUTO_ORDER: readonly BackendName[] = ["tensorflow", "webgpu", "wasm"];

/** Threads that are started at most. */
const MOST_THREADS = 1024;

/** Kinds of the options. */
const OPTIONS = {
  threads: "number",
  math: "text",
  backends: "object",
  hasHardwareAdapter: "function",
  computesCorrectly: "function",
} as const;

/** How the backend is to work, and parts that a test replaces. */
export interface SelectBackendOptions extends ActivateOptions {
  /** The backends to choose from. @default BACKENDS */
  readonly backends?: Readonly<Record<BackendName, Backend>>;
  /** Whether WebGPU would run on a real GPU. @default asks WebGPU */
  readonly hasHardwareAdapter?: () => Promise<boolean>;
  /** Whether the current backend computes what it should. @default multiplies and convolves */
  readonly computesCorrectly?: () => Promise<boolean>;
}

/**
 * Makes a backend TensorFlow.js's current one. `auto` takes the first of `tensorflow`, `webgpu` and `wasm` that
 * works; WebGPU only on a real GPU and after a small computation came out right. Only `auto` goes on with the CPU
 * where TensorFlow's CUDA build was installed and cannot use the machine's GPU. With `math: "bfloat16"`, `auto` is
 * `tensorflow`.
 *
 * @param request - a backend's name, or `auto`.
 * @param options - threads of `wasm`, numbers of `tensorflow`, and parts that a test replaces.
 * @returns what runs now, and which better backends were passed over.
 * @throws {BackendError} if the named backend, or with `auto` every one, cannot work here, or if the named one was
 * installed for a GPU that it cannot use, or if there is no such math.
 * @throws {RangeError} if the number of threads is not in 1..1024.
 * @throws {TypeError} if the name or an option is of another type.
 * @throws {UsageError} if an option is unknown.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal((await selectBackend("cpu")).name, "cpu");
 * ```
 */
export async function selectBackend(
  request: BackendRequest = "auto",
  options: SelectBackendOptions = {},
): Promise<ActiveBackend> {
  return setCurrentBackend(await chooseBackend(request, options));
}

async function chooseBackend(
  request: BackendRequest,
  options: SelectBackendOptions,
): Promise<ActiveBackend> {
  if (typeof request !== "string") {
    throw new TypeError(
      `Cannot select a backend: its name must be a text, current value is ${
        describeGiven(request)
      }`,
    );
  }
  requireOptions(options, OPTIONS, "options of selectBackend");
  const { backends = BACKENDS, math = "float32", threads = 1 } = options;
  if (request !== "auto" && !Object.hasOwn(backends, request)) {
    throw new BackendError(
      `Cannot find backend ${JSON.stringify(request)}: there are auto, ${
        Object.keys(backends).join(", ")
      }`,
    );
  }
  if (!Number.isSafeInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw new RangeError(
      `Cannot select a backend: threads must be a whole number in 1..${MOST_THREADS}, current value is ${threads}`,
    );
  }
  if (math !== "float32") {
    // Taken for float32, it would be written into runs as what they were computed with.
    if (math !== "bfloat16") {
      throw new BackendError(
        `Cannot compute in ${JSON.stringify(math)}: there are float32, bfloat16`,
      );
    }
    if (request !== "auto" && request !== "tensorflow") {
      throw new BackendError(
        `Cannot compute in ${math} with backend "${request}": only tensorflow can; take it (--backend), or math ` +
          "float32 (--math)",
      );
    }
    // Another backend would compute something else than was asked for.
    const active = await backends.tensorflow.activate(options);
    return request === "auto" ? active : requireGpu(active);
  }
  if (request !== "auto") return requireGpu(await backends[request].activate(options));
  const passedOver: PassedOverBackend[] = [];
  for (const name of AUTO_ORDER) {
    const result = await tryBackend(backends[name], options);
    if ("reason" in result) passedOver.push(result);
    else return { ...result, passedOver };
  }
  throw new BackendError(
    `Cannot find a backend that works (${
      passedOver.map(whyPassedOver).join("; ")
    }); run "doctor" for what is missing`,
  );
}

/** Why a backend was passed over, and what to do about it. */
function whyPassedOver({ name, reason, remedy }: PassedOverBackend): string {
  return `${name}: ${reason}${remedy === undefined ? "" : `, ${remedy}`}`;
}

/** Who names a backend that was installed for the GPU must not wait for the CPU without knowing. */
function requireGpu(active: ActiveBackend): ActiveBackend {
  const { name, unusedGpu } = active;
  if (unusedGpu === undefined || unusedGpu.chosen) return active;
  throw new BackendError(
    `Cannot use ${unusedGpu.gpu} with backend "${name}": ${unusedGpu.reason}; ${unusedGpu.remedy}, or set ` +
      "CUDA_VISIBLE_DEVICES=-1 to compute on the CPU",
  );
}

async function tryBackend(
  backend: Backend,
  options: SelectBackendOptions,
): Promise<ActiveBackend | PassedOverBackend> {
  const { name } = backend;
  const probe = await backend.probe();
  if (!probe.available) {
    const { detail: reason, remedy } = probe;
    return remedy === undefined ? { name, reason } : { name, reason, remedy };
  }
  const isHardware = options.hasHardwareAdapter ?? hasHardwareAdapter;
  if (name === "webgpu" && !await isHardware()) {
    return { name, reason: `${probe.detail} is not a GPU` };
  }
  try {
    const active = await backend.activate(options);
    // A driver's fault must not become a worse model: WebGPU shaders have been miscompiled before.
    const computesCorrectly = options.computesCorrectly ?? checkComputation;
    if (name !== "webgpu" || await computesCorrectly()) return active;
    return { name, reason: `${active.description} computes wrong results` };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return { name, reason: messageOf(error) };
  }
}
