import type { ActiveBackend } from "../lib/backends/backend.ts";
import type { Output } from "./output.ts";
import type { BackendChoice } from "./shared_options.ts";

/**
 * Makes a backend current and says which.
 *
 * @param choice The backend asked for.
 * @param output Where to say it.
 * @returns The backend in use.
 * @throws {BackendError} if it cannot be used here.
 */
export async function startBackend(choice: BackendChoice, output: Output): Promise<ActiveBackend> {
  const { selectBackend } = await import("../lib/backends/select_backend.ts");
  const backend = await selectBackend(choice);
  // Said even with --quiet: a slow stand-in must not go unnoticed.
  for (const { name, reason, remedy } of backend.passedOver) {
    output.warn(`backend ${name} passed over: ${reason}${remedy ? `; ${remedy}` : ""}`);
  }
  output.talk(`backend: ${backend.description}`);
  return backend;
}
