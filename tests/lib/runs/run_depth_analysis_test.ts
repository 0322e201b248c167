import assert from "node:assert/strict";
import { complexityMeasure } from "../../../lib/complexity/measure_registry.ts";
import { fitDepths } from "../../../lib/runs/fit_depths.ts";
import { loadExperimentImages } from "../../../lib/runs/prepare_data.ts";
import { runDepthAnalysis } from "../../../lib/runs/run_depth_analysis.ts";
import { measureDataset } from "../../../lib/training/training_data.ts";
import { tinyRunConfig } from "../../helpers/tiny_run.ts";

Deno.test("runDepthAnalysis() takes the rule that a training on these images would have", async () => {
  // Nearly all images would have the most layers.
  const config = tinyRunConfig({
    data: { imageSize: 16 },
    model: { stepsPerBit: 5 },
    training: { fitDepths: true },
  });
  const { train } = await loadExperimentImages(config);
  const complexities = await measureDataset(train, complexityMeasure("entropy"));
  const { stepsPerBit, complexityOffset } = fitDepths(config, complexities).config.model;
  assert.notEqual(stepsPerBit, 5);
  const options = { part: "test", examples: { perPlace: 0, thumbnails: false } } as const;
  const { analysis } = await runDepthAnalysis({ ...options, config });
  const { rule, depth } = analysis;
  assert.deepEqual([rule.stepsPerBit, rule.complexityOffset], [stepsPerBit, complexityOffset]);
  assert.ok(depth.shares.filter(({ images }) => images > 0).length > 3);
  const plain = { ...config, training: { ...config.training, fitDepths: false } };
  const unfitted = await runDepthAnalysis({ ...options, config: plain });
  assert.equal(unfitted.analysis.rule.stepsPerBit, 5);
});
