import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { firstNonFiniteState, integrate } from "../../../lib/puppeteer/integrate.ts";
import { solvers } from "../../../lib/puppeteer/solvers/solver_registry.ts";
import { withBackend } from "../../helpers/backends.ts";
import { checkGradients } from "../../helpers/tensors.ts";

/**
 * The pendulum-like field (y, -y^3) is smooth and not linear; its end point from a much finer RK4 in double
 * precision stands for the exact solution.
 */
function referenceEnd(position: number, speed: number): [number, number] {
  const field = ([y, v]: [number, number]): [number, number] => [v, -(y ** 3)];
  const steps = 20_000;
  const h = 1 / steps;
  let state: [number, number] = [position, speed];
  const move = (from: [number, number], slope: [number, number], factor: number) =>
    [from[0] + factor * slope[0], from[1] + factor * slope[1]] as [number, number];
  for (let step = 0; step < steps; step++) {
    const k1 = field(state);
    const k2 = field(move(state, k1, h / 2));
    const k3 = field(move(state, k2, h / 2));
    const k4 = field(move(state, k3, h));
    state = [0, 1].map((i) =>
      state[i]! + (h / 6) * (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!)
    ) as [number, number];
  }
  return state;
}

/** Largest error at s = 1 of a solver with N steps. */
async function endError(name: keyof typeof solvers, steps: number): Promise<number> {
  const end = tf.tidy(() => {
    const field = (state: tf.Tensor1D, step: number): tf.Tensor1D => {
      const [y, v] = tf.split(state, 2) as [tf.Tensor1D, tf.Tensor1D];
      return tf.mul(tf.concat1d([v, tf.neg(tf.mul(tf.mul(y, y), y))]), step);
    };
    return integrate(field, tf.tensor1d([2, 1]), { steps, solver: solvers[name] }).at(-1)!;
  });
  const found = await end.data();
  end.dispose();
  const exact = referenceEnd(2, 1);
  return Math.max(Math.abs(found[0]! - exact[0]), Math.abs(found[1]! - exact[1]));
}

/** Slope of log error over log step size by least squares. */
function observedOrder(points: readonly (readonly [number, number])[]): number {
  const logs = points.map(([steps, error]) => [Math.log(1 / steps), Math.log(error)] as const);
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length;
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

for (const [name, { order }] of Object.entries(solvers)) {
  Deno.test(`integrate() converges with order ${order} by ${name}`, () =>
    withBackend("cpu", async () => {
      // float32 ends RK4's convergence at about 1e-6: few steps there, more for the others.
      const grids = order >= 4 ? [4, 6, 8, 12] : [16, 32, 64, 128];
      const points: [number, number][] = [];
      for (const steps of grids) {
        points.push([steps, await endError(name as keyof typeof solvers, steps)]);
      }
      const found = observedOrder(points);
      assert.ok(Math.abs(found - order) < 0.35, `observed order ${found}`);
    }));
}

Deno.test("firstNonFiniteState() finds the first state with NaN or infinity", () =>
  withBackend("cpu", async () => {
    const states = [[1, 2], [3, Infinity], [NaN, 0]].map((values) => tf.tensor1d(values));
    assert.equal(await firstNonFiniteState(states), 1);
    assert.equal(await firstNonFiniteState(states.slice(0, 1)), -1);
    tf.dispose(states);
  }));

for (const [name, solver] of Object.entries(solvers)) {
  Deno.test(`integrate() has the gradient of the steps it takes, by ${name}`, () =>
    withBackend("cpu", async () => {
      const end = (start: tf.Tensor) => {
        const field = (state: tf.Tensor, step: number) =>
          tf.mul(tf.mul(tf.mul(state, state), state), -step);
        return integrate(field, start, { steps: 4, solver }).at(-1)!;
      };
      await checkGradients((start) => tf.sum(end(start)), [tf.tensor1d([1])], { tolerance: 0.01 });
    }));
}
