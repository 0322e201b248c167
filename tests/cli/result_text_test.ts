import assert from "node:assert/strict";
import { formatEvaluation } from "../../cli/evaluation_text.ts";
import { formatParameters, formatShare, formatSmall } from "../../cli/number_text.ts";
import { formatMultiplyAdds } from "../../cli/multiply_adds_text.ts";
import { formatPredictions } from "../../cli/predict.ts";
import { formatTrainingSummary } from "../../cli/training_summary.ts";
import type { EvaluationSummary, TrainingSummary } from "../../lib/runs/run_types.ts";
import { assertSnapshot } from "../helpers/assert_snapshot.ts";

const EVALUATION: EvaluationSummary = {
  runDirectory: "runs/first",
  checkpoint: "step-000125",
  dataset: "pets",
  part: "test",
  exact: false,
  images: { train: 8000, validation: 2000, test: 10_000, pool: 50_000 },
  figures: {
    images: 1500,
    loss: 0.61234,
    top1: 0.7251,
    top5: 1,
    confusion: [[900, 100], [312, 188]],
    classes: [
      { className: "cat", support: 1000, precision: 0.7426, recall: 0.9, f1: 0.8138 },
      { className: "guinea pig", support: 500, precision: null, recall: 0.376, f1: null },
    ],
    levels: [
      { level: 0, complexity: 7.5, depth: 6, images: 0, top1: null },
      { level: 1, complexity: 8.75, depth: 7, images: 1500, top1: 0.7251 },
    ],
    meanDepth: 7,
    meanComplexity: 8.8,
    meanMultiplyAdds: 178_070_000,
    routes: [],
    secondsPerImage: 0.00039,
    bankSeconds: 1.25,
  },
};

const TRAINING: TrainingSummary = {
  divergence: null,
  runDirectory: "runs/first",
  stopReason: "finished",
  epochs: 2,
  steps: 250,
  lastEpoch: {
    epoch: 2,
    step: 250,
    learningRate: 1e-5,
    trainLoss: 1.2345678,
    trainTop1: 0.55,
    validationLoss: 1.3,
    validationTop1: 0.5,
    validationTop5: 0.9,
    gradientNorm: 1,
    meanDepth: 10,
    imagesPerSecond: 100,
    seconds: 80,
    liveTensors: 99,
  },
  best: { epoch: 1, validationTop1: 0.5125 },
  parameters: { puppeteer: 269_824, total: 280_074 },
  trainImages: 8000,
  validationImages: 2000,
  seconds: 187,
};

function snapshotFile(name: string): URL {
  return new URL(`snapshots/${name}.txt`, import.meta.url);
}

Deno.test("formatEvaluation() is the reviewed text, with the confusion matrix where asked", async () => {
  const text = formatEvaluation(EVALUATION, { confusion: true });
  await assertSnapshot(`${text}\n`, snapshotFile("result_eval"));
  assert.ok(text.startsWith(formatEvaluation(EVALUATION)));
  assert.doesNotMatch(formatEvaluation(EVALUATION), /predicted/);
});

Deno.test("formatEvaluation() shows the ways through a network that decides", () => {
  const routes = [{ route: 1, share: 0.25 }, { route: 3, share: 0.75 }];
  const figures = { ...EVALUATION.figures, routes, meanMultiplyAdds: 1.25e9 };
  const text = formatEvaluation({ ...EVALUATION, figures });
  assert.match(text, /^multiply-adds +1\.25 G per image$/m);
  assert.match(text, /route +images\n-+ +-+\n +1 +25\.00 %\n +3 +75\.00 %\n/);
  assert.doesNotMatch(formatEvaluation(EVALUATION), /route/);
});

Deno.test("results name the unit of the complexity measure", () => {
  const complexityUnit = "bits per pixel";
  const text = formatEvaluation({ ...EVALUATION, complexityUnit });
  assert.match(text, /^mean complexity +8\.80 bits per pixel$/m);
  assert.match(text, /^level +bits per pixel +depth/m);
  const [image] = [{ file: "a.png", classes: [], complexity: 2, depth: 6, level: 0 }];
  assert.match(formatPredictions([{ ...image!, complexityUnit }]), /probability +bits per pixel/);
});

Deno.test("formatTrainingSummary() is the reviewed text", async () => {
  await assertSnapshot(`${formatTrainingSummary(TRAINING)}\n`, snapshotFile("result_train"));
});

Deno.test("formatTrainingSummary() does without epochs", () => {
  const text = formatTrainingSummary({
    ...TRAINING,
    stopReason: "interrupted",
    lastEpoch: null,
    best: null,
  });
  assert.match(text, /interrupted; the state is saved/);
  assert.match(text, /best +none yet/);
});

Deno.test("formatPredictions() names the image once and its classes best first", async () => {
  const text = formatPredictions([
    {
      file: "cat.png",
      classes: [{ className: "cat", probability: 0.75 }, { className: "dog", probability: 0.2 }],
      complexity: 12.345,
      complexityUnit: "bits",
      depth: 10,
      level: 4,
    },
    {
      file: "sky.jpg",
      classes: [{ className: "bird", probability: 0.5 }, { className: "cat", probability: 0.25 }],
      complexity: 7,
      complexityUnit: "bits",
      depth: 6,
      level: 0,
    },
  ]);
  await assertSnapshot(`${text}\n`, snapshotFile("result_predict"));
});

Deno.test("numbers are written as the paper writes them", () => {
  assert.equal(formatShare(0.7251), "72.51 %");
  assert.equal(formatShare(null), "-");
  assert.equal(formatParameters(269_824), "269,824 (1.08 MB)");
  assert.equal(formatSmall(0.001), "0.001");
  assert.equal(formatSmall(0.000976), "9.76e-4");
  assert.equal(formatSmall(0), "0");
  assert.equal(formatMultiplyAdds(178_074_000), "178.07 M");
  assert.equal(formatMultiplyAdds(999_999_999), "1.00 G");
  assert.equal(formatMultiplyAdds(12_339_118_080), "12.34 G");
});
