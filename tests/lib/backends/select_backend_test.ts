import assert from "node:assert/strict";
import type { Backend, BackendName } from "../../../lib/backends/backend.ts";
import { inspectBackend } from "../../../lib/backends/inspect_backend.ts";
import { checkComputation } from "../../../lib/backends/check_computation.ts";
import { selectBackend } from "../../../lib/backends/select_backend.ts";
import { BackendError } from "../../../lib/errors.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";

type Behaviour = "works" | "unavailable" | "fails";

/** A backend that computes nothing and notes that it was started. */
function fakeBackend(name: BackendName, behaviour: Behaviour, started: string[]): Backend {
  return {
    name,
    probe: () =>
      Promise.resolve({
        name,
        available: behaviour !== "unavailable",
        detail: `${name} detail`,
        ...behaviour === "unavailable" ? { remedy: `fix ${name}` } : {},
      }),
    activate: () => {
      started.push(name);
      if (behaviour !== "works") return Promise.reject(new BackendError(`${name} failed`));
      return Promise.resolve({
        name,
        description: `${name} runs`,
        versions: {},
        device: "cpu",
        passedOver: [],
      });
    },
  };
}

function fakeBackends(
  behaviours: Partial<Record<BackendName, Behaviour>>,
): { backends: Record<BackendName, Backend>; started: string[] } {
  const started: string[] = [];
  const make = (name: BackendName) => fakeBackend(name, behaviours[name] ?? "works", started);
  return {
    started,
    backends: {
      tensorflow: make("tensorflow"),
      webgpu: make("webgpu"),
      wasm: make("wasm"),
      cpu: make("cpu"),
    },
  };
}

Deno.test("selectBackend() auto takes tensorflow first and starts nothing else", async () => {
  const { backends, started } = fakeBackends({});
  const active = await selectBackend("auto", { backends });
  assert.equal(active.name, "tensorflow");
  assert.deepEqual(active.passedOver, []);
  assert.deepEqual(started, ["tensorflow"]);
});

Deno.test("selectBackend() auto takes webgpu on a GPU that computes correctly", async () => {
  const { backends } = fakeBackends({ tensorflow: "unavailable" });
  const active = await selectBackend("auto", {
    backends,
    hasHardwareAdapter: () => Promise.resolve(true),
    computesCorrectly: () => Promise.resolve(true),
  });
  assert.equal(active.name, "webgpu");
  assert.deepEqual(active.passedOver, [
    { name: "tensorflow", reason: "tensorflow detail", remedy: "fix tensorflow" },
  ]);
});

Deno.test("selectBackend() auto refuses webgpu without a GPU before starting it", async () => {
  const { backends, started } = fakeBackends({ tensorflow: "fails" });
  const active = await selectBackend("auto", {
    backends,
    hasHardwareAdapter: () => Promise.resolve(false),
  });
  assert.equal(active.name, "wasm");
  assert.deepEqual(started, ["tensorflow", "wasm"]);
  assert.deepEqual(active.passedOver, [
    { name: "tensorflow", reason: "tensorflow failed" },
    { name: "webgpu", reason: "webgpu detail is not a GPU" },
  ]);
});

Deno.test("selectBackend() auto refuses webgpu that computes wrong results", async () => {
  const { backends } = fakeBackends({ tensorflow: "unavailable" });
  const active = await selectBackend("auto", {
    backends,
    hasHardwareAdapter: () => Promise.resolve(true),
    computesCorrectly: () => Promise.resolve(false),
  });
  assert.equal(active.name, "wasm");
  assert.equal(active.passedOver[1]?.reason, "webgpu runs computes wrong results");
});

Deno.test("selectBackend() auto names every reason if nothing works", async () => {
  const { backends } = fakeBackends({ tensorflow: "unavailable", webgpu: "fails", wasm: "fails" });
  await assert.rejects(
    selectBackend("auto", { backends, hasHardwareAdapter: () => Promise.resolve(true) }),
    (error) =>
      error instanceof BackendError &&
      /tensorflow: tensorflow detail, fix tensorflow; .*webgpu failed.*wasm failed.*doctor/.test(
        error.message,
      ),
  );
});

