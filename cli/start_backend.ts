import type { ActiveBackend } from "../lib/backends/backend.ts";
import type { Output } from "./output.ts";
import type { BackendChoice } from "./shared_options.ts";

/** Makes a backend current. */
type SelectBackend = (choice: BackendChoice) => Promise<ActiveBackend>;

async function select(choice: BackendChoice): Promise<ActiveBackend> {
  const { selectBackend } = await import("../lib/backends/select_backend.ts");
  return await selectBackend(choice);
}

/**
 * Makes a backend current and says which, and which GPU it leaves unused.
 *
 * @param choice The backend asked for.
 * @param output Where to say it.
 * @param options A test selects by other means.
 * @returns The backend in use.
 * @throws {BackendError} if it cannot be used here.
 */
export async function startBackend(
  choice: BackendChoice,
  output: Pick<Output, "warn" | "talk">,
  options: { readonly select: SelectBackend } = { select },
): Promise<ActiveBackend> {
  const backend = await options.select(choice);
  // Said even with --quiet: a slow stand-in must not go unnoticed.
  for (const { name, reason, remedy } of backend.passedOver) {
    output.warn(`backend ${name} passed over: ${reason}${remedy ? `; ${remedy}` : ""}`);
  }
  const { unusedGpu } = backend;
  if (unusedGpu !== undefined) {
    output.warn(
      `${unusedGpu.gpu} is not used, ${backend.name} computes on the CPU: ${unusedGpu.reason}; ${unusedGpu.remedy}`,
    );
  }
  output.talk(`backend: ${backend.description}`);
  return backend;
}
