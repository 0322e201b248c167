import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { Dynamics } from "../../../lib/puppeteer/dynamics.ts";
import { initialStateValues } from "../../../lib/puppeteer/initial_state.ts";
import { Puppeteer } from "../../../lib/puppeteer/puppeteer.ts";
import { ParameterSet } from "../../../lib/tensors/parameter_set.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { largestDifference, normalTensor, take } from "../../helpers/tensors.ts";
import type { InitialStateKind } from "../../../lib/puppeteer/initial_state.ts";
import type { SolverName } from "../../../lib/puppeteer/solvers/solver_registry.ts";

const CHANNELS = 8;

function make(
  initialState: InitialStateKind = "seeded",
  { solver = "euler", channels = CHANNELS, trajectorySteps = null, initialStateSize = 1 }: {
    initialStateSize?: number;
    solver?: SolverName;
    channels?: number;
    trajectorySteps?: number | null;
  } = {},
) {
  const parameters = new ParameterSet();
  const options = {
    ...{ channels, taps: 9, initialState, initialStateSize, solver, trajectorySteps, seed: 1 },
  };
  return { parameters, puppeteer: new Puppeteer(parameters, options) };
}

/** Gradient of a loss on all states with respect to every parameter. */
function gradients(puppeteer: Puppeteer, parameters: ParameterSet, recompute: boolean) {
  const variables = parameters.entries.map(([, variable]) => variable);
  const { value, grads } = tf.variableGrads(() => {
    const states = puppeteer.states({ depth: 4, scale: 0.9 }, { recompute });
    const weights = normalTensor<tf.Tensor4D>([1, CHANNELS, 9, CHANNELS], "weights");
    return tf.addN(
      states.map((state) => tf.sum(tf.mul(tf.tanh(state), weights))),
    ) as tf.Scalar;
  }, variables);
  // The two biases have none.
  return { value, gradients: variables.map(({ name }) => grads[name] ?? tf.scalar(0)) };
}

Deno.test("Puppeteer counts 10 C^2 + 15 C with a learned initial state (Table 7, Total Params row)", () =>
  withBackend("cpu", () => {
    const { parameters, puppeteer } = make("learned");
    assert.equal(parameters.count(), 10 * CHANNELS ** 2 + 15 * CHANNELS);
    assert.equal(parameters.count("puppeteer."), CHANNELS ** 2 + 15 * CHANNELS);
    puppeteer.dispose();
    parameters.dispose();
    return Promise.resolve();
  }));

Deno.test("Puppeteer.states() starts from E of the size that was asked for, and moves it as far", () =>
  withBackend("cpu", async () => {
    const level = { depth: 4, scale: 0.9 };
    const [one, small] = [make(), make("seeded", { initialStateSize: 0.25 })];
    const startOf = (of: typeof one) => take(tf.tidy(() => of.puppeteer.initialState(level)));
    const quarter = (await startOf(one)).map((value) => value / 4);
    assert.deepEqual(await startOf(small), quarter);
    const moved = (of: typeof one) =>
      take(tf.tidy(() => tf.sub(of.puppeteer.states(level)[0]!, of.puppeteer.initialState(level))));
    assert.ok(largestDifference(await moved(one), await moved(small)) < 2e-3);
    for (const { puppeteer, parameters } of [one, small]) {
      puppeteer.dispose();
      parameters.dispose();
    }
  }));

Deno.test("Puppeteer refuses a size of the initial state that makes no states, and keeps no tensor", () =>
  withBackend("cpu", () => {
    const before = tf.memory().numTensors;
    for (const initialStateSize of [0, -1, NaN, Infinity]) {
      assert.throws(() => make("seeded", { initialStateSize }), {
        name: "RangeError",
        message: /initialStateSize must be a number above 0/,
      });
    }
    assert.equal(tf.memory().numTensors, before);
  }));

