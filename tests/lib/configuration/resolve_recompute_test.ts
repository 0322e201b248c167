import assert from "node:assert/strict";
import { defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import { resolveRecompute, trajectoryBytes } from "../../../lib/configuration/resolve_recompute.ts";

Deno.test("resolveRecompute() recomputes on WASM what its memory cannot hold, and nowhere else", () => {
  const { model, training } = defaultConfig();
  assert.equal(resolveRecompute({ model, training }, "wasm"), true);
  assert.equal(resolveRecompute({ model, training }, "tensorflow"), false);
  const small = { ...model, maxChannels: 128 };
  assert.equal(resolveRecompute({ model: small, training }, "wasm"), false);
  const exact = { ...small, exact: true };
  assert.equal(resolveRecompute({ model: exact, training }, "wasm"), true, "one for each image");
  const single = { ...training, batchSize: 2 };
  assert.equal(resolveRecompute({ model: exact, training: single }, "wasm"), false);
});

Deno.test("resolveRecompute() does as it is told", () => {
  const { model, training } = defaultConfig();
  for (const recompute of [true, false]) {
    assert.equal(
      resolveRecompute({ model, training: { ...training, recompute } }, "wasm"),
      recompute,
    );
  }
});

Deno.test("trajectoryBytes() grows with the square of C and is 0 without generated kernels", () => {
  const { model } = defaultConfig();
  const half = trajectoryBytes({ ...model, maxChannels: 256 });
  assert.equal(trajectoryBytes(model), 4 * half);
  const steps = (changes: Partial<typeof model>) =>
    12 * trajectoryBytes({ ...model, ...changes }) / trajectoryBytes(model);
  assert.equal(steps({ name: "puppet-resnet" }), 19, "its own depth, whatever maxSteps says");
  assert.equal(steps({ trajectorySteps: 24 }), 24);
  assert.equal(steps({ depthAdaptation: false, fixedDepth: 9 }), 9);
  assert.ok(Math.abs(steps({ solver: "rk4" }) / 12 - 2.65) < 1e-9, "four stages a step");
  for (const name of ["fixed-cnn", "vgg", "branchynet"] as const) {
    assert.equal(trajectoryBytes({ ...model, name }), 0, name);
  }
});
