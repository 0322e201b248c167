import assert from "node:assert/strict";
import { boundChart, boundRows } from "../../../lib/reports/bounds.ts";
import { buildReport } from "../../../lib/reports/build_report.ts";
import { writeHtml } from "../../../lib/reports/html/write_html.ts";
import type { Chart } from "../../../lib/reports/chart.ts";
import type { ParameterScaling } from "../../../lib/analyses/parameter_scaling.ts";

const CHART: Chart = { title: "", description: "", xLabel: "", yLabel: "", series: [] };

Deno.test("boundRows() shows the first and the last rows, and says what it leaves out", () => {
  const few = Array.from({ length: 1000 }, (_, index) => index);
  assert.deepEqual(boundRows(few), { rows: few, gap: null, note: null });
  const { rows, gap, note } = boundRows(Array.from({ length: 12_345 }, (_, index) => index));
  assert.equal(rows.length, 1000);
  assert.deepEqual([rows[0], rows[499], rows[500], rows[999]], [0, 499, 11_845, 12_344]);
  assert.equal(gap, 500);
  assert.match(note!, /^The first and the last 500 of 12,345 rows; .*csv and json/);
});

Deno.test("boundChart() keeps the least and the largest value of a long curve, its ends and its order", () => {
  const points = Array.from({ length: 100_000 }, (_, x) => ({ x, y: Math.sin(x) + 2 }));
  points[7] = { x: 7, y: 50 };
  points[54_321] = { x: 54_321, y: -50 };
  const { chart, notes } = boundChart({ ...CHART, series: [{ name: "a", points }] });
  const thinned = chart.series[0]!.points;
  assert.ok(thinned.length <= 602, `${thinned.length} points`);
  assert.deepEqual([thinned[0], thinned.at(-1)], [points[0], points.at(-1)]);
  assert.ok(thinned.includes(points[7]!) && thinned.includes(points[54_321]!));
  assert.deepEqual(thinned, [...thinned].sort((a, b) => Number(a.x) - Number(b.x)));
  assert.match(notes[0]!, /^Thinned: of up to 100,000 points, the least and the largest/);
});

Deno.test("boundChart() leaves a short curve, gaps and all, as it is", () => {
  const points = [{ x: 1, y: 2 }, { x: 2, y: null }, { x: 3, y: NaN }];
  const chart = { ...CHART, series: [{ name: "a", points }] };
  assert.deepEqual(boundChart(chart), { chart, notes: [] });
});

Deno.test("boundChart() shows as many names and series as a reader can tell apart", () => {
  const points = Array.from({ length: 5000 }, (_, index) => ({ x: `run ${index}`, y: index }));
  const names = boundChart({ ...CHART, xScale: "category", series: [{ name: "a", points }] });
  assert.equal(names.chart.series[0]!.points.length, 100);
  assert.deepEqual(names.notes, ["The first 100 of 5,000."]);
  const series = points.map(({ x, y }) => ({ name: x, points: [{ x: y, y }] }));
  const many = boundChart({ ...CHART, series });
  assert.equal(many.chart.series.length, 60);
  assert.deepEqual(many.notes, ["The first 60 of 5,000 series."]);
});

/** A document of `param-scaling` with that many rows. */
function longTable(rows: number): ParameterScaling {
  const beside = { ours: 0.04, paper: null, difference: null };
  return {
    ...{ kind: "parameter-scaling", version: 1, classes: 10, figure4: null },
    image: { height: 32, width: 32 },
    table7: {
      ...{ source: "made up", depth: 10 },
      rows: Array.from({ length: rows }, (_, index) => ({
        ...{ channels: 8 * (index + 1), kernelSize: 3, dynamicsParameters: index },
        ...{ initialStateParameters: index, totalMillions: beside, megabytes: beside },
        stored: { seeded: 1, learned: 2, constant: 3 },
        ...{ multiplyAddsPerImage: 1, multiplyAddsPerEvaluation: 1, multiplyAddsPerGeneration: 1 },
      })),
    },
  };
}

Deno.test("a page of a hundred times as many rows is hardly larger, and says what it leaves out", () => {
  const pageOf = (rows: number) => {
    const content = longTable(rows);
    const document = buildReport([{ kind: "parameter-scaling", content, origin: "x" }]);
    return writeHtml(document, { footer: "" });
  };
  const [small, large] = [pageOf(1000), pageOf(100_000)];
  assert.ok(large.length < 1.2 * small.length, `${small.length} and ${large.length} characters`);
  assert.match(large, /The first and the last 500 of 100,000 rows/);
  assert.match(large, /Thinned: of up to 100,000 points/);
  assert.doesNotMatch(small, /The first and the last/);
});
