import assert from "node:assert/strict";
import { join } from "node:path";
import { parseConfig } from "../../../lib/configuration/parse_config.ts";
import { planGrid } from "../../../lib/sweeps/plan_grid.ts";
import {
  PLAN_FILE,
  readPlan,
  runDirectoryOf,
  type SweepPlan,
  writePlan,
} from "../../../lib/sweeps/sweep_plan.ts";
import { withFolder } from "../../helpers/with_folder.ts";

function planOf(folder: string, seeds: readonly number[]): SweepPlan {
  const rows = planGrid({
    name: "run",
    configOf: (seed, overrides) => parseConfig(`training: { seed: ${seed} }`, { overrides }),
    axes: [{ path: "model.maxChannels", values: [128, 256] }],
    seeds,
  });
  return {
    ...{ kind: "sweep-plan", version: 1, runs: join(folder, "runs"), saveEvery: 60, retries: 2 },
    ...{ tables: null, rows },
  };
}

Deno.test("writePlan() keeps the numbers of rows that are there, and adds the others behind them", () =>
  withFolder(async (folder) => {
    const first = await writePlan(folder, planOf(folder, [1]));
    assert.deepEqual([first.kept, first.added], [0, 2]);
    const second = await writePlan(folder, planOf(folder, [2, 1]));
    assert.deepEqual([second.kept, second.added], [2, 2]);
    const read = await readPlan(folder);
    assert.deepEqual(read, second.plan);
    assert.deepEqual(read.rows.slice(0, 2), first.plan.rows);
    assert.deepEqual(read.rows.map(({ config }) => config.training.seed), [1, 1, 2, 2]);
    assert.equal(
      runDirectoryOf(folder, read, read.rows[0]!),
      join(folder, "runs", read.rows[0]!.name),
    );
    const elsewhere = { ...planOf(folder, [1]), runs: "/elsewhere" };
    await assert.rejects(
      writePlan(folder, elsewhere),
      /keeps its runs in runs; name another folder/,
    );
  }));

Deno.test("writePlan() names the folder that cannot be made, and why", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "file"), "");
    const inside = join(folder, "file", "sweep");
    await assert.rejects(
      writePlan(inside, planOf(inside, [1])),
      /Cannot plan in .*sweep: a file stands where a folder should be; name another folder/,
    );
  }));

Deno.test("writePlan() takes the place of images and the backend of rows that are planned again", () =>
  withFolder(async (folder) => {
    const { plan } = await writePlan(folder, planOf(folder, [1, 2]));
    const moved = planOf(folder, [1]).rows.map((row) => {
      const data = { ...row.config.data, directory: "/moved" };
      return { ...row, config: { ...row.config, data, backend: "wasm" as const } };
    });
    const { plan: now, added } = await writePlan(folder, { ...planOf(folder, [1]), rows: moved });
    assert.equal(added, 0);
    assert.deepEqual(now.rows.map(({ name }) => name), plan.rows.map(({ name }) => name));
    assert.deepEqual(
      now.rows.map(({ config: { backend, training } }) => [training.seed, backend]),
      [
        [1, "wasm"],
        [2, "auto"],
        [1, "wasm"],
        [2, "auto"],
      ],
    );
    assert.equal(now.rows[0]!.config.data.directory, "/moved");
  }));

Deno.test("writePlan() joins the tables of two plans where one comparison can show both", () =>
  withFolder(async (folder) => {
    const tables = { tables: [2], seeds: [1], smoke: false, only: ["vgg"], overrides: [] };
    const planTables = async (changes: object) => {
      const plan = { ...planOf(folder, [1]), tables: { ...tables, ...changes } };
      return (await writePlan(folder, plan)).plan.tables;
    };
    await planTables({});
    const images = [{ path: "data.directory", value: "/moved" }];
    assert.deepEqual(
      await planTables({ tables: [1], seeds: [2, 1], only: ["alexnet"], overrides: images }),
      { tables: [1, 2], seeds: [1, 2], smoke: false, only: ["vgg", "alexnet"], overrides: images },
    );
    assert.deepEqual((await planTables({ only: [] }))!.only, []);
    const epochs = [{ path: "training.epochs", value: 2 }];
    await assert.rejects(planTables({ overrides: epochs }), /other changes of the protocol/);
    await assert.rejects(planTables({ smoke: true }), /other changes of the protocol/);
    await assert.rejects(writePlan(folder, planOf(folder, [1])), /is of tables of the paper/);
  }));

Deno.test("readPlan() believes nothing of a plan that somebody else has made", () =>
  withFolder(async (folder) => {
    await assert.rejects(readPlan(folder), /does not exist; make one with "sweep plan/);
    const { plan } = await writePlan(folder, planOf(folder, [1]));
    const [row] = plan.rows;
    const bad: [unknown, RegExp][] = [
      [{ ...plan, version: 2 }, /"version" has not/],
      [{ ...plan, rows: [] }, /"rows" has not/],
      [{ ...plan, rows: [{ ...row, name: "../../home" }] }, /"rows\.0\.name" has not/],
      [{ ...plan, rows: [{ ...row, name: "x".repeat(2e6) }] }, /"rows\.0\.name" has not/],
      [
        { ...plan, rows: [{ ...row, config: { model: { maxChannels: 1e9 } } }] },
        /row 0 of .*maxChannels/,
      ],
      [{ ...plan, retries: 1e9 }, /"retries" has not/],
      [{ ...plan, saveEvery: -1 }, /"saveEvery" has not/],
    ];
    for (const [content, message] of bad) {
      await Deno.writeTextFile(join(folder, PLAN_FILE), JSON.stringify(content));
      await assert.rejects(readPlan(folder), message);
    }
    await Deno.writeTextFile(join(folder, PLAN_FILE), "no plan");
    await assert.rejects(readPlan(folder), /is not JSON/);
  }));
