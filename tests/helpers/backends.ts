import type { BackendName } from "../../lib/backends/backend.ts";
import { messageOf } from "../../lib/errors.ts";
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

/** Whether TensorFlow computes in bfloat16 on this processor. Where it does not, a test that is ignored says so. */
export async function hasBfloat16(): Promise<boolean> {
  if (!(await testBackends()).includes("tensorflow")) return false;
  try {
    await BACKENDS.tensorflow.activate({ math: "bfloat16" });
    return true;
  } catch (error) {
    Deno.test.ignore(`bfloat16 is not tested here: ${messageOf(error)}`, () => {});
    return false;
  } finally {
    await BACKENDS.tensorflow.activate();
  }
}

/** Makes a backend current, then runs the test. */
export async function withBackend<Result>(
  name: BackendName,
  fn: () => Promise<Result> | Result,
): Promise<Result> {
  await BACKENDS[name].activate();
  return await fn();
}
