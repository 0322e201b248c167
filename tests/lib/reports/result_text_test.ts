import assert from "node:assert/strict";
import {
  decimalCell,
  durationCell,
  parametersCell,
  shareCell,
  significantCell,
  workCell,
} from "../../../lib/reports/cells.ts";
import { writeReport } from "../../../lib/reports/write_report.ts";
import type { ReportSource } from "../../../lib/reports/build_report.ts";
import type {
  EvaluationSummary,
  Prediction,
  TrainingSummary,
} from "../../../lib/runs/run_types.ts";
import { assertSnapshot } from "../../helpers/assert_snapshot.ts";

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

async function textOf(
  source: Omit<ReportSource, "origin">,
  options: { readonly matrix?: boolean; readonly width?: number } = {},
): Promise<string> {
  const sources = [{ ...source, origin: "test" } as ReportSource];
  return await writeReport(sources, "text", { width: 100, footer: "", ...options });
}

Deno.test("an evaluation is the reviewed text, with the confusion matrix where asked", async () => {
  const source = { kind: "evaluation", content: EVALUATION } as const;
  await assertSnapshot(`${await textOf(source)}\n`, snapshotFile("result_eval"));
  assert.match(await textOf(source), /true \\ predicted/);
  assert.doesNotMatch(await textOf(source, { matrix: false }), /true \\ predicted/);
});

Deno.test("a confusion matrix names its classes in Markdown too", async () => {
  const source = { kind: "evaluation", content: EVALUATION, origin: "test" } as const;
  const text = await writeReport([source], "md", { width: 100, footer: "" });
  assert.match(text, /\| cat +\| +900 \| +100 \|\n\| guinea pig +\| +312 \| +188 \|/);
});

Deno.test("a confusion matrix that does not fit becomes its most frequent confusions", async () => {
  const classes = Array.from({ length: 100 }, (_, label) => ({
    ...{ className: `class ${label}`, support: 100, precision: 0.5, recall: 0.5, f1: 0.5 },
  }));
  const confusion = classes.map((_, label) =>
    classes.map((_, predicted) => predicted === (label + 1) % 100 ? label : 0)
  );
  const figures = { ...EVALUATION.figures, classes, confusion };
  const text = await textOf({ kind: "evaluation", content: { ...EVALUATION, figures } });
  const longest = Math.max(...text.split("\n").map((line) => line.length));
  assert.ok(longest <= 100, `${longest} columns`);
  assert.match(text, /100 classes are too many for 100 columns/);
  assert.match(text, /true class +taken for +images .*\n-+.*\nclass 99 +class 0 +99 +99\.00 %\n/);
  const narrow = await textOf({ kind: "evaluation", content: EVALUATION }, { width: 40 });
  assert.ok(narrow.split("\n").every((line) => line.length <= 60), narrow);
});

Deno.test("an evaluation shows the ways through a network that decides", async () => {
  const routes = [{ route: 1, share: 0.25 }, { route: 3, share: 0.75 }];
  const figures = { ...EVALUATION.figures, routes, meanMultiplyAdds: 1.25e9 };
  const text = await textOf({ kind: "evaluation", content: { ...EVALUATION, figures } });
  assert.match(text, /^multiply-adds +1\.250 G \(mean per image\)$/m);
  assert.match(text, /^mean depth +at most \d+\.\d\d \(layers\)$/m);
  assert.match(text, /way +images\n-+ +-+\n +1 +25\.00 %\n +3 +75\.00 %\n/);
  assert.doesNotMatch(await textOf({ kind: "evaluation", content: EVALUATION }), /way +images/);
});

const PREDICTIONS: readonly Prediction[] = [
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
];

Deno.test("results name the unit of the complexity measure", async () => {
  const complexityUnit = "bits per pixel";
  const text = await textOf({ kind: "evaluation", content: { ...EVALUATION, complexityUnit } });
  assert.match(text, /^mean complexity +8\.80 \(bits per pixel\)$/m);
  const content = PREDICTIONS.map((prediction) => ({ ...prediction, complexityUnit }));
  assert.match(await textOf({ kind: "predictions", content }), /probability +bits per pixel/);
});

Deno.test("the summary of a training is the reviewed text", async () => {
  const text = await textOf({ kind: "training", content: TRAINING });
  await assertSnapshot(`${text}\n`, snapshotFile("result_train"));
  const early = { ...TRAINING, stopReason: "interrupted" as const, lastEpoch: null, best: null };
  const none = await textOf({ kind: "training", content: early });
  assert.match(none, /interrupted; the state is saved/);
  assert.match(none, /best +none yet/);
  const never = await textOf({
    kind: "training",
    content: { ...TRAINING, best: null, validationImages: 0 },
  });
  assert.match(never, /best +none without validation images/);
});

Deno.test("predictions name the image once and its classes best first, in csv on every line", async () => {
  const source = { kind: "predictions", content: PREDICTIONS } as const;
  await assertSnapshot(`${await textOf(source)}\n`, snapshotFile("result_predict"));
  const csv = await writeReport([{ ...source, origin: "x" }], "csv", { width: 100, footer: "" });
  assert.deepEqual(csv.split("\n").slice(0, 3), [
    "file,rank,class,probability,complexity,depth,level,error",
    "cat.png,1,cat,0.75,12.345,10,4,",
    "cat.png,2,dog,0.2,12.345,10,4,",
  ]);
});

Deno.test("cells write numbers as the paper does", () => {
  assert.equal(shareCell(0.7251).text, "72.51 %");
  assert.equal(shareCell(null).text, "\u2013");
  assert.equal(decimalCell(1.23456).text, "1.2346");
  assert.equal(parametersCell(269_824).text, "269,824 (1.08 MB)");
  assert.equal(significantCell(0.001).text, "0.001");
  assert.equal(significantCell(0.0000976).text, "9.76e-5");
  assert.equal(significantCell(0).text, "0");
  assert.equal(workCell(178_074_000).text, "178.1 M");
  assert.equal(workCell(999_999_999).text, "1.000 G");
  assert.equal(workCell(12_339_118_080).text, "12.34 G");
  const durations = [0.4, 59.6, 7_500, 90_000].map((seconds) => durationCell(seconds).text);
  assert.deepEqual(durations, ["0 s", "1 min 00 s", "2 h 05 min", "1 d 01 h"]);
});