Deno.test("Puppeteer.states() reads every depth from one trajectory where it has steps of its own", () =>
  withBackend("cpu", async () => {
    const shared = make("seeded", { trajectorySteps: 6 });
    const own = make("seeded");
    const read = async (of: typeof own, depth: number) => {
      const states = tf.tidy(() => of.puppeteer.states({ depth, scale: 0.9 }));
      return await Promise.all(states.map((state) => take(state)));
    };
    const six = await read(shared, 6);
    assert.deepEqual(six, await read(own, 6));
    // Depth 3 meets every second state of the grid; depth 4 lies between two.
    assert.deepEqual(await read(shared, 3), [six[1], six[3], six[5]]);
    const [, , third] = await read(shared, 4);
    const between = six[3]!.map((value, at) => (value + six[4]![at]!) / 2);
    assert.ok(largestDifference(third!, between) < 1e-6);
    for (const { puppeteer, parameters } of [shared, own]) {
      puppeteer.dispose();
      parameters.dispose();
    }
  }));

Deno.test("Puppeteer.states() keeps all input channels equal from a constant initial state", () =>
  withBackend("cpu", async () => {
    for (const [kind, isCollapsed] of [["constant", true], ["seeded", false]] as const) {
      const { parameters, puppeteer } = make(kind, { channels: 24 });
      const last = tf.tidy(() => puppeteer.states({ depth: 4, scale: 1 }).at(-1)!);
      // The input channels are the height of the state: in four steps its border reaches four rows in.
      const spread = tf.tidy(() => {
        const inner = tf.slice(last, [0, 4, 0, 0], [1, 16, 9, 24]);
        return tf.max(tf.sub(tf.max(inner, 1), tf.min(inner, 1)));
      });
      const [found] = await take(spread);
      assert.equal(found! < 1e-4, isCollapsed, `${kind}: spread ${found}`);
      last.dispose();
      puppeteer.dispose();
      parameters.dispose();
    }
  }));

Deno.test("Puppeteer.states() by Euler is K + h f(K) from phi(H) E, written out (Eq. 3, 5)", () =>
  withBackend("cpu", async () => {
    const { parameters, puppeteer } = make();
    const other = new ParameterSet();
    const dynamics = new Dynamics(other, { channels: CHANNELS, seed: 1 });
    const values = initialStateValues("seeded", { channels: CHANNELS, taps: 9 });
    const expected = tf.tidy(() => {
      let state = tf.mul<tf.Tensor4D>(tf.tensor4d(values, [1, CHANNELS, 9, CHANNELS]), 0.75);
      for (let step = 0; step < 4; step++) {
        state = tf.add<tf.Tensor4D>(state, tf.mul(dynamics.apply(state), 1 / 4));
      }
      return state;
    });
    const found = tf.tidy(() => puppeteer.states({ depth: 4, scale: 0.75 }).at(-1)!);
    assert.ok(largestDifference(await take(found), await take(expected)) < 1e-5);
    puppeteer.dispose();
    parameters.dispose();
    other.dispose();
  }));

for (const backend of await testBackends()) {
  Deno.test(`Puppeteer.states() gives N states of the state's shape (${backend})`, () =>
    withBackend(backend, async () => {
      const { parameters, puppeteer } = make();
      const before = tf.memory().numTensors;
      const states = tf.tidy(() => puppeteer.states({ depth: 6, scale: 1 }));
      assert.equal(states.length, 6);
      for (const state of states) {
        assert.deepEqual(state.shape, [1, CHANNELS, 9, CHANNELS]);
        assert.ok((await take(state)).every(Number.isFinite));
      }
      assert.equal(tf.memory().numTensors, before);
      puppeteer.dispose();
      parameters.dispose();
    }));

  Deno.test(`Puppeteer.states() has the same gradient when it recomputes (${backend})`, () =>
    withBackend(backend, async () => {
      for (const solver of ["euler", "heun"] as const) {
        const { parameters, puppeteer } = make("learned", { solver });
        const before = tf.memory().numTensors;
        const kept = gradients(puppeteer, parameters, false);
        const again = gradients(puppeteer, parameters, true);
        assert.ok(largestDifference(await take(kept.value), await take(again.value)) < 1e-3);
        for (const [index, gradient] of kept.gradients.entries()) {
          const expected = await take(gradient);
          const found = await take(again.gradients[index]!);
          assert.ok(largestDifference(expected, found) < 2e-3, parameters.names[index]);
        }
        assert.equal(tf.memory().numTensors, before, "no tensor is left");
        puppeteer.dispose();
        parameters.dispose();
      }
    }));
}
