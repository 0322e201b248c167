import assert from "node:assert/strict";
import fc from "fast-check";
import { renderChart } from "../../../lib/reports/render_chart.ts";
import { SERIES_COLORS } from "../../../lib/reports/charts/series_style.ts";
import type { Chart, ChartSeries } from "../../../lib/reports/chart.ts";

const LINE: ChartSeries = {
  name: "training",
  points: [{ x: 1, y: 2 }, { x: 2, y: null }, { x: 3, y: 1 }],
};

function chart(overrides: Partial<Chart> = {}): Chart {
  return {
    title: "Loss",
    description: "Loss by epoch",
    xLabel: "epoch",
    yLabel: "nats",
    series: [LINE],
    ...overrides,
  };
}

/** WCAG contrast of two colours `#rrggbb`. */
function contrast(first: string, second: string): number {
  const [bright, dark] = [first, second].map((color) => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const part = parseInt(color.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  }).sort((a, b) => b - a);
  return (bright! + 0.05) / (dark! + 0.05);
}

Deno.test("renderChart() names the picture and keeps text as text", async () => {
  const svg = await renderChart(chart());
  assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 640 400"/);
  assert.match(svg, /role="img"[^>]*><title>Loss<\/title><desc>Loss by epoch<\/desc>/);
  for (const text of ["Loss", "epoch", "nats"]) assert.ok(svg.includes(`>${text}</text>`), text);
});

Deno.test("renderChart() gives the same bytes for the same chart", async () => {
  assert.equal(await renderChart(chart()), await renderChart(chart()));
});

Deno.test("renderChart() escapes every text", async () => {
  const evil = `<script>alert("1")</script>&\u0000`;
  const series = [{ ...LINE, name: evil }, { name: evil, points: [{ x: evil, y: 1 }] }];
  const svg = await renderChart(
    { title: evil, description: evil, xLabel: evil, yLabel: evil, series, xScale: "category" },
  );
  assert.ok(!svg.includes("<script"));
  assert.ok(!svg.includes("\u0000"));
  assert.ok(svg.includes("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;\ufffd"));
});

Deno.test("renderChart() leaves a gap where there is no number", async () => {
  const svg = await renderChart(chart());
  const line = /<path d="(M[^"]*)" fill="none" stroke="#/.exec(svg)![1]!;
  assert.equal(line.match(/M/g)!.length, 2);
  assert.equal(svg.match(/<title>training, /g)!.length, 2);
});

Deno.test("renderChart() draws bars as long as their numbers say, from zero", async () => {
  const bars: ChartSeries = {
    name: "images",
    mark: "bar",
    points: [{ x: 6, y: 25 }, { x: 7, y: 100 }],
  };
  const svg = await renderChart(chart({ series: [bars] }));
  const heights = [...svg.matchAll(/<rect [^>]*height="([\d.]+)"/g)].map((match) =>
    Number(match[1])
  );
  assert.equal(heights.length, 2);
  assert.ok(Math.abs(heights[1]! / heights[0]! - 4) < 0.01);
});