Deno.test("selectBackend() with a name takes no other", async () => {
  const { backends, started } = fakeBackends({ webgpu: "fails" });
  await assert.rejects(selectBackend("webgpu", { backends }), BackendError);
  assert.equal((await selectBackend("wasm", { backends })).name, "wasm");
  assert.deepEqual(started, ["webgpu", "wasm"]);
});

/** Backends of a machine whose GPU TensorFlow does not use. */
function withUnusedGpu(chosen: boolean) {
  const { backends } = fakeBackends({});
  const unusedGpu = { gpu: "NVIDIA H100", reason: "a reason", remedy: "a remedy", chosen };
  const activate = async () => ({ ...await backends.tensorflow.activate(), unusedGpu });
  return { ...backends, tensorflow: { ...backends.tensorflow, activate } };
}

Deno.test("selectBackend() tensorflow with a GPU that it was installed for and cannot use says why", async () => {
  const backends = withUnusedGpu(false);
  for (const math of ["float32", "bfloat16"] as const) {
    await assert.rejects(
      selectBackend("tensorflow", { backends, math }),
      (error) =>
        error instanceof BackendError &&
        /NVIDIA H100 .*: a reason; a remedy, or set CUDA_VISIBLE_DEVICES=-1/.test(error.message),
    );
  }
});

Deno.test("selectBackend() auto goes on with the CPU beside an unused GPU, and tells", async () => {
  const active = await selectBackend("auto", { backends: withUnusedGpu(false) });
  assert.equal(active.name, "tensorflow");
  assert.equal(active.unusedGpu?.reason, "a reason");
});

Deno.test("selectBackend() tensorflow goes on with the CPU where that was chosen, and tells", async () => {
  const active = await selectBackend("tensorflow", { backends: withUnusedGpu(true) });
  assert.equal(active.unusedGpu?.reason, "a reason");
});

Deno.test("inspectBackend() reports a backend that does not work with its remedy", async () => {
  const { backends } = fakeBackends({ tensorflow: "unavailable", wasm: "fails" });
  const missing = await inspectBackend(backends.tensorflow);
  assert.equal(missing.works, false);
  assert.equal(missing.remedy, "fix tensorflow");
  assert.equal((await inspectBackend(backends.wasm)).detail, "wasm failed");
});

for (const backend of await testBackends()) {
  Deno.test(`checkComputation() passes on ${backend}`, async () => {
    assert.equal(await withBackend(backend, checkComputation), true);
  });

  Deno.test(`inspectBackend() finds ${backend} complete`, async () => {
    const { BACKENDS } = await import("../../../lib/backends/select_backend.ts");
    const { works, device, missingKernels, versions } = await inspectBackend(BACKENDS[backend]);
    assert.ok(works);
    assert.notEqual(device, null);
    assert.deepEqual(missingKernels, []);
    assert.equal(versions["@tensorflow/tfjs-core"], "4.22.0");
  });
}

Deno.test("selectBackend() names the backends there are", async () => {
  await assert.rejects(
    selectBackend("cuda" as "cpu"),
    (error) => error instanceof BackendError && /"cuda".*auto, tensorflow/.test(error.message),
  );
});

Deno.test("selectBackend() refuses numbers of threads and types that it would not compute with", async () => {
  for (const options of [null, 5, "wasm", { threads: "4" }, { threads: null }, { math: 16 }]) {
    await assert.rejects(selectBackend("cpu", options as unknown as Record<string, never>), {
      name: "TypeError",
      message: /^Cannot use the options of selectBackend: /,
    });
  }
  await assert.rejects(selectBackend("cpu", { thread: 2 } as Record<string, number>), {
    name: "UsageError",
    message: /unknown key thread; known keys: threads, math,/,
  });
  for (const name of [null, 5, {}]) {
    await assert.rejects(selectBackend(name as unknown as "cpu"), { name: "TypeError" });
  }
  for (const threads of [0, 1.5, -1, NaN, 1025]) {
    await assert.rejects(selectBackend("cpu", { threads }), {
      name: "RangeError",
      message: /threads must be a whole number in 1\.\.1024/,
    });
  }
  await assert.rejects(
    selectBackend("tensorflow", { math: "float16" as "bfloat16" }),
    (error) => error instanceof BackendError && /"float16": there are float32/.test(error.message),
  );
});
