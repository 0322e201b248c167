import assert from "node:assert/strict";
import { decode } from "fast-png";
import { buildReport, type ReportSource } from "../../../../lib/reports/build_report.ts";
import { predictionsPart } from "../../../../lib/reports/parts/predictions_part.ts";
import { writeHtml } from "../../../../lib/reports/html/write_html.ts";
import { madeUpComparison } from "../../../helpers/made_up_comparison.ts";
import { madeUpEvaluation } from "../../../helpers/tiny_report.ts";
import type { EvaluationSummary, Prediction } from "../../../../lib/runs/run_types.ts";

const EVIL = `<script>alert("1")</script>'"><img src=x onerror=alert(2)>`;

function evaluationSource(content: EvaluationSummary): ReportSource {
  return { kind: "evaluation", content, origin: "eval.json" };
}

function pageOf(...sources: ReportSource[]): string {
  return writeHtml(buildReport(sources), { footer: "made by a test" });
}

/** Values that the page holds beside their rounded form. */
function dataValues(page: string): Map<string, number[]> {
  const values = new Map<string, number[]>();
  for (const [, value, text] of page.matchAll(/<data value="([^"]*)">([^<]*)<\/data>/g)) {
    values.set(text!, [...values.get(text!) ?? [], Number(value)]);
  }
  return values;
}

