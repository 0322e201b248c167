import assert from "node:assert/strict";
import { writeReport } from "../../../lib/reports/write_report.ts";
import { PAPER_SOURCE } from "../../../lib/paper/paper_results.ts";
import { assertSnapshot } from "../../helpers/assert_snapshot.ts";
import { MADE_UP_RUN } from "../../helpers/made_up_comparison.ts";
import { TEST_CONDITIONS } from "../../helpers/small_comparison.ts";
import type { ReportSource } from "../../../lib/reports/build_report.ts";
import type {
  ComparedRun,
  Comparison,
  ComparisonRow,
  CountedFigures,
} from "../../../lib/paper/comparison.ts";

const COUNTED: CountedFigures = {
  puppeteerMegabytes: 1.079296,
  storedMegabytes: 1.122856,
  paperColumnMegabytes: 1.079296,
  storedParameters: 280_714,
  multiplyAddsOfTool: 12_339_118_080,
  batch: 64,
  forwardPerImage: 284_890_000,
  generationPerLevel: 12_310_000_000,
  amortizedPerImage: 477_300_000,
  decides: false,
};

const FULL: ComparisonRow = {
  name: "Puppet-CNN",
  variant: null,
  group: "Ours",
  preset: "puppet-cnn",
  model: "puppet-cnn",
  dataset: "cifar10",
  protocol: "full",
  changes: [],
  mark: null,
  paper: {
    top1: 72.51,
    top5: 96.85,
    megabytes: 1.08,
    secondsPerImage: 0.0039,
    gigaMultiplyAdds: null,
  },
  counted: COUNTED,
  countedRun: COUNTED,
  top1: { mean: 0.6, deviation: 0.0123, n: 2 },
  top5: { mean: 0.95, deviation: 0, n: 2 },
  secondsPerImage: { mean: 0.0042, deviation: 0.0001, n: 2 },
  exactSecondsPerImage: { mean: 0.31, deviation: null, n: 1 },
  secondsPerSingleImage: { mean: 0.02, deviation: null, n: 1 },
  exactSecondsPerSingleImage: null,
  runs: [MADE_UP_RUN, { ...MADE_UP_RUN, seed: 2 }],
};

const MISSING: ComparedRun = {
  ...MADE_UP_RUN,
  state: "missing",
  epochs: 0,
  trainImages: null,
  imagePool: null,
  trainedOn: null,
  trainingSeconds: null,
  figures: null,
};

const COMPARISON: Comparison = {
  kind: "comparison",
  version: 1,
  table: 1,
  title: "Puppet-CNN and adaptive networks",
  mode: "changed",
  columns: ["top1", "top5", "megabytes", "secondsPerImage"],
  rows: [
    {
      ...FULL,
      name: "DFN",
      group: "Adaptive Params",
      preset: "dfn",
      mark: "no run",
      top1: null,
      top5: null,
      secondsPerImage: null,
      exactSecondsPerImage: null,
      secondsPerSingleImage: null,
      runs: [MISSING],
    },
    FULL,
    {
      ...FULL,
      name: "=cmd|' /C calc'!A0",
      protocol: "changed",
      changes: [{ path: "training.epochs", protocol: 100, run: 2 }],
      mark: "not the full protocol: training.epochs 2 instead of 100",
    },
  ],
  speedBatch: 64,
  seeds: [1, 2],
  conditions: TEST_CONDITIONS,
  argv: ["compare", "--table", "1"],
  createdAt: "2026-01-01T00:00:00.000Z",
  paperSource: PAPER_SOURCE,
  notes: ["A note | with a bar."],
};

const FORMATS = ["text", "md", "csv", "json", "html"] as const;

async function write(
  comparisons: readonly Comparison[],
  format: typeof FORMATS[number],
): Promise<string> {
  const sources = comparisons.map((content) => ({
    kind: "comparison" as const,
    content,
    origin: content.title,
  }));
  return await writeReport(sources, format, { width: 100, footer: "" });
}

for (const format of FORMATS.filter((one) => one !== "html")) {
  Deno.test(`writeReport() of a comparison as ${format} is the reviewed text`, async () => {
    const file = new URL(`snapshots/comparison_${format}.txt`, import.meta.url);
    await assertSnapshot(`${await write([COMPARISON], format)}\n`, file);
  });
}

