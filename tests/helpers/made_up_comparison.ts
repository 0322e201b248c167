import type {
  Comparison,
  ComparisonRow,
  CountedFigures,
} from "../../lib/experiments/comparison/comparison.ts";

const COUNTED: CountedFigures = {
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
    counted: COUNTED,
    countedRun: COUNTED,
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
