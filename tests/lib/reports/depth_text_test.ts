import assert from "node:assert/strict";
import { runDepthAnalysis } from "../../../lib/runs/run_depth_analysis.ts";
import { depthAnalysisChart } from "../../../lib/reports/parts/depth_charts.ts";
import { writeReport } from "../../../lib/reports/write_report.ts";
import { assertSnapshot } from "../../helpers/assert_snapshot.ts";
import { tinyRunConfig } from "../../helpers/tiny_run.ts";
import type { DepthAnalysis, TrainedFigures } from "../../../lib/analyses/depth_analysis.ts";

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
        room: {
          oracle: { top1: 0.8, multiplyAdds: 5e5 },
          measures: [
            {
              ...{ name: "entropy", top1: 0.5 },
              gain: { pearson: 0.02, spearman: 0.031, images: 20 },
            },
            { name: "jpeg-bits", top1: 0.51, gain: { pearson: null, spearman: null, images: 20 } },
          ],
        },
      },
    },
  };
}

async function write(content: DepthAnalysis, format: "text" | "md"): Promise<string> {
  const source = { kind: "depth-analysis", content, origin: "depth" } as const;
  return await writeReport([source], format, { width: 100, footer: "" });
}

Deno.test("a depth analysis is the reviewed text, plain and as Markdown", async () => {
  const { analysis } = await runDepthAnalysis({
    config: tinyRunConfig(),
    part: "test",
    examples: { perPlace: 1, thumbnails: false },
  });
  const measures = analysis.measures.map((measure) => ({ ...measure, imagesPerSecond: 12_345 }));
  const fixed = withTrained({ ...analysis, measures });
  const parts = [await write(fixed, "text"), await write(fixed, "md")];
  const file = new URL("snapshots/result_analyze_depth.txt", import.meta.url);
  await assertSnapshot(`${parts.join("\n\n")}\n`, file);

  const levelsOfAll = fixed.trained!.fixedLevels!;
  const drawn = { ...levelsOfAll, blind: { ...levelsOfAll.blind, top1: 0.5 } };
  const even = { ...fixed, trained: { ...fixed.trained!, fixedLevels: drawn } };
  assert.match(await write(even, "md"), /loss 1\.5000\): the same Top-1, the same work\./);

  const equal = { ...fixed.complexity, min: 9, max: 9, histogram: [{ from: 9, to: 9, count: 40 }] };
  const alike = { ...fixed, complexity: equal, parts: { ...fixed.parts, spatial: equal } };
  const density = depthAnalysisChart(alike, "complexity")!;
  assert.deepEqual(density.series.map(({ points }) => points.length > 0), [false, false, true]);
  assert.match(density.description, /All have 9\.00\./);
  const levels = fixed.trained!.levels.map((level) => ({ ...level, images: 7 }));
  const few = { ...fixed, trained: { ...fixed.trained!, levels, fixedLevels: null } };
  assert.match(await write(fixed, "text"), /^Accuracy by (depth|level)$/m);
  assert.doesNotMatch(await write(few, "text"), /^Accuracy by (depth|level)$/m);

  const evil = "<img src=x onerror=alert(1)>";
  const text = await write({
    ...fixed,
    data: { ...fixed.data, dataset: evil },
    classes: fixed.classes.map((row) => ({ ...row, className: evil })),
    trained: { ...fixed.trained!, runDirectory: evil },
  }, "md");
  assert.doesNotMatch(text, /(?<!\\)</);
});

Deno.test("a depth analysis of a network with stored kernels speaks of none that are generated, and of no width", async () => {
  const { analysis } = await runDepthAnalysis({
    config: tinyRunConfig({ model: { name: "alexnet" } }),
    part: "test",
    examples: { perPlace: 1, thumbnails: false },
  });
  const text = await write(analysis, "md");
  assert.match(text, /- model: \*\*alexnet\*\*$/m);
  assert.match(text, /^alexnet; no kernels are generated beforehand\.$/m);
  assert.match(text, /by number of layers, mean 5\.00/);
  assert.match(text, /No measure decides here: the depth is the same for every image\./);
  assert.doesNotMatch(text, /C = |generated layers|measure that decides/);
});

Deno.test("levels of one depth are told apart, and what they bring is not called depth's", async () => {
  const { analysis } = await runDepthAnalysis({
    config: tinyRunConfig(),
    part: "test",
    examples: { perPlace: 1, thumbnails: false },
  });
  const whole = withTrained(analysis);
  const trained = whole.trained!;
  const { levels, best } = trained.fixedLevels!;
  const depthsOf = (depth: (level: number) => number) => {
    const changed = levels.map((level) => ({ ...level, depth: depth(level.level) }));
    const depths = [...new Set(changed.map((level) => level.depth))];
    return write({
      ...whole,
      trained: {
        ...trained,
        levels: changed,
        depths: depths.map((one) => ({ ...levels[0]!, depth: one })),
        fixedLevels: { ...trained.fixedLevels!, levels: changed },
      },
    }, "md");
  };
  const one = await depthsOf(() => 10);
  assert.match(one, new RegExp(`best single one, level ${best} of depth 10, which`));
  assert.match(one, /rank correlation with the last level's gain/);
  assert.doesNotMatch(one, /[Dd]epth's gain|shallowest|deepest/);
  const two = await depthsOf((level) => level < 3 ? 9 : 10);
  assert.match(two, new RegExp(`best single one, level ${best} of depth 10, which`));
  assert.match(two, /rank correlation with depth's gain/);
});

Deno.test("a depth analysis of a network that decides says at most wherever it names a depth of images", async () => {
  const { analysis } = await runDepthAnalysis({
    config: tinyRunConfig(),
    part: "test",
    examples: { perPlace: 1, thumbnails: true },
  });
  const own = await write(analysis, "md");
  assert.doesNotMatch(own, /at most/);
  const text = await write({ ...analysis, work: { ...analysis.work, decides: true } }, "md");
  assert.match(text, /\| depth, at most \|/);
  const byClass = text.split("Complexity by class").at(-1)!.split("\n\n")[1]!;
  const rows = byClass.trim().split("\n").slice(2);
  assert.ok(rows.length > 1 && rows.every((row) => /\| at most \d+\.\d\d \|$/.test(row)), byClass);
});