Deno.test("writeReport() marks a smoke run in every format, also inside the charts of a page", async () => {
  const rows = COMPARISON.rows.map((row) => ({
    ...row,
    protocol: "smoke" as const,
    mark: "smoke, not a result",
  }));
  for (const format of FORMATS) {
    const text = await write([{ ...COMPARISON, mode: "smoke", rows }], format);
    const marks = text.replaceAll(/\s+/g, " ").match(/smoke, not a result/g)?.length ?? 0;
    assert.ok(marks >= rows.length, `${format}: ${marks} marks`);
    if (format === "html") {
      const charts = text.match(/<svg.*?<\/svg>/gs)!;
      assert.ok(charts.every((chart) => chart.includes("smoke run, not a result</text>")));
    }
  }
  const full = await write([{ ...COMPARISON, mode: "full" }], "html");
  assert.doesNotMatch(full, /smoke/);
});

Deno.test("writeReport() as csv keeps formulas texts and has one line per row", async () => {
  const lines = (await write([COMPARISON], "csv")).split("\n");
  assert.equal(lines.length, 4);
  assert.ok(lines[3]!.includes(",'=cmd|"));
});

Deno.test("writeReport() as json is read back unchanged", async () => {
  assert.deepEqual(JSON.parse(await write([COMPARISON], "json")), COMPARISON);
});

Deno.test("writeReport() writes several tables as one document", async () => {
  const tables = [COMPARISON, { ...COMPARISON, table: 4, title: "Another" }];
  const csv = (await write(tables, "csv")).split("\n");
  assert.equal(csv.length, 1 + 2 * COMPARISON.rows.length);
  assert.equal(csv.filter((line) => line.startsWith("table,")).length, 1);
  const json = JSON.parse(await write(tables, "json"));
  assert.deepEqual([json.kind, json.version], ["report", 1]);
  assert.deepEqual(json.sources.map(({ content }: { content: unknown }) => content), tables);
  for (const format of ["text", "md"] as const) {
    assert.match(await write(tables, format), /Another/);
  }
});

Deno.test("writeReport() refuses nothing to report on, and a format that there is not", async () => {
  for (const format of ["text", "md", "csv", "json", "html"] as const) {
    await assert.rejects(write([], format), {
      name: "RangeError",
      message: /there must be a run or a document/,
    });
  }
  await assert.rejects(write([COMPARISON], "pdf" as "csv"), {
    name: "RangeError",
    message: /one of text, md, csv, json, html, current value is "pdf"/,
  });
  // Before what is wrong with the sources, which any format would tell.
  await assert.rejects(write([], "pdf" as "csv"), /format must be one of/);
  await assert.rejects(write([COMPARISON], undefined as unknown as "csv"), TypeError);
});

Deno.test("writeReport() says what a source must be, where a program gives a result as it is", async () => {
  const options = { width: 100, footer: "" };
  const source = { kind: "comparison", content: COMPARISON, origin: "made up" } as const;
  const writeAll = (sources: unknown, given: unknown = options) =>
    writeReport(sources as ReportSource[], "md", given as typeof options);
  for (const wrong of [COMPARISON, undefined, null, 5, { kind: "comparison" }, []]) {
    await assert.rejects(writeAll([wrong]), {
      name: "TypeError",
      message: /^Cannot write a report: source 1 must be \{ kind, content, origin \}/,
    });
  }
  for (const sources of [COMPARISON, undefined, null, "runs/first"]) {
    await assert.rejects(writeAll(sources), {
      name: "TypeError",
      message: /the sources must be a list/,
    });
  }
  await assert.rejects(writeAll([source, { ...source, kind: "comparision" }]), {
    name: "RangeError",
    message: /source 2: kind must be one of run-report, .*, current value is "comparision"/,
  });
  for (const wrong of [null, 5, { width: "100", footer: "" }, { width: 100, footer: 5 }]) {
    await assert.rejects(writeAll([source], wrong), {
      name: "TypeError",
      message: /^Cannot use the options of writeReport: /,
    });
  }
});
