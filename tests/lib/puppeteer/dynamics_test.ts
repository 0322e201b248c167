import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { Dynamics } from "../../../lib/puppeteer/dynamics.ts";
import { ParameterSet } from "../../../lib/tensors/parameter_set.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { checkGradients, largestDifference, normalTensor, take } from "../../helpers/tensors.ts";

const CHANNELS = 8;

function make(channels = CHANNELS): { parameters: ParameterSet; dynamics: Dynamics } {
  const parameters = new ParameterSet();
  const dynamics = new Dynamics(parameters, { channels, seed: 1, prefix: "puppeteer" });
  return { parameters, dynamics };
}

Deno.test("Dynamics has C^2 + 15 C parameters (Table 7, Param Size row)", () =>
  withBackend("cpu", () => {
    // MB as printed: 64 .. 1024; the wider columns are the same formula and would only cost memory here.
    const printed = { 64: "0.02", 128: "0.07", 256: "0.28", 512: "1.08", 1024: "4.26" };
    for (const [channels, megabytes] of Object.entries(printed)) {
      const { parameters } = make(Number(channels));
      const count = parameters.count();
      assert.equal(count, Number(channels) ** 2 + 15 * Number(channels));
      assert.equal(((4 * count) / 1e6).toFixed(2), megabytes);
      parameters.dispose();
    }
    return Promise.resolve();
  }));

for (const backend of await testBackends()) {
  Deno.test(`Dynamics.apply() has the gradient of finite differences (${backend})`, () =>
    withBackend(backend, async () => {
      const { parameters, dynamics } = make();
      const state = normalTensor<tf.Tensor4D>([1, CHANNELS, 9, CHANNELS], "state");
      const weights = normalTensor<tf.Tensor4D>([1, CHANNELS, 9, CHANNELS], "weights");
      const loss = () => tf.sum<tf.Scalar>(tf.mul(weights, dynamics.apply(state)));
      await checkGradients(
        (source) => tf.sum(tf.mul(weights, dynamics.apply(source as tf.Tensor4D))),
        [state],
        { tolerance: 0.05 },
      );
      const names = parameters.names.filter((name) => !name.endsWith(".bias"));
      for (const name of names) await checkParameter(parameters, name, loss);
      tf.dispose([state, weights]);
      parameters.dispose();
    }));

  Deno.test(`Dynamics.apply() does not depend on its convolution biases (${backend})`, () =>
    withBackend(backend, async () => {
      const { parameters, dynamics } = make();
      const state = normalTensor<tf.Tensor4D>([1, CHANNELS, 9, CHANNELS], "state");
      const before = await take(tf.tidy(() => dynamics.apply(state)));
      for (const name of ["puppeteer.depthwise.bias", "puppeteer.pointwise.bias"]) {
        const moved = tf.tidy(() => tf.add(parameters.get(name), 0.7));
        parameters.get(name).assign(moved);
        moved.dispose();
      }
      const after = await take(tf.tidy(() => dynamics.apply(state)));
      assert.ok(largestDifference(before, after) < 1e-4);
      state.dispose();
      parameters.dispose();
    }));

  Deno.test(`Dynamics.apply() agrees with the cpu backend (${backend})`, async () => {
    const compute = (name: typeof backend) =>
      withBackend(name, async () => {
        const { parameters, dynamics } = make();
        const state = normalTensor<tf.Tensor4D>([1, CHANNELS, 9, CHANNELS], "state");
        const result = await take(tf.tidy(() => dynamics.apply(state)));
        state.dispose();
        parameters.dispose();
        return result;
      });
    assert.ok(largestDifference(await compute("cpu"), await compute(backend)) < 1e-4);
  });
}

/** Central difference along a random direction of one parameter against its gradient. */
async function checkParameter(
  parameters: ParameterSet,
  name: string,
  loss: () => tf.Scalar,
): Promise<void> {
  const variable = parameters.get(name);
  const kept = variable.clone();
  const { value, grads } = tf.variableGrads(loss, [variable]);
  const gradient = grads[variable.name]!;
  const direction = tf.tidy(() => {
    const any = normalTensor(variable.shape, name);
    return tf.div(any, tf.norm(any));
  });
  const step = 3e-3;
  const valueAt = async (offset: number) => {
    const moved = tf.tidy(() => tf.add(kept, tf.mul(direction, offset)));
    variable.assign(moved);
    moved.dispose();
    return (await take(tf.tidy(loss)))[0]!;
  };
  const numeric = (await valueAt(step) - await valueAt(-step)) / (2 * step);
  const [analytic] = await take(tf.tidy(() => tf.sum(tf.mul(gradient, direction))));
  const [norm] = await take(tf.tidy(() => tf.norm(gradient)));
  variable.assign(kept);
  // Kinks of ReLU between the two points bound what a difference can show.
  const scale = Math.max(Math.abs(numeric), norm! / Math.sqrt(variable.size));
  assert.ok(
    Math.abs(numeric - analytic!) < 0.06 * scale,
    `${name}: numeric ${numeric}, analytic ${analytic}, norm ${norm}`,
  );
  tf.dispose([value, gradient, direction, kept]);
}
