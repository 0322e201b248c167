import assert from "node:assert/strict";
import { parseConfig } from "../../../lib/configuration/parse_config.ts";
import { planGrid, type PlanGridOptions } from "../../../lib/sweeps/plan_grid.ts";

const OPTIONS: PlanGridOptions = {
  name: "run",
  configOf: (seed, overrides) => parseConfig(`training: { seed: ${seed} }`, { overrides }),
  axes: [
    { path: "model.maxChannels", values: [128, 256] },
    { path: "training.learningRate", values: [1e-3, 3e-3, 1e-2] },
  ],
  seeds: [1, 2],
};

Deno.test("planGrid() has a row for every setting and seed, in the order of the options", () => {
  const rows = planGrid(OPTIONS);
  assert.equal(rows.length, 12);
  assert.deepEqual(
    rows.map(({ config }) => [
      config.model.maxChannels,
      config.training.learningRate,
      config.training.seed,
    ]).slice(0, 5),
    [[128, 1e-3, 1], [128, 1e-3, 2], [128, 3e-3, 1], [128, 3e-3, 2], [128, 1e-2, 1]],
  );
  assert.deepEqual(rows[11]!.settings, {
    "model.maxChannels": 256,
    "training.learningRate": 1e-2,
  });
  assert.equal(new Set(rows.map(({ name }) => name)).size, 12);
  // The same words give the same plan, wherever its tasks start.
  assert.deepEqual(planGrid(OPTIONS), rows);
  assert.ok(rows[0]!.config.data.directory.startsWith("/"));
});

Deno.test("planGrid() draws settings without repetition, with all seeds of each", () => {
  const all = planGrid(OPTIONS).map(({ name }) => name);
  const drawn = planGrid({ ...OPTIONS, random: 4 }).map(({ name }) => name);
  assert.equal(drawn.length, 8);
  assert.equal(new Set(drawn).size, 8);
  // Still in the order of the grid.
  assert.deepEqual(drawn, all.filter((name) => drawn.includes(name)));
  assert.deepEqual(planGrid({ ...OPTIONS, random: 400 }).map(({ name }) => name), all);
});

Deno.test("planGrid() takes a value once, however it was written: two rows would share a run folder", () => {
  const axes = [{ path: "training.learningRate", values: [1e-3, 0.001, 1e-2] }];
  const rows = planGrid({ ...OPTIONS, axes, seeds: [1] });
  assert.deepEqual(rows.map(({ config }) => config.training.learningRate), [1e-3, 1e-2]);
});

Deno.test("planGrid() refuses what cannot be swept", () => {
  const places = [{ path: "backend", values: ["wasm", "tensorflow"] }];
  assert.throws(() => planGrid({ ...OPTIONS, axes: places }), /sweep backend: .* are one run/);
  const [{ config }] = planGrid({
    ...OPTIONS,
    axes: [{ path: "backend", values: ["wasm"] }],
  }) as [ReturnType<typeof planGrid>[0]];
  assert.equal(config.backend, "wasm");
  const twice = [...OPTIONS.axes, OPTIONS.axes[0]!];
  assert.throws(() => planGrid({ ...OPTIONS, axes: twice }), /model\.maxChannels twice/);
  const wrong = [{ path: "model.maxChannels", values: [7] }];
  assert.throws(() => planGrid({ ...OPTIONS, axes: wrong }), /must be/);
  const many = Array.from({ length: 7 }, (_, axis) => ({
    path: `training.${axis}`,
    values: Array.from({ length: 10 }, (_, value) => value),
  }));
  assert.throws(
    () => planGrid({ ...OPTIONS, axes: many }),
    /Cannot plan 20000000 trainings: a plan has at most 100000; .* or draw some with --random/,
  );
  // Ten trainings are not too many: the grid that they would be drawn from is.
  assert.throws(
    () => planGrid({ ...OPTIONS, axes: many, random: 5 }),
    /Cannot draw from 10000000 settings: a grid that some are drawn from has at most 1000000/,
  );
});

Deno.test("planGrid() draws the same settings from release to release", () => {
  const values = Array.from({ length: 50 }, (_, at) => at + 1);
  const axes = [{ path: "training.epochs", values }];
  const rows = planGrid({ ...OPTIONS, axes, seeds: [1], random: 3 });
  assert.deepEqual(rows.map(({ config }) => config.training.epochs), [12, 20, 49]);
});
