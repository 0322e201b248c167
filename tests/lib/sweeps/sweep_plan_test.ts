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
    const beside = join(folder, "beside");
    await writePlan(beside, { ...planOf(folder, [1]), runs: beside });
    assert.equal((await readPlan(beside)).runs, ".");
  }));

Deno.test("writePlan() keeps the rows of plans that are written at the same time", () =>
  withFolder(async (folder) => {
    const seeds = [1, 2, 3, 4, 5];
    const written = await Promise.all(seeds.map((seed) => {
      const { saveEvery: _, ...wanted } = planOf(folder, [seed]);
      return writePlan(folder, wanted);
    }));
    assert.deepEqual(written.map(({ added }) => added), seeds.map(() => 2));
    assert.deepEqual(written.map(({ kept }) => kept).sort(), [0, 2, 4, 6, 8]);
    const planned = (await readPlan(folder)).rows.map(({ config }) => config.training.seed);
    assert.deepEqual(planned.sort(), seeds.flatMap((seed) => [seed, seed]));
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
    assert.deepEqual((await planTables({}))!.only, [], "all rows are there already");
    const epochs = [{ path: "training.epochs", value: 2 }];
    await assert.rejects(planTables({ overrides: epochs }), /other changes of the protocol/);
    await assert.rejects(planTables({ smoke: true }), /other changes of the protocol/);
    await assert.rejects(writePlan(folder, planOf(folder, [1])), /is of tables of the paper/);
  }));

Deno.test("readPlan() believes nothing of a plan that somebody else has made", () =>
  withFolder(async (folder) => {
    await assert.rejects(
      readPlan(folder),
      /does not exist; make one, for example with "sweep plan/,
    );
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

Deno.test("writePlan() refuses another base for settings that are there: they would be averaged as seeds", () =>
  withFolder(async (folder) => {
    const planWith = (seed: number, epochs: number) => ({
      ...planOf(folder, [1]),
      rows: planGrid({
        name: "run",
        configOf: (seed, overrides) =>
          parseConfig(`training: { seed: ${seed}, epochs: ${epochs} }`, { overrides }),
        axes: [{ path: "model.maxChannels", values: [128, 256] }],
        seeds: [seed],
      }),
    });
    await writePlan(folder, planWith(1, 2));
    await writePlan(folder, planWith(2, 2));
    await assert.rejects(
      writePlan(folder, planWith(3, 1)),
      /Cannot plan in .+: its rows were planned with other options \(training.epochs is 1 instead of 2\), and/,
    );
    assert.equal((await readPlan(folder)).rows.length, 4);
  }));

Deno.test("writePlan() refuses other pictures for a run that is there: its result says nothing of them", () =>
  withFolder(async (folder) => {
    const planFrom = (directory: string) => ({
      ...planOf(folder, [1]),
      rows: planGrid({
        name: "run",
        configOf: (seed, overrides) =>
          parseConfig(`{ training: { seed: ${seed} }, data: { dataset: folder } }`, {
            overrides: [...overrides, { path: "data.directory", value: directory, from: "--data" }],
          }),
        axes: [],
        seeds: [1],
      }),
    });
    const [a, b, c] = ["a", "b", "c"].map((name) => join(folder, name));
    const { plan } = await writePlan(folder, planFrom(a!));
    await Deno.mkdir(b!);
    const other = await writePlan(folder, planFrom(b!));
    assert.equal(other.plan.rows[0]!.config.data.directory, b);
    await Deno.mkdir(runDirectoryOf(folder, plan, plan.rows[0]!), { recursive: true });
    await assert.rejects(
      writePlan(folder, planFrom(c!)),
      /was made of the images in .+b, and not of those in .+c; name another folder/,
    );
    await writePlan(folder, planFrom(b!));
    // Moved, they are the same: what goes on with them compares them itself.
    await Deno.rename(b!, c!);
    const moved = await writePlan(folder, planFrom(c!));
    assert.equal(moved.plan.rows[0]!.config.data.directory, c);
  }));

Deno.test("writePlan() keeps how often rows are saved and tried where that is not said again", () =>
  withFolder(async (folder) => {
    const { saveEvery: _, retries: _often, ...unsaid } = planOf(folder, [2]);
    const [first, second] = [planOf(folder, [1]), { ...unsaid, retries: 7 }];
    await writePlan(folder, first);
    const { plan } = await writePlan(folder, second);
    assert.deepEqual([plan.saveEvery, plan.retries], [60, 7]);
    const other = `${folder}/other`;
    const { plan: fresh } = await writePlan(other, { ...unsaid, runs: `${other}/runs` });
    assert.deepEqual([fresh.saveEvery, fresh.retries], [600, 2]);
  }));

Deno.test("readPlan() takes a run in a folder that somebody has named, and no path", () =>
  withFolder(async (folder) => {
    const plan = planOf(folder, [1]);
    const named = (name: string) => ({ ...plan, rows: [{ ...plan.rows[0]!, name }] });
    await writePlan(folder, named("my run (1)"));
    assert.equal((await readPlan(folder)).rows[0]!.name, "my run (1)");
    for (const name of ["..", ".", "a/b", "../a", ""]) {
      await Deno.writeTextFile(join(folder, PLAN_FILE), JSON.stringify(named(name)));
      await assert.rejects(readPlan(folder), /"rows.0.name" has not/);
    }
  }));
