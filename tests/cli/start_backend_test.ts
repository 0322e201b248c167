import assert from "node:assert/strict";
import { startBackend } from "../../cli/start_backend.ts";
import type { ActiveBackend } from "../../lib/backends/backend.ts";

const CPU: ActiveBackend = {
  ...{ name: "tensorflow", description: "TensorFlow 2.21.0, CPU", versions: {}, device: "cpu" },
  passedOver: [],
};

/** What is said on standard error, loud and otherwise, when such a backend was selected. */
async function saidOf(backend: ActiveBackend): Promise<{ warned: string[]; talked: string[] }> {
  const said = { warned: [] as string[], talked: [] as string[] };
  const output = {
    warn: (text: string) => void said.warned.push(text),
    talk: (text: string) => void said.talked.push(text),
  };
  const select = () => Promise.resolve(backend);
  const wasSaid = () => Promise.resolve(said.talked.length > 0);
  assert.equal(await startBackend("auto", output, { select, wasSaid }), backend);
  return said;
}

Deno.test("startBackend() warns in one line of a GPU that is not used, why, and what to do", async () => {
  const unusedGpu = {
    ...{ gpu: "NVIDIA H100", reason: "the installed library is TensorFlow's CPU build" },
    ...{ remedy: 'run "deno task install-native --force --device gpu"', chosen: true },
  };
  const { warned, talked } = await saidOf({ ...CPU, unusedGpu });
  assert.deepEqual(warned, [
    "NVIDIA H100 is not used, tensorflow computes on the CPU: the installed library is TensorFlow's " +
    'CPU build; run "deno task install-native --force --device gpu"',
  ]);
  assert.deepEqual(talked, ["backend: TensorFlow 2.21.0, CPU"]);
});

Deno.test("startBackend() passes on how the backend is to work", async () => {
  const asked: unknown[] = [];
  const select = (...request: unknown[]) => {
    asked.push(request);
    return Promise.resolve(CPU);
  };
  const output = { warn: () => {}, talk: () => {} };
  await startBackend("tensorflow", output, { select, math: "bfloat16", threads: 2 });
  await startBackend("wasm", output, { select, threads: 2, environmentThreads: 8 });
  await startBackend("wasm", output, { select, environmentThreads: 8 });
  assert.deepEqual(asked, [
    ["tensorflow", { threads: 2, math: "bfloat16" }],
    ["wasm", { threads: 2 }],
    ["wasm", { threads: 8 }],
  ]);
});

Deno.test("startBackend() says where the number of threads makes no difference", async () => {
  for (const name of ["tensorflow", "wasm"] as const) {
    const talked: string[] = [];
    const output = { warn: () => {}, talk: (text: string) => void talked.push(text) };
    const select = () => Promise.resolve({ ...CPU, name });
    await startBackend("auto", output, { select, environmentThreads: 2 });
    assert.equal(talked.length, 1);
    await startBackend("auto", output, { select, threads: 2 });
    const remarks = talked.filter((text) => text.startsWith("remark: --threads"));
    assert.equal(remarks.length, name === "wasm" ? 0 : 1);
  }
});

Deno.test("startBackend() says once which better backends auto passed over, and warns of none", async () => {
  const first = { name: "tensorflow", reason: "not there", remedy: "fix it" } as const;
  const passedOver = [first, { name: "webgpu", reason: "said before" }] as const;
  const { warned, talked } = await saidOf({ ...CPU, name: "wasm", passedOver });
  assert.deepEqual(warned, []);
  assert.deepEqual(talked, [
    'backend tensorflow passed over: not there; fix it (said once; "doctor" tells it again)',
    "backend: TensorFlow 2.21.0, CPU",
  ]);
});
