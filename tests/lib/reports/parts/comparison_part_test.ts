import assert from "node:assert/strict";
import { comparisonPart } from "../../../../lib/reports/parts/comparison_part.ts";
import { tellingNames } from "../../../../lib/reports/parts/name_of_path.ts";
import { comparisonRecords } from "../../../../lib/reports/records/comparison_records.ts";
import { rowNames } from "../../../../lib/reports/parts/row_name.ts";
import { MADE_UP_RUN, madeUpComparison } from "../../../helpers/made_up_comparison.ts";
import type { Comparison } from "../../../../lib/paper/comparison.ts";
import type { ReportPart, TableBlock } from "../../../../lib/reports/report_document.ts";

function tableOf(part: ReportPart, caption: string): TableBlock {
  const blocks = part.sections.flatMap((section) => section.blocks);
  const found = blocks.find((block) => block.kind === "table" && block.caption === caption);
  assert.equal(found?.kind, "table", caption);
  return found as TableBlock;
}

function textsOf({ rows }: TableBlock): string[][] {
  return rows.map((cells) => cells.map(({ text }) => text));
}

Deno.test("rowNames() names rows of one name by their folders where these tell them apart", () => {
  const [first, second] = madeUpComparison().rows;
  const of = (runDirectory: string) => ({ ...first!, runs: [{ ...MADE_UP_RUN, runDirectory }] });
  const rows = [of("runs/wide/"), second!, of("elsewhere/narrow")];
  assert.deepEqual(rowNames(rows), [
    "Puppet-CNN (wide)",
    "AlexNet, Fixed-CNN",
    "Puppet-CNN (narrow)",
  ]);
  const alike = [of("one/run"), of("two/run")];
  assert.deepEqual(rowNames(alike), ["Puppet-CNN (one/run)", "Puppet-CNN (two/run)"]);
  const seeds = {
    ...first!,
    runs: ["a/run", "b/run"].map((runDirectory) => ({ ...MADE_UP_RUN, runDirectory })),
  };
  assert.deepEqual(rowNames([seeds, of("c/wide")], "runs"), ["a/run, b/run", "wide"]);
  assert.deepEqual(tellingNames(["/x/run", "x/run", "./run/", "y/run", "a", "a"]), [
    ...["/x/run", "x/run", "./run/", "y/run", "a", "a"],
  ]);
});

Deno.test("rowNames() numbers rows of one name", () => {
  const [first, second] = madeUpComparison().rows;
  const rows = [first!, second!, { ...first! }];
  assert.deepEqual(rowNames(rows), [
    "Puppet-CNN #1",
    "AlexNet, Fixed-CNN",
    "Puppet-CNN #2",
  ]);
});

Deno.test("comparisonPart() says once what differs from the protocol in all rows", () => {
  const comparison = madeUpComparison();
  const [first, second] = comparison.rows;
  const own = { path: "model.maxChannels", protocol: 512, run: null };
  const rows = [{ ...first!, changes: [...first!.changes, own] }, second!];
  const table = tableOf(comparisonPart({ ...comparison, rows }), "Changed from the protocol");
  assert.deepEqual(textsOf(table), [
    ["training.epochs", "100", "2", "all"],
    ["model.maxChannels", "512", "null", "Puppet-CNN"],
  ]);
  const three = { ...second!, changes: [{ path: "training.epochs", protocol: 100, run: 3 }] };
  const different = comparisonPart({ ...comparison, rows: [first!, three] });
  assert.deepEqual(textsOf(tableOf(different, "Changed from the protocol")), [
    ["training.epochs", "100", "2", "Puppet-CNN"],
    ["training.epochs", "100", "3", "AlexNet, Fixed-CNN"],
  ]);
});

Deno.test("comparisonPart() has the times of an exact model, the work in one unit, and the most where a network decides", () => {
  const comparison = madeUpComparison();
  const [row] = comparison.rows;
  const exactSecondsPerImage = { mean: 0.25, deviation: null, n: 1 };
  const counted = { ...row!.counted, decides: true };
  const part = comparisonPart({
    ...comparison,
    columns: ["secondsPerImage", "gigaMultiplyAdds"],
    rows: [{ ...row!, exactSecondsPerImage, counted }],
  });
  const [texts] = textsOf(tableOf(part, "Ours beside the paper"));
  assert.deepEqual(texts!.slice(1, 5), ["0.250", "0.0039", "12.34 G", "12.34 G"]);
  const [sizes] = textsOf(tableOf(part, "Sizes and multiply-adds"));
  assert.ok(sizes!.includes("at most 284.9 M"), sizes!.join());
});

