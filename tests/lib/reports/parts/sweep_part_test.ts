import assert from "node:assert/strict";
import { sweepResultsPart, sweepStatusPart } from "../../../../lib/reports/parts/sweep_part.ts";
import { sweepRecords } from "../../../../lib/reports/records/sweep_records.ts";
import type { Chart } from "../../../../lib/reports/chart.ts";
import type { ReportPart } from "../../../../lib/reports/report_document.ts";
import type { SettingResult, SweepResults } from "../../../../lib/sweeps/results_by_setting.ts";
import type { SweepStatusRow } from "../../../../lib/sweeps/status_row.ts";

type Named = Pick<SettingResult, "name" | "settings">;

function statusRow({ name, settings }: Named, seed: number): SweepStatusRow {
  return {
    ...{ index: 0, run: `${name}-seed${seed}-0123456789`, name, settings, seed, state: "waiting" },
    ...{ epochs: 0, plannedEpochs: 1, validationTop1: null, secondsLeft: null, remark: "" },
    attempts: [],
  };
}

/** Texts of the column with that heading. */
function column(part: ReportPart, header: string): string[] {
  const table = part.sections[0]!.blocks[0]!;
  assert.ok(table.kind === "table");
  const at = table.columns.findIndex((column) => column.header === header);
  return table.rows.map((cells) => cells[at]!.text);
}

const SETTINGS = { "model.solver": "euler", "training.learningRate": 0.003 };

Deno.test("sweepStatusPart() calls trainings by what tells them apart, and names their folders", () => {
  const euler = { name: "puppet-cnn", settings: SETTINGS };
  const heun = { name: "puppet-cnn", settings: { ...SETTINGS, "model.solver": "heun" } };
  const grid = sweepStatusPart([statusRow(euler, 1), statusRow(euler, 2), statusRow(heun, 1)]);
  assert.deepEqual(column(grid, "training"), [
    "solver=euler, seed 1",
    "solver=euler, seed 2",
    "solver=heun, seed 1",
  ]);
  assert.equal(column(grid, "run")[1], "puppet-cnn-seed2-0123456789");
  assert.equal(grid.subtitle, "3 trainings of puppet-cnn");
  const [table] = grid.sections[0]!.blocks;
  assert.ok(table?.kind === "table" && table.columns.every(({ header }) => header !== ""));
  const tables = sweepStatusPart([
    statusRow({ name: "vgg", settings: {} }, 1),
    statusRow({ name: "alexnet", settings: {} }, 1),
  ]);
  assert.deepEqual(column(tables, "training"), ["vgg, seed 1", "alexnet, seed 1"]);
  assert.equal(sweepStatusPart([statusRow(euler, 1)]).subtitle, "1 training of puppet-cnn");
});

Deno.test("sweepResultsPart() tells grids of several presets apart, and null from nothing", () => {
  const figures = { done: 0, rows: 1, validationTop1: null, deviation: null, seconds: null };
  const result = (name: string, steps: number | null): SettingResult => {
    return { name, settings: { "model.trajectorySteps": steps }, ...figures, isBest: false };
  };
  const part = sweepResultsPart({
    ...{ kind: "sweep-results", version: 1, folder: "s" },
    counts: { done: 0, running: 0, waiting: 3, lost: 0, failed: 0 },
    results: [result("puppet-cnn", null), result("puppet-cnn", 12), result("puppet-vgg", null)],
  });
  assert.deepEqual(column(part, "setting"), [
    "puppet-cnn, trajectorySteps=null",
    "puppet-cnn, trajectorySteps=12",
    "puppet-vgg, trajectorySteps=null",
  ]);
  assert.equal(part.subtitle, "3 trainings, 3 settings");
  assert.deepEqual(chartOf(part), null, "nothing is done yet");
});

function chartOf(part: ReportPart): Chart | null {
  const block = part.sections[0]!.blocks.find(({ kind }) => kind === "chart");
  return block?.kind === "chart" ? block.chart : null;
}

