import type { BackendName } from "../../lib/backends/backend.ts";
import { BACKENDS } from "../../lib/backends/select_backend.ts";

let names: Promise<BackendName[]> | undefined;

/**
 * Backends that a test runs on: `cpu`, `wasm`, and `tensorflow` where its library is installed. Where it is not, a
 * test that is ignored says so: a backend must not drop out of the tests in silence.
 */
export function testBackends(): Promise<BackendName[]> {
  names ??= findBackends();
  return names;
}

async function findBackends(): Promise<BackendName[]> {
  const { available, detail, remedy } = await BACKENDS.tensorflow.probe();
  if (available) return ["cpu", "wasm", "tensorflow"];
  Deno.test.ignore(`backend tensorflow is not tested here: ${detail}; ${remedy}`, () => {});
  return ["cpu", "wasm"];
}

/** Makes a backend current, then runs the test. */
export async function withBackend<Result>(
  name: BackendName,
  fn: () => Promise<Result> | Result,
): Promise<Result> {
  await BACKENDS[name].activate();
  return await fn();
}
