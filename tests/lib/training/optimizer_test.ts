import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { ParameterSet } from "../../../lib/tensors/parameter_set.ts";
import { Optimizer } from "../../../lib/training/optimizer.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { largestDifference, normalValues } from "../../helpers/tensors.ts";

const OPTIONS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

function make(options = OPTIONS): { parameters: ParameterSet; optimizer: Optimizer } {
  const parameters = new ParameterSet();
  parameters.add("a", { shape: [2, 3], values: normalValues(6, "a") });
  parameters.add("b", { shape: [4], values: normalValues(4, "b") });
  return { parameters, optimizer: new Optimizer(parameters, options) };
}

/** One update of both parameters with gradients that depend on the step. */
function step(optimizer: Optimizer, index: number, names: readonly string[] = ["a", "b"]): void {
  const gradients = new Map(
    names.map((name) => {
      const shape = name === "a" ? [2, 3] : [4];
      const values = normalValues(name === "a" ? 6 : 4, `gradient-${name}-${index}`);
      const gradient: tf.Tensor = tf.tensor(values, shape as [number]);
      return [name, gradient];
    }),
  );
  optimizer.update(gradients, 1e-2);
  tf.dispose([...gradients.values()]);
}

/** The published algorithm in double precision. */
function reference(
  start: Float32Array,
  gradients: Float32Array[],
  weightDecay: number,
): Float64Array {
  const values = Float64Array.from(start);
  const first = new Float64Array(start.length);
  const second = new Float64Array(start.length);
  gradients.forEach((gradient, index) => {
    const t = index + 1;
    for (let i = 0; i < values.length; i++) {
      first[i] = 0.9 * first[i]! + 0.1 * gradient[i]!;
      second[i] = 0.999 * second[i]! + 0.001 * gradient[i]! ** 2;
      const mean = first[i]! / (1 - 0.9 ** t);
      const root = Math.sqrt(second[i]! / (1 - 0.999 ** t));
      values[i]! -= 1e-2 * weightDecay * values[i]! + (1e-2 * mean) / (root + 1e-8);
    }
  });
  return values;
}

for (const backend of await testBackends()) {
  Deno.test(`Optimizer: Adam follows the published algorithm, with decoupled weight decay (${backend})`, () =>
    withBackend(backend, async () => {
      for (const weightDecay of [0, 0.1]) {
        const { parameters, optimizer } = make({ ...OPTIONS, weightDecay });
        for (let index = 0; index < 20; index++) step(optimizer, index);
        const gradients = Array.from(
          { length: 20 },
          (_, at) => normalValues(6, `gradient-a-${at}`),
        );
        const expected = reference(normalValues(6, "a"), gradients, weightDecay);
        const found = await parameters.get("a").data();
        assert.ok(largestDifference(found, expected) < 1e-5);
        optimizer.dispose();
        parameters.dispose();
      }
    }));

  Deno.test(`Optimizer: Adam decays matrices and kernels, not biases and norms (${backend})`, () =>
    withBackend(backend, async () => {
      const decaying = make({ ...OPTIONS, weightDecay: 0.5 });
      const plain = make();
      for (const { optimizer } of [decaying, plain]) step(optimizer, 0);
      const [found, expected] = [await decaying.parameters.read(), await plain.parameters.read()];
      assert.deepEqual(found.get("b"), expected.get("b"));
      assert.notDeepEqual(found.get("a"), expected.get("a"));
      for (const { parameters, optimizer } of [decaying, plain]) {
        optimizer.dispose();
        parameters.dispose();
      }
    }));

  Deno.test(`Optimizer: Adam continues bit for bit from what it stored (${backend})`, () =>
    withBackend(backend, async () => {
      const straight = make();
      for (let index = 0; index < 60; index++) step(straight.optimizer, index);
      const before = make();
      for (let index = 0; index < 37; index++) step(before.optimizer, index);
      const after = make();
      after.parameters.write(await before.parameters.read());
      after.optimizer.write(await before.optimizer.read());
      for (let index = 37; index < 60; index++) step(after.optimizer, index);
      assert.deepEqual(await after.parameters.read(), await straight.parameters.read());
      assert.deepEqual(await after.optimizer.read(), await straight.optimizer.read());
      for (const { parameters, optimizer } of [straight, before, after]) {
        optimizer.dispose();
        parameters.dispose();
      }
    }));

  Deno.test(`Optimizer.update() leaves parameters without gradient as they are, and no tensors (${backend})`, () =>
    withBackend(backend, async () => {
      const { parameters, optimizer } = make();
      step(optimizer, 0);
      const kept = await parameters.read();
      const live = tf.memory().numTensors;
      step(optimizer, 1, ["a"]);
      assert.equal(tf.memory().numTensors, live);
      const now = await parameters.read();
      assert.deepEqual(now.get("b"), kept.get("b"));
      assert.notDeepEqual(now.get("a"), kept.get("a"));
      const { updates } = await optimizer.read();
      assert.deepEqual(updates, { a: 2, b: 1 });
      optimizer.dispose();
      parameters.dispose();
    }));
}