Deno.test("comparisonRecords() counts runs without weights among those that are finished", () => {
  const comparison = madeUpComparison();
  const states = ["finished", "recorded", "unfinished", "missing"] as const;
  const runs = states.map((state) => ({ ...MADE_UP_RUN, state, runDirectory: state }));
  const [record] = comparisonRecords({
    ...comparison,
    rows: [{ ...comparison.rows[0]!, runs }],
  });
  assert.equal(record!.finished_runs, 2);
  assert.equal(record!.run_folders, "finished recorded unfinished");
});

Deno.test("comparisonPart() names the table, and marks rows once below it", () => {
  const comparison = madeUpComparison();
  const mark = "not the full protocol: training.epochs 2 instead of 100; 1 of 3 seeds finished";
  const rows = comparison.rows.map((row) => ({ ...row, mark }));
  const part = comparisonPart({ ...comparison, rows });
  assert.equal(part.title, "Table 1: Puppet-CNN and others (NOT THE FULL PROTOCOL)");
  assert.match(part.subtitle, /1 of 2 rows has a finished run/);
  const table = tableOf(part, "Ours beside the paper");
  for (const cells of table.rows) {
    const { value, text } = cells.at(-1)!;
    assert.equal(value, mark);
    assert.equal(text, "not the full protocol, see below; 1 of 3 seeds finished");
  }
  assert.match(table.note!, /^Not the full protocol: training\.epochs 2 instead of 100\. /);
  const changed = { protocol: "changed", mark: "not the full protocol: math bfloat16" } as const;
  const different = comparisonPart({
    ...comparison,
    rows: [rows[0]!, { ...rows[1]!, ...changed }],
  });
  assert.match(
    tableOf(different, "Ours beside the paper").note!,
    /^Puppet-CNN: not the full protocol: training.*\. AlexNet, Fixed-CNN: not the full protocol: math bfloat16\. /,
  );
  const many = [1, 2, 3, 4].map((epochs) => ({
    ...rows[0]!,
    mark: `not the full protocol: training.epochs ${epochs} instead of 100`,
  }));
  assert.match(
    tableOf(comparisonPart({ ...comparison, rows: many }), "Ours beside the paper").note!,
    /^What each row changes is listed under Conditions\. /,
  );
});

Deno.test("comparisonPart() draws how runs of no table came to where they are", () => {
  const comparison = madeUpComparison();
  const validations = [{ epoch: 5, top1: 0.25 }, { epoch: 10, top1: 0.5 }];
  const rows = comparison.rows.map((row, at) => ({
    ...row,
    runs: [1, 2].map((seed) => ({
      ...MADE_UP_RUN,
      seed,
      runDirectory: `runs/${at}-${seed}`,
      validations,
    })),
  }));
  const curvesOf = (made: Comparison) =>
    comparisonPart(made).sections[0]!.blocks.flatMap((block) =>
      block.kind === "chart" && block.chart.title === "Validation Top-1" ? block.chart.series : []
    );
  const curves = curvesOf({ ...comparison, mode: "runs", rows });
  assert.deepEqual(curves.map(({ name }) => name).slice(0, 2), ["0-1", "0-2"]);
  assert.deepEqual(curves[0]!.points, [{ x: 5, y: 25 }, { x: 10, y: 50 }]);
  assert.deepEqual(curvesOf({ ...comparison, rows }), [], "a table of the paper has its own");
  // The legend of one line would say nothing, so the text does.
  const short = rows.map((row, at) => ({
    ...row,
    runs: row.runs.map((run, seed) => at + seed === 0 ? run : { ...run, validations: [] }),
  }));
  const texts = comparisonPart({ ...comparison, mode: "runs", rows: short }).sections[0]!.blocks
    .flatMap((block) => block.kind === "chart" ? [block.chart.description] : []);
  const others = 2 * rows.length - 1;
  assert.match(
    texts.at(-1)!,
    new RegExp(
      `The line is that of 0-1\\. ${others} runs with fewer than two validations left out`,
    ),
  );
  const many = Array.from({ length: 13 }, () => rows[0]!);
  assert.deepEqual(
    curvesOf({ ...comparison, mode: "runs", rows: many }),
    [],
    "nobody tells them apart",
  );
});

