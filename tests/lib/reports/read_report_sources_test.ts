import assert from "node:assert/strict";
import { join } from "node:path";
import { DataError } from "../../../lib/errors.ts";
import { buildReport } from "../../../lib/reports/build_report.ts";
import { readReportSources } from "../../../lib/reports/read_report_sources.ts";
import { madeUpComparison } from "../../helpers/made_up_comparison.ts";
import { madeUpEvaluation } from "../../helpers/tiny_report.ts";

async function readText(text: string) {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "document.json");
    await Deno.writeTextFile(path, text);
    return await readReportSources(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readReportSources() knows an evaluation by its form, and keeps the depth that was chosen by hand", async () => {
  const evaluation = { ...madeUpEvaluation(["cat", "dog"]), depth: 7 };
  const [source] = await readText(JSON.stringify(evaluation));
  assert.ok(source);
  assert.equal(source.kind, "evaluation");
  assert.deepEqual(source.content, evaluation);
});

Deno.test("readReportSources() keeps the wall times of an evaluation, and the report shows them", async () => {
  const times = { median: 0.00177, firstQuartile: 0.0017, thirdQuartile: 0.0018 };
  const figure = { ...times, lowest: 0.0016, highest: 0.002, repetitions: 30, warmUps: 2 };
  const speed = {
    ...{ bankSeconds: 1, dataset: "cifar10" },
    figures: [{ ...figure, batchSize: 64, generation: "banked" }],
  };
  const evaluation = { ...madeUpEvaluation(["cat", "dog"]), speed };
  const [source] = await readText(JSON.stringify(evaluation));
  assert.deepEqual(source!.content, evaluation);
  const [part] = buildReport([source!]).parts;
  const blocks = part!.sections.flatMap((section) => section.blocks);
  const table = blocks.find((block) => block.kind === "table" && block.caption === "Speed");
  assert.ok(table?.kind === "table");
  assert.deepEqual(table.rows[0]!.slice(0, 3).map(({ value }) => value), ["kept", 64, 0.00177]);
  const wrong = { ...evaluation, speed: { ...speed, figures: [{ batchSize: 0 }] } };
  await assert.rejects(readText(JSON.stringify(wrong)), /speed\.figures/);
});

Deno.test("a confusion matrix that is not classes x classes is refused, in every document", async () => {
  const evaluation = madeUpEvaluation(["cat", "dog"]);
  // What is drawn would have the square of these rows.
  const wrong = [Array.from({ length: 20_000 }, () => [0]), [[1, 2, 3], [4, 5, 6]], []];
  for (const confusion of wrong) {
    const content = { ...evaluation, figures: { ...evaluation.figures, confusion } };
    await assert.rejects(
      readText(JSON.stringify(content)),
      (error) =>
        error instanceof DataError &&
        /figures\.confusion: it must have a row and a column/.test(error.message),
    );
    assert.throws(
      () => buildReport([{ kind: "evaluation", content, origin: "unchecked.json" }]),
      (error) => error instanceof DataError && /confusion: it must have/.test(error.message),
    );
  }
});

Deno.test("readReportSources() knows other documents by their kind", async () => {
  const [source] = await readText(JSON.stringify({ kind: "comparison", version: 1, rows: [] }));
  assert.equal(source?.kind, "comparison");
});

Deno.test("readReportSources() reads what sweep results wrote", async () => {
  const figures = { done: 1, rows: 1, validationTop1: 0.5, deviation: null, seconds: 3 };
  const content = {
    ...{ kind: "sweep-results", version: 1, folder: "s" },
    counts: { done: 1, running: 0, waiting: 0, lost: 0, failed: 0 },
    results: [{ name: "vgg", settings: {}, ...figures, isBest: true }],
  };
  const { parts: [part] } = buildReport(await readText(JSON.stringify(content)));
  assert.deepEqual([part!.title, part!.subtitle], ["Sweep s", "1 training, 1 setting"]);
});

Deno.test("readReportSources() opens a report on several documents", async () => {
  const evaluation = madeUpEvaluation(["cat", "dog"]);
  const comparison = { kind: "comparison", version: 1, rows: [] };
  const sources = [{ content: comparison }, { content: evaluation }];
  const found = await readText(JSON.stringify({ kind: "report", version: 1, sources }));
  assert.deepEqual(found.map(({ kind, content }) => [kind, content]), [
    ["comparison", comparison],
    ["evaluation", evaluation],
  ]);
  const wrong = { kind: "report", version: 1, sources: [{ content: comparison }, { content: 3 }] };
  await assert.rejects(readText(JSON.stringify(wrong)), /document 2: it is no document/);
});

Deno.test("readReportSources() refuses what it cannot show", async () => {
  const evaluation = madeUpEvaluation(["cat", "dog"]);
  const wrong = { ...evaluation, figures: { ...evaluation.figures, top1: "<b>high</b>" } };
  for (const text of ["", "{", "null", "[]", '{"kind":"recipe"}', JSON.stringify(wrong)]) {
    await assert.rejects(readText(text), DataError, text);
  }
  await assert.rejects(readText('{"kind":"comparison","version":2}'), /its kind is "comparison"/);
});

Deno.test("buildReport() refuses a document that is not complete", async () => {
  for (
    const kind of [
      "run-report",
      "depth-analysis",
      "parameter-scaling",
      "comparison",
      "sweep-results",
    ]
  ) {
    const sources = await readText(JSON.stringify({ kind, version: 1 }));
    assert.throws(() => buildReport(sources), DataError, kind);
  }
});

Deno.test("buildReport() refuses a document that holds no text where a text belongs", async () => {
  const comparison = madeUpComparison();
  for (const notes of [[null], [{ length: 1 }], [["<b>"]]]) {
    const sources = await readText(JSON.stringify({ ...comparison, notes }));
    assert.throws(() => buildReport(sources), DataError, JSON.stringify(notes));
  }
});
