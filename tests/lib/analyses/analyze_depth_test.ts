import assert from "node:assert/strict";
import { decode } from "fast-png";
import { analyzeDepth } from "../../../lib/analyses/analyze_depth.ts";
import { depthAnalysisChart, depthChartNames } from "../../../lib/reports/parts/depth_charts.ts";
import { complexityMeasureNames } from "../../../lib/complexity/measure_registry.ts";
import { createInMemoryDataset } from "../../../lib/datasets/in_memory_dataset.ts";
import { defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import { runDepthAnalysis } from "../../../lib/runs/run_depth_analysis.ts";
import { sharedDataDirectory } from "../../helpers/shared_data.ts";
import { tinyRunConfig } from "../../helpers/tiny_run.ts";
import type { AnalyzeDepthOptions } from "../../../lib/analyses/analyze_depth.ts";
import type { ImageDataset } from "../../../lib/datasets/dataset.ts";
import type { ModelConfig } from "../../../lib/models/model_config.ts";

const SIDE = 32;

/** Image i has 2^i grey levels, equally often, one column each: spatial entropy i bits. */
function ramps(): ImageDataset {
  const images = [0, 1, 2, 3, 4, 5].map((bits) => {
    const levels = 2 ** bits;
    return Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, at) => {
      const column = Math.floor(at / 3) % SIDE;
      return (column % levels) * 7;
    });
  });
  const pixels = new Uint8Array(images.length * SIDE * SIDE * 3);
  images.forEach((image, index) => pixels.set(image, index * image.length));
  return createInMemoryDataset({
    name: "ramps",
    classNames: ["even", "odd", "absent"],
    height: SIDE,
    width: SIDE,
    images: pixels,
    labels: Uint16Array.from(images, (_, index) => index % 2),
  });
}

const SPATIAL: ModelConfig = {
  ...defaultConfig().model,
  complexity: "spatial-entropy",
  stepsPerBit: 2,
  minSteps: 4,
  maxSteps: 8,
  maxChannels: 16,
};

function optionsFor(changes: Partial<AnalyzeDepthOptions> = {}): AnalyzeDepthOptions {
  return {
    model: SPATIAL,
    part: "test",
    scaleOf: () => ({ stepsPerBit: 1, referenceComplexity: 5 }),
    examples: { perPlace: 1, thumbnails: false },
    trained: null,
    ...changes,
  };
}

Deno.test("analyzeDepth() counts images by the depth that their complexity asks for", async () => {
  const { analysis, images } = await analyzeDepth(ramps(), optionsFor());
  // H = 0..5 bits, N = 2 H held in 4..8.
  assert.deepEqual([...images.depth], [4, 4, 4, 6, 8, 8]);
  assert.deepEqual(
    analysis.depth.shares.map(({ depth, images }) => [depth, images]),
    [[4, 3], [5, 0], [6, 1], [7, 0], [8, 2]],
  );
  assert.ok(Math.abs(analysis.complexity.mean - 2.5) < 1e-12);
  assert.equal(analysis.depth.mean, 34 / 6);
  assert.deepEqual(analysis.levels.map(({ images }) => images), [3, 0, 1, 0, 2]);
  const [even, odd, absent] = analysis.classes;
  assert.deepEqual([even!.images, even!.meanDepth], [3, 16 / 3]);
  assert.ok(Math.abs(odd!.meanComplexity! - 3) < 1e-12);
  assert.deepEqual([absent!.images, absent!.meanComplexity, absent!.meanDepth], [0, null, null]);
});

Deno.test("analyzeDepth() gives the work by depth and what adaptive depth saves", async () => {
  const { analysis } = await analyzeDepth(ramps(), optionsFor());
  const { depths, meanMultiplyAdds, comparisons, generation } = analysis.work;
  const workOf = (depth: number) => depths.find((one) => one.depth === depth)!.multiplyAdds;
  const mean = (3 * workOf(4) + workOf(6) + 2 * workOf(8)) / 6;
  assert.ok(Math.abs(meanMultiplyAdds / mean - 1) < 1e-12);
  assert.ok(workOf(8) > workOf(4));
  assert.deepEqual(comparisons.map(({ against, depth }) => [against, depth]), [
    ["max", 8],
    ["mean", 6],
  ]);
  assert.ok(Math.abs(comparisons[0]!.saving - (1 - mean / workOf(8))) < 1e-12);
  assert.equal(generation, depths.reduce((sum, one) => sum + one.generation, 0));
});

Deno.test("analyzeDepth() has one depth and no comparison for a model that does not adapt", async () => {
  const { analysis } = await analyzeDepth(
    ramps(),
    optionsFor({ model: { ...SPATIAL, name: "vgg" } }),
  );
  assert.equal(analysis.rule.adaptsDepth, false);
  assert.deepEqual(analysis.depth.shares, [{ depth: 8, images: 6, share: 1 }]);
  assert.deepEqual(analysis.work.comparisons, []);
  assert.equal(analysis.work.generation, 0);
});