Deno.test("Optimizer.update() multiplies gradients by the clipping factor", () =>
  withBackend("cpu", async () => {
    const { parameters, optimizer } = make();
    const gradient: tf.Tensor = tf.ones([4]);
    optimizer.update(new Map([["b", gradient]]), 1e-2, 0.5);
    const { moments } = await optimizer.read();
    assert.ok(moments.get("b.first")!.values.every((value) => Math.abs(value - 0.05) < 1e-7));
    gradient.dispose();
    optimizer.dispose();
    parameters.dispose();
  }));

Deno.test("Optimizer.write() refuses moments of another shape or of no parameter, and names them", () =>
  withBackend("cpu", async () => {
    const { parameters, optimizer } = make();
    const state = await optimizer.read();
    const moments = new Map(state.moments);
    moments.set("b.second", { shape: [3], values: new Float32Array(3) });
    assert.throws(
      () => optimizer.write({ ...state, moments }),
      /second moment of "b" must have shape \[4\], current value is \[3\]/,
    );
    const short = new Map(state.moments).set("b.second", {
      shape: [4],
      values: new Float32Array(3),
    });
    short.set("a.first", { shape: [2, 3], values: new Float32Array(6).fill(1) });
    assert.throws(
      () => optimizer.write({ ...state, moments: short }),
      { name: "RangeError", message: /second moment of "b" must have the 4 numbers/ },
    );
    for (const updates of [NaN, -1, 0.5]) {
      const wrong = { ...state, updates: { ...state.updates, b: updates } };
      assert.throws(() => optimizer.write(wrong), /"b" must have a number of updates/);
    }
    assert.deepEqual(await optimizer.read(), state, "nothing was changed");
    const more = new Map(state.moments);
    more.set("b.weights-in-training", state.moments.get("b.first")!);
    assert.throws(
      () => optimizer.write({ ...state, moments: more }),
      /"b\.weights-in-training" is not what it keeps of a parameter/,
    );
    optimizer.dispose();
    parameters.dispose();
  }));

for (const backend of await testBackends()) {
  Deno.test(`Optimizer: Adam adds epsilon to the root that is corrected for its bias (${backend})`, () =>
    withBackend(backend, async () => {
      const parameters = new ParameterSet();
      parameters.add("a", { shape: [4], values: new Float32Array(4) });
      const optimizer = new Optimizer(parameters, { ...OPTIONS, epsilon: 1e-3 });
      const gradient: tf.Tensor = tf.fill([4], 1e-3);
      optimizer.update(new Map([["a", gradient]]), 1e-2);
      // lr g / (g + epsilon)
      const found = await parameters.get("a").data();
      assert.ok(largestDifference(found, [-5e-3, -5e-3, -5e-3, -5e-3]) < 1e-6, `${found}`);
      gradient.dispose();
      optimizer.dispose();
      parameters.dispose();
    }));
}
