import { TEST_CONDITIONS } from "./small_comparison.ts";
import type {
  ComparedRun,
  Comparison,
  ComparisonRow,
  CountedFigures,
} from "../../lib/paper/comparison.ts";

/** Counts that nobody made. */
const MADE_UP_COUNTS: CountedFigures = {
  puppeteerMegabytes: 1.079296,
  storedMegabytes: 1.122856,
  paperColumnMegabytes: 1.079296,
  storedParameters: 280_714,
  multiplyAddsOfTool: 12.339e9,
  batch: 64,
  forwardPerImage: 284.9e6,
  generationPerLevel: 12.31e9,
  amortizedPerImage: 477e6,
  decides: false,
};

/** A finished run that nobody made. */
export const MADE_UP_RUN: ComparedRun = {
  seed: 1,
  runDirectory: "runs/tables/puppet-cnn-seed1-0123456789",
  state: "finished",
  epochs: 100,
  plannedEpochs: 100,
  trainImages: 8000,
  imagePool: 50_000,
  dataset: "cifar10",
  trainedOn: TEST_CONDITIONS,
  trainingSeconds: 30_000,
  figures: {
    top1: 0.61,
    top5: 0.95,
    loss: 1.2,
    trainTop1: 0.9,
    validationTop1: 0.6,
    testImages: 10_000,
    meanDepth: 10,
    meanMultiplyAdds: 284_890_000,
    checkpoint: "step-00012500",
    speed: null,
    measuredOn: TEST_CONDITIONS,
  },
  untrainedSpeed: null,
};

function row(name: string, changes: Partial<ComparisonRow>): ComparisonRow {
  return {
    name,
    variant: null,
    group: null,
    preset: "puppet-cnn",
    model: "puppet-cnn",
    dataset: "cifar10",
    protocol: "changed",
    changes: [{ path: "training.epochs", protocol: 100, run: 2 }],
    mark: "2 epochs instead of 100",
    paper: {
      top1: 72.51,
      top5: 96.85,
      megabytes: 1.08,
      secondsPerImage: 0.0039,
      gigaMultiplyAdds: 12.34,
    },
    counted: MADE_UP_COUNTS,
    countedRun: MADE_UP_COUNTS,
    top1: null,
    top5: null,
    secondsPerImage: null,
    exactSecondsPerImage: null,
    secondsPerSingleImage: null,
    exactSecondsPerSingleImage: null,
    runs: [],
    ...changes,
  };
}

/** A comparison that nobody made: a row with three runs, and one without. */
export function madeUpComparison(): Comparison {
  const machine = { backend: null, device: null, machine: null, versions: {} };
  return {
    kind: "comparison",
    version: 1,
    table: 1,
    title: "Puppet-CNN and others",
    mode: "changed",
    columns: ["top1", "megabytes", "gigaMultiplyAdds"],
    rows: [
      row("Puppet-CNN", { top1: { mean: 0.61234, deviation: 0.0123, n: 3 } }),
      row("AlexNet", { variant: "Fixed-CNN", mark: "no run" }),
    ],
    seeds: [1, 2, 3],
    speedBatch: 64,
    conditions: machine,
    argv: ["compare", "--table", "1"],
    createdAt: "2026-01-01T00:00:00.000Z",
    paperSource: "Puppet-CNN (ECCV 2026), Table 1",
    notes: ["Nothing is filled in from the paper."],
  };
}