Deno.test("analyzeDepth() compares all measures with entropy, each with its own kappa", async () => {
  const asked: string[] = [];
  const scaleOf = (measure: string) => {
    asked.push(measure);
    return { stepsPerBit: measure === "entropy" ? 1 : 100, referenceComplexity: 3 };
  };
  const model = { ...SPATIAL, complexityOffset: 1 };
  const { analysis } = await analyzeDepth(ramps(), optionsFor({ model, scaleOf }));
  assert.deepEqual(asked, complexityMeasureNames.filter((name) => name !== "spatial-entropy"));
  assert.deepEqual(analysis.measures.map(({ name }) => name), [...complexityMeasureNames]);
  const [entropy, spatial] = analysis.measures;
  assert.deepEqual([entropy!.correlation.pearson, entropy!.correlation.spearman], [1, 1]);
  assert.ok(spatial!.selected && !entropy!.selected);
  // The measure that decides goes by the rule of the model, 2 (H - 1): 0..5 bits are 4, 6 or 8 layers.
  assert.deepEqual(spatial!.depths.map(({ images }) => images), [4, 0, 1, 0, 1]);
  assert.deepEqual(
    spatial!.depths.map(({ images }) => images),
    analysis.depth.shares.map(({ images }) => images),
  );
  assert.deepEqual([spatial!.meanDepth, spatial!.stepsPerBit], [30 / 6, 2]);
  assert.equal(entropy!.stepsPerBit, 1);
  assert.ok(analysis.measures.every(({ imagesPerSecond }) => imagesPerSecond > 0));
});

Deno.test("analyzeDepth() shows images along the axis, none twice, with their pixels where asked", async () => {
  const dataset = ramps();
  const examples = { perPlace: 2, thumbnails: true };
  const { analysis } = await analyzeDepth(dataset, optionsFor({ examples }));
  assert.deepEqual(analysis.examples.map(({ index }) => index), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(analysis.examples.map(({ share }) => share), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  const { thumbnail } = analysis.examples[3]!;
  const png = decode(Uint8Array.fromBase64(thumbnail!.split(",")[1]!));
  assert.deepEqual(new Uint8Array(png.data), await dataset.read([3]));
  const plain = await analyzeDepth(
    dataset,
    optionsFor({ examples: { perPlace: 0, thumbnails: true } }),
  );
  assert.deepEqual(plain.analysis.examples, []);
});

Deno.test("analyzeDepth() refuses an empty dataset", async () => {
  const empty = createInMemoryDataset({
    ...{ name: "none", classNames: ["a"], height: 4, width: 4 },
    ...{ images: new Uint8Array(0), labels: new Uint16Array(0) },
  });
  await assert.rejects(analyzeDepth(empty, optionsFor()), /must hold images/);
});

Deno.test("depthAnalysisChart() draws every name; accuracy and tenths need a trained model", async () => {
  const { analysis } = await analyzeDepth(ramps(), optionsFor());
  for (const name of depthChartNames) {
    const chart = depthAnalysisChart(analysis, name);
    if (name === "accuracy" || name === "tenths") {
      assert.equal(chart, null);
      continue;
    }
    assert.ok(chart!.series.every(({ points }) => points.length > 0));
  }
  const depth = depthAnalysisChart(analysis, "depth")!;
  assert.deepEqual(depth.series[0]!.points[0], { x: "4", y: 50 });
});

Deno.test("runDepthAnalysis() takes each measure's kappa from the configuration's rules", async () => {
  const config = tinyRunConfig();
  const { analysis } = await runDepthAnalysis({
    config,
    part: "test",
    examples: { perPlace: 0, thumbnails: false },
  });
  assert.equal(analysis.data.images, 40);
  assert.equal(analysis.measures[0]!.stepsPerBit, 0.8);
  const jpeg = analysis.measures.find(({ name }) => name === "jpeg-like")!;
  assert.equal(jpeg.stepsPerBit, 7.353);
});

Deno.test({
  name: sharedDataDirectory === null
    ? "depths of the first 8,000 CIFAR-10 training images (no ../shared/data here)"
    : "runDepthAnalysis() counts the depths of the first 8,000 CIFAR-10 training images as published",
  ignore: sharedDataDirectory === null,
  fn: async () => {
    const { data, model, training } = defaultConfig();
    const images = {
      directory: sharedDataDirectory!,
      selection: "first",
      validationFraction: 0,
      images: 8000,
    } as const;
    const { analysis } = await runDepthAnalysis({
      config: { data: { ...data, ...images }, model, training, backend: "wasm", math: "float32" },
      part: "train",
      examples: { perPlace: 0, thumbnails: false },
    });
    // docs/model.md, "Depth of the images".
    assert.deepEqual(
      analysis.depth.shares.map(({ images }) => images),
      [3, 27, 306, 1230, 3506, 2756, 172],
    );
  },
});
