import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { Dynamics } from "../../../lib/puppeteer/dynamics.ts";
import { ParameterSet } from "../../../lib/tensors/parameter_set.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { checkGradients, largestDifference, normalTensor, take } from "../../helpers/tensors.ts";

const CHANNELS = 8;

function make(): { parameters: ParameterSet; dynamics: Dynamics } {
  const parameters = new ParameterSet();
  const dynamics = new Dynamics(parameters, { channels: CHANNELS, seed: 1 });
  return { parameters, dynamics };
}

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

  Deno.test(`Dynamics.apply() is what the same layers with their convolution biases give (${backend})`, () =>
    withBackend(backend, async () => {
      const { parameters, dynamics } = make();
      const state = normalTensor<tf.Tensor4D>([1, CHANNELS, 9, CHANNELS], "state");
      for (const name of ["depthwise.bias", "pointwise.bias", "norm1.offset", "norm2.scale"]) {
        const variable = parameters.get(`puppeteer.${name}`);
        const moved = normalTensor(variable.shape, name);
        variable.assign(moved);
        moved.dispose();
      }
      const expected = await take(tf.tidy(() => applyWithBiases(parameters, state)));
      const found = await take(tf.tidy(() => dynamics.apply(state)));
      assert.ok(largestDifference(found, expected) < 1e-4);
      state.dispose();
      parameters.dispose();
    }));

  if (backend === "cpu") continue;
  Deno.test(`Dynamics.apply() agrees with the cpu backend (${backend})`, async () => {
    const compute = (name: Parameters<typeof withBackend>[0]) =>
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

/** f_theta step by step, with both biases: depthwise 3x3, norm, ReLU, pointwise 1x1, norm. */
function applyWithBiases(parameters: ParameterSet, state: tf.Tensor4D): tf.Tensor4D {
  const get = <R extends tf.Rank>(part: string) => parameters.get<R>(`puppeteer.${part}`);
  const norm = (input: tf.Tensor4D, part: string) => {
    const { mean, variance } = tf.moments(input, [0, 1, 2]);
    const scale = tf.mul(get<tf.Rank.R1>(`${part}.scale`), tf.rsqrt(tf.add(variance, 1e-5)));
    return tf.add<tf.Tensor4D>(
      tf.mul(tf.sub(input, mean), scale),
      get<tf.Rank.R1>(`${part}.offset`),
    );
  };
  const depthwise = tf.depthwiseConv2d(state, get<tf.Rank.R4>("depthwise.weights"), 1, "same");
  const hidden = tf.relu(norm(tf.add(depthwise, get<tf.Rank.R1>("depthwise.bias")), "norm1"));
  const pointwise = tf.reshape(get<tf.Rank.R2>("pointwise.weights"), [1, 1, CHANNELS, CHANNELS]);
  const mixed = tf.conv2d(hidden, pointwise as tf.Tensor4D, 1, "same");
  return norm(tf.add(mixed, get<tf.Rank.R1>("pointwise.bias")), "norm2");
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