Deno.test("renderChart() puts equal ratios at equal distances on a logarithmic axis", async () => {
  const points = [64, 256, 1024].map((x) => ({ x, y: x * x }));
  const svg = await renderChart(
    chart({ xScale: "log", yScale: "log", series: [{ name: "size", points }] }),
  );
  const marks = [...svg.matchAll(/translate\(([\d.]+) ([\d.]+)\)"><title>/g)]
    .map((match) => [Number(match[1]), Number(match[2])] as const);
  assert.equal(marks.length, 3);
  for (const axis of [0, 1] as const) {
    const [first, second] = [marks[1]![axis] - marks[0]![axis], marks[2]![axis] - marks[1]![axis]];
    assert.ok(Math.abs(first - second) <= 0.2, `${first} ${second}`);
  }
});

Deno.test("renderChart() puts round numbers below measured sizes, and single points clear of the axes", async () => {
  const points = [{ x: 0.008776, y: 11.25 }, { x: 3.961128, y: 8.75 }];
  const svg = await renderChart(
    chart({ xScale: "log", series: [{ name: "model", mark: "point", points }] }),
  );
  const labels = [...svg.matchAll(/<text x="[\d.]+" y="[\d.]+">([^<]*)<\/text>/g)]
    .map((match) => match[1]);
  assert.ok(["0.01", "0.1", "1"].every((label) => labels.includes(label)), labels.join());
  assert.ok(!labels.includes("3.961128"));
  const axis = svg.match(/d="M(\d+) (\d+)H([\d.]+)M/);
  const [left, bottom, right] = axis!.slice(1).map(Number);
  for (const [, x, y] of svg.matchAll(/translate\(([\d.]+) ([\d.]+)\)"><title>/g)) {
    assert.ok(Number(x) > left! + 5 && Number(x) < right! - 5, x);
    assert.ok(Number(y) < bottom! - 5, y);
  }
});

Deno.test("renderChart() tells series apart by marker, not by colour alone", async () => {
  const series = Array.from({ length: 12 }, (_, index) => ({ ...LINE, name: `s${index}` }));
  const svg = await renderChart(chart({ series }));
  const markers = [...svg.matchAll(/<path d="([^"]+)" transform="translate\(9 0\)" ([^/]*)\/>/g)]
    .map((match) => `${match[1]} ${match[2]!.replace(/#\w+/, "")}`);
  assert.equal(new Set(markers).size, 12);
});

Deno.test("renderChart() says so where there is nothing to draw", async () => {
  const svg = await renderChart(chart({ series: [{ name: "a", points: [{ x: 1, y: null }] }] }));
  assert.match(svg, />no values<\/text>/);
});

/** Labels of the vertical axis, from below. */
function heightsOf(svg: string): string[] {
  const [, labels] = /<g text-anchor="end">(.*?)<\/g>/.exec(svg)!;
  return [...labels!.matchAll(/>([^<]+)<\/text>/g)].map(([, label]) => label!);
}

Deno.test("renderChart() shows one value, equal values and zeros on an axis from zero, with nothing below it", async () => {
  for (const mark of ["line", "bar"] as const) {
    const drawn = async (...values: number[]) => {
      const points = values.map((y, at) => ({ x: at + 1, y }));
      return heightsOf(await renderChart(chart({ series: [{ name: "Top-1", mark, points }] })));
    };
    for (const values of [[0], [0, 0]]) assert.deepEqual(await drawn(...values), ["0", "1"]);
    for (const values of [[100], [100, 100]]) {
      const labels = await drawn(...values);
      assert.deepEqual([labels[0], labels.at(-1)], ["0", "100"], mark);
    }
  }
});

Deno.test("renderChart() never writes a number that is none", async () => {
  const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, NaN, Infinity, -0));
  const mark = fc.constantFrom("line", "dashed-line", "bar", "point" as const);
  const point = fc.record({
    x: fc.oneof(number, fc.string()),
    y: fc.oneof(number, fc.constant(null)),
  });
  const series = fc.record({ name: fc.string(), points: fc.array(point), mark });
  const arbitrary = fc.record({
    xScale: fc.constantFrom("linear", "log", "category" as const),
    yScale: fc.constantFrom("linear", "log" as const),
    series: fc.array(series, { minLength: 1, maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(arbitrary, async (overrides) => {
      const svg = await renderChart(chart(overrides as Partial<Chart>));
      const drawn = svg.replace(/<(title|text|desc)[^>]*>[^<]*/g, "");
      assert.doesNotMatch(drawn, /NaN|Infinity|undefined|null/);
    }),
    { numRuns: 200 },
  );
});

Deno.test("renderChart() refuses a chart without series and a size that holds nothing", async () => {
  await assert.rejects(renderChart(chart({ series: [] })), RangeError);
  await assert.rejects(renderChart(chart(), { width: 10 }), /width must be in 160..10000/);
  await assert.rejects(renderChart(chart(), { height: NaN }), RangeError);
});

Deno.test("SERIES_COLORS are readable on a light and on a dark ground", () => {
  for (const color of SERIES_COLORS) {
    assert.ok(contrast(color, "#ffffff") >= 3, color);
    assert.ok(contrast(color, "#16181c") >= 3, color);
  }
});