Deno.test("writeHtml() is one file: no script, nothing fetched", () => {
  const comparison = { kind: "comparison", content: madeUpComparison(), origin: "c" } as const;
  const page = pageOf(evaluationSource(madeUpEvaluation(["cat", "dog"])), comparison);
  assert.match(page, /^<!doctype html>\n<html lang="en">/);
  assert.match(page, /default-src 'none'/);
  for (const name of ["cat", "dog"]) assert.match(page, new RegExp(`<th scope="row">${name}</th>`));
  assert.doesNotMatch(page, /<script|<link|<iframe|@import|url\(|srcset/);
  assert.deepEqual([...page.matchAll(/(?:src|href)="(?!#|data:image\/png)/g)], []);
});

Deno.test("writeHtml() gives the same bytes for the same content", () => {
  const source = evaluationSource(madeUpEvaluation(["cat", "dog"]));
  assert.equal(pageOf(source), pageOf(source));
});

Deno.test("writeHtml() keeps names from files as text", () => {
  const evaluation = { ...madeUpEvaluation([EVIL, "dog"]), runDirectory: EVIL, dataset: EVIL };
  const comparison = madeUpComparison();
  const evil = {
    ...comparison,
    title: EVIL,
    notes: [EVIL],
    rows: comparison.rows.map((row) => ({ ...row, name: EVIL, mark: EVIL })),
  };
  const page = pageOf(
    evaluationSource(evaluation),
    { kind: "comparison", content: evil, origin: "c" },
  );
  assert.doesNotMatch(page, /<script|<img/);
  assert.ok(
    page.includes("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&quot;&gt;&lt;img"),
  );
});

Deno.test("writeHtml() takes no picture that is not in the document itself", () => {
  const images = ["https://example.org/a.png", "data:image/svg+xml,<svg/>", "javascript:alert(1)"]
    .map((source) => ({ source, caption: "a picture", alternative: "not shown" }));
  const block = { kind: "images", caption: "Pictures", images, pixelated: false } as const;
  const part = { title: "t", subtitle: "s", sections: [{ title: "x", blocks: [block] }] };
  const page = writeHtml({ title: "t", parts: [part] }, { footer: "" });
  assert.doesNotMatch(page, /<img|example\.org|svg\+xml|javascript/);
  assert.equal(page.match(/not shown/g)?.length, 3);
});

Deno.test("writeHtml() holds every figure exactly as the document has it", () => {
  const evaluation = madeUpEvaluation(["cat", "dog", "frog", "hen", "owl", "rat"]);
  const values = dataValues(pageOf(evaluationSource(evaluation)));
  const { top5, meanMultiplyAdds, secondsPerImage } = evaluation.figures;
  assert.deepEqual(values.get("98.77 %"), [top5]);
  assert.deepEqual(values.get("123.5 M"), [meanMultiplyAdds]);
  assert.deepEqual(values.get("0.00123 s/image"), [secondsPerImage]);
  const comparison = madeUpComparison();
  const beside = dataValues(pageOf({ kind: "comparison", content: comparison, origin: "c" }));
  assert.deepEqual(beside.get("61.23 % \u00b1 1.23, 3 runs"), [0.61234]);
  assert.deepEqual(beside.get("72.51 %"), [72.51, 72.51]);
});

Deno.test("writeHtml() orders headings, names regions, and gives every head of a table its scope", () => {
  const names = Array.from({ length: 30 }, (_, index) => `class ${index}`);
  const several = pageOf(
    evaluationSource(madeUpEvaluation(["cat", "dog"])),
    evaluationSource(madeUpEvaluation(names)),
  );
  for (const page of [several, pageOf(evaluationSource(madeUpEvaluation(["cat", "dog"])))]) {
    const levels = [...page.matchAll(/<h(\d)/g)].map((match) => Number(match[1]));
    assert.equal(levels.filter((level) => level === 1).length, 1);
    levels.forEach((level, index) => assert.ok(level <= (levels[index - 1] ?? 0) + 1));
    for (const landmark of ["header", "nav", "main", "footer"]) {
      assert.equal(page.match(new RegExp(`<${landmark}[ >]`, "g"))?.length, 1, landmark);
    }
    assert.deepEqual(page.match(/<th(?![a-z])(?! scope=)[^>]*>/g), null);
    assert.deepEqual(page.match(/<svg(?![^>]*role="img")/g), null);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    assert.equal(new Set(ids).size, ids.length);
    for (const [, target] of page.matchAll(/(?:href="#|aria-labelledby=")([^"]+)"/g)) {
      assert.ok(ids.includes(target), target);
    }
    const tables = page.match(/<table/g)!.length;
    assert.equal(page.match(/<caption/g)!.length, tables);
  }
});

Deno.test("writeHtml() shows the confusions of many classes as a picture of their shares", () => {
  const names = Array.from({ length: 100 }, (_, index) => `class ${index}`);
  const page = pageOf(evaluationSource(madeUpEvaluation(names)));
  const source = /<image href="data:image\/png;base64,([^"]+)"/.exec(page)![1]!;
  const { width, height, data } = decode(Uint8Array.fromBase64(source));
  assert.deepEqual([width, height], [100, 100]);
  const opacity = (row: number, column: number) => data[(row * 100 + column) * 4 + 3];
  assert.equal(opacity(5, 5), Math.round(255 * Math.sqrt(0.7)));
  assert.equal(opacity(5, 6), Math.round(255 * Math.sqrt(0.3)));
  assert.equal(opacity(6, 5), 0);
  assert.match(page, /Confusion matrix of 100 classes, 70\.00 % of the images on the diagonal/);
  const numbers = pageOf(evaluationSource(madeUpEvaluation(["cat", "dog"])));
  assert.match(numbers, /<td style="--v:0\.7">7<\/td><td style="--v:0\.3">3<\/td>/);
});

Deno.test("writeHtml() lets the head of a row stand for all rows that go on with it, also beyond a gap", () => {
  const pageOfRows = (pictures: number, classes: number) => {
    const answers = Array.from({ length: pictures }, (_, image) => ({
      ...{ file: `${image}.png`, complexity: 9, complexityUnit: "bits", level: 1, depth: 7 },
      classes: Array.from({ length: classes }, (_, label) => ({
        ...{ className: `class ${label}`, label, probability: 1 / classes },
      })),
    } as unknown as Prediction));
    return writeHtml({ title: "t", parts: [predictionsPart(answers)] }, { footer: "" });
  };
  const page = pageOfRows(2, 3);
  assert.equal(page.match(/<th scope="row" rowspan="3">\d\.png<\/th>/g)?.length, 2);
  assert.doesNotMatch(page, /<th[^>]*><\/th>/);
  assert.equal(page.match(/<tr><td>class [12]<\/td>/g)?.length, 4);
  // Of 1,400 rows the first and the last 500 are shown; the gap ends within the classes of a picture.
  const long = pageOfRows(200, 7);
  assert.match(long, /<tr class="gap"><th scope="row" rowspan="3">128\.png<\/th>/);
  assert.doesNotMatch(long, /<th[^>]*><\/th>/);
  assert.doesNotMatch(pageOfRows(2, 1), /rowspan/);
});
