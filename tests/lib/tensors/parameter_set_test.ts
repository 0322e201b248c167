import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { ParameterSet } from "../../../lib/tensors/parameter_set.ts";
import { withBackend } from "../../helpers/backends.ts";

function make(): ParameterSet {
  const parameters = new ParameterSet();
  parameters.add("puppeteer.weights", { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) });
  parameters.add("head.bias", { shape: [3], values: Float32Array.of(5, 6, 7) });
  return parameters;
}

Deno.test("ParameterSet counts all parameters, or those of a prefix", () =>
  withBackend("cpu", () => {
    const parameters = make();
    assert.equal(parameters.count(), 7);
    assert.equal(parameters.count("puppeteer."), 4);
    assert.deepEqual(parameters.names, ["puppeteer.weights", "head.bias"]);
    parameters.dispose();
    return Promise.resolve();
  }));

Deno.test("ParameterSet writes back what it read, and frees everything", () =>
  withBackend("cpu", async () => {
    const before = tf.memory().numTensors;
    const parameters = make();
    const kept = await parameters.read();
    parameters.get("head.bias").assign(tf.tidy(() => tf.zeros([3])));
    parameters.write(kept);
    assert.deepEqual(await parameters.read(), kept);
    parameters.dispose();
    assert.equal(tf.memory().numTensors - before, 1, "only the zeros of this test are left");
  }));

Deno.test("ParameterSet.write() changes nothing when a parameter is missing, unknown or misshapen", () =>
  withBackend("cpu", async () => {
    const parameters = make();
    const kept = await parameters.read();
    const zero = { shape: [2, 2], values: new Float32Array(4) };
    const cases = [
      [new Map([["puppeteer.weights", zero]]), /"head.bias" is missing/],
      [new Map([...kept, ["other", zero]]), /"other"/],
      [new Map([...kept, ["head.bias", zero]]), /"head.bias" must have shape \[3\]/],
      [
        new Map([...kept, ["head.bias", { shape: [3], values: new Float32Array(2) }]]),
        /"head.bias" must have the 3 numbers of its shape \[3\], current length is 2/,
      ],
    ] as const;
    for (const [stored, message] of cases) {
      assert.throws(() => parameters.write(stored), { name: "RangeError", message });
      assert.deepEqual(await parameters.read(), kept);
    }
    parameters.dispose();
  }));

Deno.test("ParameterSet.add() refuses a name twice, and values that are not of the shape", () =>
  withBackend("cpu", () => {
    const parameters = make();
    assert.throws(
      () => parameters.add("head.bias", { shape: [1], values: new Float32Array(1) }),
      /name "head.bias" is taken/,
    );
    assert.throws(
      () => parameters.add("other", { shape: [2], values: new Float32Array(3) }),
      { name: "RangeError", message: /"other" must have the 2 numbers of its shape/ },
    );
    parameters.dispose();
    return Promise.resolve();
  }));
