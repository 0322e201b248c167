import type { UnusedGpu } from "./cuda/explain_unused_gpu.ts";

/** Backends that the command line offers. `cpu` (plain JavaScript) exists for tests. */
export type BackendName = "tensorflow" | "webgpu" | "wasm" | "cpu";

/**
 * Numbers that convolutions, their gradients and large matrix products are computed with: `bfloat16` rounds what goes in
 * and what comes out to 8 bits of precision. Everything else is float32.
 */
export type MathType = "float32" | "bfloat16";

/** What a backend says about itself before it is used. */
export interface BackendProbe {
  /** Which backend. */
  readonly name: BackendName;
  /** Whether `activate` will succeed. */
  readonly available: boolean;
  /** What was found: versions, device, path; or why the backend cannot be used. */
  readonly detail: string;
  /** What to do when it is not available. */
  readonly remedy?: string;
}

/** What runs after `selectBackend`. */
export interface ActiveBackend {
  /** Which backend. */
  readonly name: BackendName;
  /** For people and logs: `TensorFlow 2.21.0, CPU`. */
  readonly description: string;
  /** Versions that a report has to name: package or library -> version. */
  readonly versions: Readonly<Record<string, string>>;
  /** `cpu` or `gpu`. */
  readonly device: "cpu" | "gpu";
  /** Cores that it uses; absent where it leaves that to a library. */
  readonly threads?: number;
  /** Numbers that products are computed with; absent: float32. */
  readonly math?: MathType;
  /** Better backends that `auto` could not take, with the reason; empty for a backend that was named. */
  readonly passedOver: readonly PassedOverBackend[];
  /** The machine's NVIDIA GPU that this backend could use and does not; absent where there is none. */
  readonly unusedGpu?: UnusedGpu;
}

/** A backend that `auto` tried before the one it took. */
export interface PassedOverBackend {
  /** Which backend. */
  readonly name: BackendName;
  /** Why it was not taken. */
  readonly reason: string;
  /** What would make it available. */
  readonly remedy?: string;
}

/** How a backend is to work. */
export interface ActivateOptions {
  /**
   * Threads that `wasm` computes on, 1..1024; the results do not depend on it. Other backends do not look at it.
   *
   * @default the number of cores
   */
  readonly threads?: number;
  /**
   * Numbers that products are computed with; only `tensorflow` on a CPU knows others than float32.
   *
   * @default "float32"
   */
  readonly math?: MathType;
}

/** The contract of a backend: found without side effects, then made TensorFlow.js's current one. */
export interface Backend {
  /** Which backend. */
  readonly name: BackendName;
  /** Looks whether the backend can work here, without loading more than it must. */
  probe(): Promise<BackendProbe>;
  /**
   * Makes the backend current.
   *
   * @param options How it is to work.
   * @throws {BackendError} if it cannot work here; the message says why and how to fix it.
   */
  activate(options?: ActivateOptions): Promise<ActiveBackend>;
}
