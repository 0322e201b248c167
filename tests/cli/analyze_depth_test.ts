import assert from "node:assert/strict";
import { formatDepthAnalysis } from "../../cli/depth_analysis_text.ts";
import { depthChartNames } from "../../lib/reports/parts/depth_charts.ts";
import { runDepthAnalysis } from "../../lib/runs/run_depth_analysis.ts";
import { assertSnapshot } from "../helpers/assert_snapshot.ts";
import { runCommand } from "../helpers/run_command.ts";
import { tinyRunConfig } from "../helpers/tiny_run.ts";
import type { DepthAnalysis, TrainedFigures } from "../../lib/analyses/depth_analysis.ts";

const SYNTHETIC = [
  "analyze-depth",
  "--dataset",
  "synthetic",
  "--images",
  "60",
  "--test-images",
  "30",
];

function snapshotFile(name: string): URL {
  return new URL(`snapshots/${name}.txt`, import.meta.url);
}

/** What a trained model might have said of the levels, for the text. */
function withTrained(analysis: DepthAnalysis): DepthAnalysis {
  const figures = (images: number): TrainedFigures => ({
    images,
    top1: images === 0 ? null : 0.5,
    confidence: images === 0 ? null : 0.625,
    loss: images === 0 ? null : 1.25,
    multiplyAdds: images === 0 ? null : 1e6,
  });
  const levels = analysis.levels.map(({ level, complexity, depth, images }) => ({
    ...{ level, complexity, depth },
    ...figures(images),
  }));
  const fixed = levels.map((level) => ({
    ...level,
    ...figures(40),
    top1: 0.4 + level.level / 100,
    multiplyAdds: 1e5 * level.depth,
  }));
  const correlation = { pearson: 0.125, spearman: -0.25, images: 40 };
  return {
    ...analysis,
    trained: {
      ...{ runDirectory: "runs/first", checkpoint: "step-00000100", exact: false },
      overall: figures(40),
      depths: levels,
      levels,
      deciles: [{ decile: 1, from: 7, to: 9.5, ...figures(4) }],
      complexityAndLoss: correlation,
      complexityAndRight: { pearson: null, spearman: null, images: 40 },
      fixedLevels: {
        levels: fixed,
        best: 6,
        blind: { top1: 0.45, loss: 1.5, multiplyAdds: 1e6 },
      },
    },
  };
}

Deno.test("formatDepthAnalysis() is the reviewed text, plain and as Markdown", async () => {
  const { analysis } = await runDepthAnalysis({
    config: tinyRunConfig(),
    part: "test",
    examples: { perPlace: 1, thumbnails: false },
  });
  const measures = analysis.measures.map((measure) => ({ ...measure, imagesPerSecond: 12_345 }));
  const fixed = withTrained({ ...analysis, measures });
  const parts = [formatDepthAnalysis(fixed), formatDepthAnalysis(fixed, { markdown: true })];
  await assertSnapshot(`${parts.join("\n\n")}\n`, snapshotFile("result_analyze_depth"));
  const evil = "<img src=x onerror=alert(1)>";
  const text = formatDepthAnalysis({
    ...fixed,
    data: { ...fixed.data, dataset: evil },
    classes: fixed.classes.map((row) => ({ ...row, className: evil })),
    trained: { ...fixed.trained!, runDirectory: evil },
  }, { markdown: true });
  assert.doesNotMatch(text, /(?<!\\)</);
});

Deno.test("analyze-depth --json is the document, with pictures where asked; remarks go to stderr", async () => {
  const argv = [...SYNTHETIC, "--json", "--thumbnails", "--examples", "1", "--min-steps", "7"];
  const { code, stdout, stderr } = await runCommand(argv);
  assert.equal(code, 0, stderr);
  const document = JSON.parse(stdout) as DepthAnalysis;
  assert.deepEqual([document.kind, document.version], ["depth-analysis", 1]);
  assert.equal(document.data.images, 30);
  assert.equal(document.rule.minSteps, 7);
  assert.equal(document.trained, null);
  assert.ok(document.examples.length >= 5);
  assert.ok(
    document.examples.every(({ thumbnail }) => /^data:image\/png;base64,/.test(thumbnail!)),
  );
});

Deno.test("analyze-depth --format csv has a row per image", async () => {
  const { code, stdout } = await runCommand([...SYNTHETIC, "--format", "csv", "--quiet"]);
  assert.equal(code, 0);
  const [head, ...rows] = stdout.trimEnd().split("\n");
  assert.equal(head, "index,class,complexity,spatial_entropy,spectral_entropy,depth,level");
  assert.equal(rows.length, 30);
  const [, , complexity, spatial, spectral] = rows[7]!.split(",").map(Number);
  assert.ok(Math.abs(complexity! - spatial! - spectral!) < 1e-9);
});

Deno.test("analyze-depth --measure takes its own kappa; --format svg draws", async () => {
  const argv = [...SYNTHETIC, "--quiet", "--measure", "jpeg-like"];
  const text = await runCommand(argv);
  assert.match(text.stdout, /^rule +N = round\(7\.35 H\), held in 6\.\.12$/m);
  const picture = await runCommand([...argv, "--format", "svg", "--chart", "measures"]);
  assert.match(picture.stdout, /^<svg[^]*jpeg-like[^]*<\/svg>\n$/);
});

Deno.test("analyze-depth names every chart that the library draws", async () => {
  const { stdout } = await runCommand(["analyze-depth", "--help"]);
  const help = stdout.replace(/\s+/g, " ");
  const names = depthChartNames.map((name) => `"${name}"`).join(", ");
  assert.ok(help.includes(`what --format svg draws (choices: ${names}`), help);
});

Deno.test("analyze-depth refuses what makes no sense, with the code of its kind", async () => {
  const cases = [
    [["--fixed-levels"], 2, /--fixed-levels without a run/],
    [["--exact"], 2, /--exact without a run/],
    [["--chart", "accuracy", "--format", "svg"], 2, /--chart accuracy without a run/],
    [["--thumbnails"], 2, /--thumbnails without --format json/],
    [["--measure", "beauty"], 2, /model\.complexity \(--measure\) must be one of entropy/],
    [["runs/none", "--channels", "64"], 2, /Cannot use --channels with a run/],
    [["runs/none", "--measure", "entropy"], 2, /Cannot use --measure with a run/],
    [["runs/none", "--backend", "wasm"], 4, /runs\/none/],
    [["--data", "no-such-folder"], 3, /no-such-folder/],
    [
      [...SYNTHETIC.slice(1), "--part", "validation", "--validation-fraction", "0"],
      3,
      /no validation/,
    ],
  ] as const;
  await Promise.all(cases.map(async ([argv, expected, message]) => {
    const { code, stdout, stderr } = await runCommand(["analyze-depth", ...argv]);
    assert.equal(code, expected, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, message);
  }));
});
