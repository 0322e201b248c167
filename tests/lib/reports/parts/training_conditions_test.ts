import assert from "node:assert/strict";
import { defaultConfig } from "../../../../lib/configuration/experiment_config.ts";
import { protocolSection } from "../../../../lib/reports/parts/condition_sections.ts";
import { trainingSection } from "../../../../lib/reports/parts/training_section.ts";
import type { TrainingConfig } from "../../../../lib/training/training_config.ts";
import type { RunReport } from "../../../../lib/reports/run_report.ts";

const EPOCH = {
  epoch: 1,
  step: 10,
  learningRate: 1e-3,
  trainLoss: 2,
  trainTop1: 0.2,
  validationLoss: 2,
  validationTop1: 0.3,
  validationTop5: 0.8,
  gradientNorm: 1,
  meanDepth: 10,
  imagesPerSecond: 100,
  seconds: 1,
  liveTensors: 10,
};

/** As much of a report as these sections read. */
function madeUpReport(training: Partial<TrainingConfig>): RunReport {
  const config = defaultConfig();
  const report: Partial<RunReport> = {
    config: { ...config, training: { ...config.training, ...training } },
    epochs: [EPOCH],
    best: { epoch: EPOCH.epoch, validationTop1: EPOCH.validationTop1 },
  };
  return report as RunReport;
}

/** Everything that the sections say, as one text. */
function textOf(training: Partial<TrainingConfig>): string {
  const report = madeUpReport(training);
  return JSON.stringify([protocolSection(report), trainingSection(report)]);
}

Deno.test("a report says what was at work in training only", () => {
  const plain = textOf({});
  assert.match(plain, /while the weights moved\."/);
  assert.doesNotMatch(plain, /mixed/);
  const mixed = textOf({ featureMixing: 0.5 });
  assert.match(mixed, /feature maps of pairs of images mixed in 50.00 % of the steps/);
  assert.match(mixed, /moved, with mixing at work, which validation does without\./);
  const all = textOf({ featureMixing: 0.5, channelDropout: 0.1 });
  assert.match(all, /with mixing and dropout at work/);
});
