import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { sampleTrajectory } from "../../../lib/puppeteer/sample_trajectory.ts";
import { withBackend } from "../../helpers/backends.ts";

Deno.test("sampleTrajectory() reads a straight line at n/N, at any depth", () =>
  withBackend("cpu", async () => {
    const line = Array.from({ length: 13 }, (_, index) => tf.scalar(index / 12));
    for (let depth = 1; depth <= 30; depth++) {
      const states = tf.tidy(() => sampleTrajectory(line, depth).map((state) => state.clone()));
      const values = await Promise.all(states.map((state) => state.array()));
      values.forEach((value, index) => assert.ok(Math.abs(value - (index + 1) / depth) < 1e-6));
      tf.dispose(states);
    }
    tf.dispose(line);
  }));

Deno.test("sampleTrajectory() gives the states of the grid themselves where both grids meet", () =>
  withBackend("cpu", () => {
    const grid = Array.from({ length: 13 }, (_, index) => tf.scalar(index));
    assert.deepEqual(sampleTrajectory(grid, 12), grid.slice(1));
    assert.deepEqual(sampleTrajectory(grid, 4), [grid[3], grid[6], grid[9], grid[12]]);
    tf.dispose(grid);
    return Promise.resolve();
  }));

Deno.test("sampleTrajectory() refuses a trajectory without a step, and a depth that is none", () =>
  withBackend("cpu", () => {
    const grid = [tf.scalar(0), tf.scalar(1)];
    assert.throws(() => sampleTrajectory(grid.slice(1), 2), /current values are 0 and 2/);
    assert.throws(() => sampleTrajectory(grid, 1.5), /integer >= 1, current values are 1 and 1.5/);
    tf.dispose(grid);
    return Promise.resolve();
  }));