Deno.test("comparisonPart() draws the paper's figures, and speaks of them, where there are any", () => {
  const comparison = madeUpComparison();
  const chartOf = (made: Comparison) => {
    const block = comparisonPart(made).sections[0]!.blocks
      .find((block) => block.kind === "chart" && block.chart.title === "Top-1");
    assert.ok(block?.kind === "chart");
    return [block.chart.series.map(({ name }) => name), block.chart.description];
  };
  const said = "Ours, mean over the seeds, for 1 of 2 rows";
  const ours = "this toolkit";
  const both = [[ours, "the paper"], `${said}; beside it what the paper prints.`];
  assert.deepEqual(chartOf(comparison), both);
  const rows = comparison.rows.map((row) => ({ ...row, paper: null }));
  assert.deepEqual(chartOf({ ...comparison, mode: "runs", rows }), [[ours], `${said}.`]);
});

Deno.test("comparisonPart() has columns of the paper, and its source, where it prints a figure of a row", () => {
  const made = madeUpComparison();
  const seconds = { mean: 0.01, deviation: null, n: 1 };
  const comparison = {
    ...made,
    ...{ mode: "runs", table: null, columns: ["top1", "secondsPerImage"] } as const,
    rows: made.rows.map((row) => ({ ...row, secondsPerImage: seconds })),
  };
  const tablesOf = (made: Comparison) =>
    ["Runs side by side", "Speed, seconds per image"].map((caption) => {
      const { columns, note } = tableOf(comparisonPart(made), caption);
      return [columns.map(({ header }) => header).filter((word) => /paper/.test(word)), note];
    });
  const [result, speed] = tablesOf(comparison);
  assert.deepEqual(result![0], ["paper, Top-1", "paper, s/image"]);
  assert.match(String(result![1]), /Puppet-CNN \(ECCV 2026\), Table 1\.$/);
  assert.deepEqual(speed![0], ["paper"]);
  assert.match(String(speed![1]), /paper's machine/);
  const noTop1 = comparison.rows.map((row) => ({ ...row, paper: { ...row.paper!, top1: null } }));
  assert.deepEqual(tablesOf({ ...comparison, rows: noTop1 })[0]![0], ["paper, s/image"]);
  const none = comparison.rows.map((row) => ({ ...row, paper: null }));
  for (const [headers, note] of tablesOf({ ...comparison, rows: none })) {
    assert.deepEqual(headers, []);
    assert.doesNotMatch(String(note), /[Pp]aper|ECCV/);
  }
});

Deno.test("comparisonPart() counts runs of no table as they are, and says so", () => {
  const comparison = madeUpComparison();
  const caption = "Sizes and multiply-adds";
  const labelsOf = ({ columns }: TableBlock) => columns.map(({ header }) => header);
  const swept = tableOf(comparisonPart(comparison), caption);
  assert.match(swept.note!, /^Counted for the full protocol, /);
  assert.ok(labelsOf(swept).includes("stored by the run"));
  const own = tableOf(comparisonPart({ ...comparison, mode: "runs" }), caption);
  const resultOf = (mode: Comparison["mode"], caption: string) => {
    const { columns, rows } = tableOf(comparisonPart({ ...comparison, mode }), caption);
    const at = columns.findIndex(({ header }) => header === "size" || header === "stored");
    return [columns[at]!.header, rows[0]![at]!.text, columns[at + 1]!.header];
  };
  assert.deepEqual(resultOf("full", "Ours beside the paper").slice(0, 2), ["size", "1.08 MB"]);
  assert.deepEqual(resultOf("full", "Ours beside the paper")[2], "paper, size");
  // All that is stored, as the chart beside it has it, not the puppeteer alone.
  assert.deepEqual(
    resultOf("runs", "Ours beside the paper").slice(0, 2),
    ["stored", "1.12 MB"],
  );
  assert.match(own.note!, /^Counted for the models of the runs at the reference complexity: /);
  assert.ok(!labelsOf(own).includes("stored by the run"));
});

Deno.test("comparisonPart() gives the layers of a network that decides as the most that an image passes", () => {
  const comparison = madeUpComparison();
  const depthOf = (decides: boolean) => {
    const [first] = comparison.rows;
    const row = { ...first!, counted: { ...first!.counted!, decides }, runs: [MADE_UP_RUN] };
    const { columns, rows } = tableOf(comparisonPart({ ...comparison, rows: [row] }), "Runs");
    return rows[0]![columns.findIndex(({ header }) => header === "depth")]!.text;
  };
  assert.match(depthOf(false), /^\d+\.\d\d$/);
  assert.equal(depthOf(true), `at most ${depthOf(false)}`);
});
