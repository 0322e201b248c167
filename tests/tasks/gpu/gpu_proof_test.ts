import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { UsageError } from "../../../lib/errors.ts";
import { compareValues } from "../../../tasks/gpu/compare_values.ts";
import { readCase } from "../../../tasks/gpu/layers_section.ts";
import { libraryCases } from "../../../tasks/gpu/library_cases.ts";
import { operationCases } from "../../../tasks/gpu/operation_cases.ts";
import { parseProofArguments } from "../../../tasks/gpu/proof_options.ts";
import { freeResults, recordOperations } from "../../../tasks/gpu/record_operations.ts";
import { formatSeconds } from "../../../tasks/gpu/time_work.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import type { SectionRecord } from "../../../tasks/gpu/section.ts";

const PROGRAM = fileURLToPath(new URL("../../../tasks/gpu_proof.ts", import.meta.url));
const hasTensorflow = (await testBackends()).includes("tensorflow");

Deno.test("parseProofArguments() has full sizes by itself and small ones for --smoke", () => {
  const full = parseProofArguments([]);
  assert.deepEqual(full.options.batches, [64, 128, 256]);
  assert.deepEqual([full.options.channels, full.options.images, full.options.steps], [
    512,
    10_000,
    500,
  ]);
  const smoke = parseProofArguments(["--smoke", "--batches", "3", "--backend", "tensorflow"]);
  assert.deepEqual(smoke.options.batches, [3]);
  assert.ok(smoke.options.channels < 64);
  assert.equal(smoke.options.backend, "tensorflow");
});

Deno.test("parseProofArguments() refuses other backends, numbers and options", () => {
  for (
    const args of [["--backend", "wasm"], ["--batches", "64,x"], ["--budget", "0"], ["--fast"]]
  ) {
    assert.throws(() => parseProofArguments(args), UsageError);
  }
});

Deno.test("compareValues() measures against the reference, and knows what is not finite or missing", () => {
  const reference = new Map([["a", Float32Array.of(2, -4)]]);
  const near = compareValues(new Map([["a", Float32Array.of(2, -3)]]), reference);
  assert.equal(near[0]!.largest, 0.25);
  assert.ok(Math.abs(near[0]!.relative - Math.sqrt(1 / 20)) < 1e-6);
  for (const other of [Float32Array.of(NaN, 1), Float32Array.of(1)]) {
    assert.equal(compareValues(new Map([["a", other]]), reference)[0]!.largest, Infinity);
  }
  assert.equal(compareValues(new Map(), reference)[0]!.largest, Infinity);
});

Deno.test("formatSeconds() chooses the unit", () => {
  assert.deepEqual([1.25, 0.0031, 4.52e-5].map(formatSeconds), ["1.25 s", "3.10 ms", "45.2 us"]);
});

Deno.test({
  name: "recordOperations() counts launches and readings, repeats them, and leaves nothing behind",
  ignore: !hasTensorflow,
  fn: () =>
    withBackend("tensorflow", async () => {
      const before = tf.memory().numTensors;
      const left = tf.fill([4, 5], 2);
      const { operations, reads } = await recordOperations(async () => {
        const sums = [1, 2].map((value) =>
          tf.tidy(() => tf.sum(tf.mul(left, tf.fill([4, 5], value))))
        );
        await sums[1]!.data();
        tf.dispose(sums);
      });
      const product = operations.find(({ name }) => name === "Mul")!;
      assert.equal(product.count, 2);
      assert.equal(product.shapes, "4x5, 4x5 -> 4x5");
      assert.equal(reads, 1);
      const [again] = product.again();
      assert.deepEqual(again!.shape, [4, 5]);
      freeResults([again!]);
      for (const operation of operations) operation.release();
      left.dispose();
      assert.equal(tf.memory().numTensors, before);
    }),
});

Deno.test({
  name: "every layer of gpu-proof can be computed, its gradient too",
  ignore: !hasTensorflow,
  fn: () =>
    withBackend("tensorflow", async () => {
      for (const layer of [...libraryCases(), ...operationCases()]) {
        const results = await readCase(layer);
        for (const [name, values] of results) {
          assert.ok(values.every(Number.isFinite), `${layer.name}: ${name}`);
        }
      }
    }),
});

/** Runs the proof in a process and reads its document. */
async function runProof(args: readonly string[]) {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-all", PROGRAM, ...args, "--json", file],
      stderr: "null",
    }).output();
    const document = JSON.parse(await Deno.readTextFile(file));
    const sections = document.sections as SectionRecord[];
    return {
      code,
      sections,
      conditions: document.conditions,
      text: new TextDecoder().decode(stdout),
    };
  } finally {
    await Deno.remove(file);
  }
}

Deno.test({
  name:
    "deno task gpu-proof runs sections in processes of their own and writes figures and conditions",
  ignore: !hasTensorflow,
  fn: async () => {
    const sizes = ["--smoke", "--channels", "8", "--batches", "2", "--steps", "4", "--rounds", "1"];
    const found = await runProof(
      ["--backend", "tensorflow", "--only", "device,training,leak,profile", ...sizes],
    );
    assert.equal(found.code, 0, found.text);
    assert.deepEqual(found.sections.map(({ name, status }) => `${name} ${status}`), [
      ...["device done", "training passed", "profile done", "leak passed"],
    ]);
    assert.equal(found.conditions.channels, 8);
    assert.equal(found.conditions.environment.layers.NVIDIA_TF32_OVERRIDE, "0");
    const [device, training, profile, leak] = found.sections.map(({ figures }) => figures);
    assert.match(String(device!["description"]), /^TensorFlow/);
    const [batch] = training!["batches"] as { imagesPerSecond: number }[];
    assert.ok(batch!.imagesPerSecond > 0);
    assert.ok(Number(profile!["launches"]) > 100);
    assert.equal(leak!["steps"], 4);
  },
});

Deno.test("deno task gpu-proof records a section that fails and one that finds no time, and goes on", async () => {
  const failing = await runProof(
    ["--backend", "tensorflow", "--only", "evaluation,device", "--smoke", "--data", "/nowhere"],
  );
  assert.equal(failing.code, 1);
  const evaluation = failing.sections.find(({ name }) => name === "evaluation")!;
  assert.equal(evaluation.status, "failed");
  assert.ok(evaluation.error!.includes("code 1"));
  const late = await runProof(["--only", "device,layers", "--budget", "9"]);
  assert.ok(late.sections.every(({ status }) => status === "skipped"));
});
