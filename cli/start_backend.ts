import type { ActivateOptions, ActiveBackend, MathType } from "../lib/backends/backend.ts";
import type { Output } from "./output.ts";
import { wasSaidBefore } from "./said_before.ts";
import type { BackendChoice } from "./shared_options.ts";

/** Makes a backend current. */
type SelectBackend = (choice: BackendChoice, options: ActivateOptions) => Promise<ActiveBackend>;

/** What was asked for, and parts that a test replaces. */
interface StartOptions {
  /** `--threads`. @default all cores */
  readonly threads?: number | undefined;
  /** Cores by the environment, where the option is not given. */
  readonly environmentThreads?: number | undefined;
  /** `--math`. @default float32 */
  readonly math?: MathType | undefined;
  readonly select?: SelectBackend;
  readonly wasSaid?: (text: string) => Promise<boolean>;
}

async function select(choice: BackendChoice, options: ActivateOptions): Promise<ActiveBackend> {
  const { selectBackend } = await import("../lib/backends/select_backend.ts");
  return await selectBackend(choice, options);
}

/**
 * Makes a backend current and says which, and which GPU it leaves unused.
 *
 * @param choice The backend asked for.
 * @param output Where to say it.
 * @param options Threads and arithmetic; a test selects and remembers by other means.
 * @returns The backend in use.
 * @throws {BackendError} if it cannot be used here.
 */
export async function startBackend(
  choice: BackendChoice,
  output: Pick<Output, "warn" | "talk">,
  options: StartOptions = {},
): Promise<ActiveBackend> {
  const { math } = options;
  const threads = options.threads ?? options.environmentThreads;
  const activation = {
    ...threads === undefined ? {} : { threads },
    ...math === undefined ? {} : { math },
  };
  const backend = await (options.select ?? select)(choice, activation);
  for (const { name, reason, remedy } of backend.passedOver) {
    const text = `backend ${name} passed over: ${reason}${remedy ? `; ${remedy}` : ""}`;
    // Once a machine: the line below names the backend in use every time.
    if (await (options.wasSaid ?? wasSaidBefore)(text)) continue;
    output.talk(`${text} (said once; "doctor" tells it again)`);
  }
  const { unusedGpu } = backend;
  if (unusedGpu !== undefined) {
    output.warn(
      `${unusedGpu.gpu} is not used, ${backend.name} computes on the CPU: ${unusedGpu.reason}; ${unusedGpu.remedy}`,
    );
  }
  if (options.threads !== undefined && backend.name !== "wasm") {
    output.talk(`remark: --threads makes no difference here: it is for backend wasm`);
  }
  output.talk(`backend: ${backend.description}`);
  return backend;
}
