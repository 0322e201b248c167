import { BackendError } from "../errors.ts";
import type { Backend, BackendName, BackendProbe } from "./backend.ts";
import type { UnusedGpu } from "./cuda/explain_unused_gpu.ts";
import { listMissingKernels } from "./list_missing_kernels.ts";

/** What was found out about a backend by starting it. */
export interface BackendInspection {
  readonly name: BackendName;
  /** Whether it works. */
  readonly works: boolean;
  /** What runs, or why nothing does. */
  readonly detail: string;
  /** How to fix it. */
  readonly remedy?: string;
  /** What it computes on; `null` for one that does not work. */
  readonly device: "cpu" | "gpu" | null;
  /** Kernels for training that it lacks; empty for one that does not work. */
  readonly missingKernels: readonly string[];
  /** Package or library -> version; empty for one that does not work. */
  readonly versions: Readonly<Record<string, string>>;
  /** The machine's GPU that it could use and does not; absent where there is none. */
  readonly unusedGpu?: UnusedGpu;
}

/**
 * Starts a backend, as a command would, and looks at what it has. The backend stays the current one.
 *
 * @param backend The backend.
 * @returns What was found; a backend that does not work is a result, not an error.
 */
export async function inspectBackend(backend: Backend): Promise<BackendInspection> {
  const probe = await backend.probe();
  if (!probe.available) return failed(probe);
  try {
    const { name, description: detail, device, versions, unusedGpu } = await backend.activate();
    const missingKernels = await listMissingKernels(name);
    const found = { name, works: true, detail, device, missingKernels, versions };
    return unusedGpu === undefined ? found : { ...found, unusedGpu };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return failed({ name: backend.name, detail: error.message });
  }
}

function failed(probe: Pick<BackendProbe, "name" | "detail" | "remedy">): BackendInspection {
  const { name, detail, remedy } = probe;
  const found = { name, works: false, detail, device: null, missingKernels: [], versions: {} };
  return remedy === undefined ? found : { ...found, remedy };
}