/** Results of settings that are done but for those without a figure. */
function resultsOf(
  settings: readonly (readonly [SettingResult["settings"], number | null])[],
): SweepResults {
  return {
    ...{ kind: "sweep-results", version: 1, folder: "s" },
    counts: { done: settings.length, running: 0, waiting: 0, lost: 0, failed: 0 },
    results: settings.map(([settings, validationTop1]) => ({
      ...{ name: "puppet-cnn", settings, validationTop1, done: 1, rows: 1, deviation: null },
      ...{ seconds: 2, isBest: validationTop1 === 0.5 },
    })),
  };
}

Deno.test("sweepResultsPart() names a sweep of seeds alone, and how many of them are done", () => {
  const sweep = resultsOf([[{}, 0.5]]);
  const part = sweepResultsPart({ ...sweep, results: [{ ...sweep.results[0]!, rows: 3 }] });
  assert.deepEqual([column(part, "setting"), column(part, "done")], [["puppet-cnn"], ["1 of 3"]]);
});

Deno.test("sweepResultsPart() draws a line over the key that has the most numbers", () => {
  const rate = "training.learningRate";
  const solver = "model.solver";
  const chart = chartOf(sweepResultsPart(resultsOf([
    [{ [rate]: 0.1, [solver]: "euler" }, 0.25],
    [{ [rate]: 0.001, [solver]: "euler" }, 0.5],
    [{ [rate]: 0.1, [solver]: "heun" }, null],
    [{ [rate]: 0.001, [solver]: "heun" }, 0.125],
  ])))!;
  assert.deepEqual([chart.xLabel, chart.xScale], ["learningRate", "log"]);
  assert.deepEqual(chart.series.map(({ name, points }) => [name, points]), [
    ["solver=euler", [{ x: 0.001, y: 50 }, { x: 0.1, y: 25 }]],
    ["solver=heun", [{ x: 0.001, y: 12.5 }]],
  ]);
});

Deno.test("sweepResultsPart() draws a bar for each setting where no key has numbers only", () => {
  const steps = "model.trajectorySteps";
  const chart = chartOf(
    sweepResultsPart(resultsOf([[{ [steps]: null }, 0.25], [{ [steps]: 12 }, 0.5]])),
  )!;
  assert.equal(chart.xScale, "category");
  assert.deepEqual(chart.series.map(({ mark, points }) => [mark, points]), [
    ["bar", [{ x: "trajectorySteps=null", y: 25 }, { x: "trajectorySteps=12", y: 50 }]],
  ]);
});

Deno.test("sweepRecords() has a column for every swept key, and raw numbers", () => {
  const sweep = resultsOf([
    [{ "training.learningRate": 0.1 }, 0.5],
    [{ "model.solver": "heun", "model.exact": false }, null],
  ]);
  const same = { name: "puppet-cnn", trainings: 1, done: 1, validation_top1_deviation: null };
  assert.deepEqual(sweepRecords(sweep), [
    {
      ...{
        ...same,
        "training.learningRate": 0.1,
        "model.solver": null,
        "model.exact": null,
        seconds: 2,
      },
      ...{ validation_top1: 0.5, is_best: true },
    },
    {
      ...{
        ...same,
        "training.learningRate": null,
        "model.solver": "heun",
        "model.exact": "false",
        seconds: 2,
      },
      ...{ validation_top1: null, is_best: false },
    },
  ]);
});

Deno.test("sweepResultsPart() says where settings were validated on different images", () => {
  const figures = { done: 1, rows: 1, validationTop1: 0.5, deviation: null, seconds: 1 };
  const noteOf = (path: string, ...values: (string | number)[]) => {
    const { sections } = sweepResultsPart({
      ...{ kind: "sweep-results", version: 1, folder: "s" },
      counts: { done: values.length, running: 0, waiting: 0, lost: 0, failed: 0 },
      results: values.map((value): SettingResult => {
        return { name: "run", settings: { [path]: value }, ...figures, isBest: true };
      }),
    });
    const [table] = sections[0]!.blocks;
    assert.ok(table?.kind === "table");
    return table.note ?? "";
  };
  const warning =
    /VALIDATED ON DIFFERENT IMAGES: the settings differ in data\.dataset\. Accuracies/;
  assert.match(noteOf("data.dataset", "cifar10", "cifar100"), warning);
  assert.doesNotMatch(noteOf("data.dataset", "cifar10", "cifar10"), /DIFFERENT/);
  assert.doesNotMatch(noteOf("training.epochs", 1, 2), /DIFFERENT/);
});
