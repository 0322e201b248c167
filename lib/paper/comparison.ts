import type { SpeedReport } from "../evaluation/speed_report.ts";
import type { MachineConditions } from "../runs/machine_conditions.ts";

/**
 * How close a run came to the paper's protocol. `full`: exactly the preset. `changed`: something was overridden.
 * `smoke`: a run of seconds that shows that everything works; its figures are not a result. `none`: a run that belongs to
 * no preset.
 */
export type ProtocolState = "full" | "changed" | "smoke" | "none";

/**
 * What became of the run that a row needs for one seed. `recorded`: its weights were not kept, the figures of its evaluation
 * were. `untrained`: the table has no accuracy, so that nothing was
 * trained and the network was timed as it is initialised. `unfinished`: not at its end, which a run is that was interrupted, is training
 * elsewhere, or diverged before and was not gone on with here. `failed`: memory ran out.
 */
export type RunState =
  | "finished"
  | "recorded"
  | "unfinished"
  | "diverged"
  | "failed"
  | "missing"
  | "untrained";

/** A key whose value is not the protocol's. */
export interface ProtocolChange {
  /** Path of the configuration: `training.epochs`. */
  readonly path: string;
  /** What the protocol says. */
  readonly protocol: unknown;
  /** What was run. */
  readonly run: unknown;
}

/** Mean and spread over the finished runs of a row. */
export interface SeedStatistics {
  /** Arithmetic mean. */
  readonly mean: number;
  /** Sample standard deviation (divisor n - 1); `null` for one run. */
  readonly deviation: number | null;
  /** Number of runs. */
  readonly n: number;
}

/** The figures of one finished run on the test images. */
export interface RunFigures {
  /** Share whose most probable class is right, 0..1. */
  readonly top1: number;
  /** Share whose class is among the five most probable, 0..1. */
  readonly top5: number;
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  /** Training Top-1 of the last epoch, 0..1; `null` without a log. */
  readonly trainTop1: number | null;
  /** Validation Top-1 of the checkpoint's run at its best, 0..1; `null` without validation. */
  readonly validationTop1: number | null;
  /** Test images evaluated. */
  readonly testImages: number;
  /** Tells them from others; absent where the evaluation does not say. */
  readonly testFingerprint?: string | undefined;
  /** Number of classes; absent in documents of earlier versions. */
  readonly classes?: number;
  /** Mean number of generated layers per image. */
  readonly meanDepth: number;
  /** Multiply-adds of the work really done per image; generation of kept kernels is not in it. */
  readonly meanMultiplyAdds: number;
  /** Name of the checkpoint's folder. */
  readonly checkpoint: string;
  /** Wall times; `null` if they were not measured. */
  readonly speed: SpeedReport | null;
  /** Where test set and speed were measured. */
  readonly measuredOn: MachineConditions;
}

/** Wall times of a network as it is initialised. */
export interface UntrainedSpeed {
  /** Wall times. */
  readonly speed: SpeedReport;
  /** Where they were measured. */
  readonly measuredOn: MachineConditions;
}

/** One run of a row. */
export interface ComparedRun {
  /** Root of the run's random streams. */
  readonly seed: number;
  /** Folder of the run; where it would be for a run that is missing. */
  readonly runDirectory: string;
  /** What became of it. */
  readonly state: RunState;
  /** Epochs completed. */
  readonly epochs: number;
  /** Epochs planned. */
  readonly plannedEpochs: number;
  /** Images trained on; `null` where it is not known, because the run was not evaluated. */
  readonly trainImages: number | null;
  /** Images that those trained on and those validated on were drawn from; `null` where it is not known. */
  readonly imagePool: number | null;
  /**
   * Dataset that it was tested on: `synthetic` in a smoke run without data, the name of the folder for pictures by class;
   * that of its configuration where it was not tested.
   */
  readonly dataset: string;
  /** Where it was trained last; `null` where there is no run. */
  readonly trainedOn: MachineConditions | null;
  /** Validations by epoch, Top-1 as a share 0..1; absent where there was none. */
  readonly validations?: readonly { readonly epoch: number; readonly top1: number }[];
  /** Wall time of all logged epochs in seconds; `null` without a log. */
  readonly trainingSeconds: number | null;
  /** Figures; `null` unless the run is finished or recorded. */
  readonly figures: RunFigures | null;
  /** Wall times of the network as it is initialised; `null` unless the state is `untrained`. */
  readonly untrainedSpeed: UntrainedSpeed | null;
}

/** What the paper prints in a row; `null` where the table has no such column. Shown beside ours, never in their place. */
export interface PaperFigures {
  /** Top-1 in percent. */
  readonly top1: number | null;
  /** Top-5 in percent. */
  readonly top5: number | null;
  /** Parameters in MB. */
  readonly megabytes: number | null;
  /** Seconds per image, on an NVIDIA GeForce RTX 4090. */
  readonly secondsPerImage: number | null;
  /** Multiply-adds in units of 10^9, by the paper's tool. */
  readonly gigaMultiplyAdds: number | null;
}

/** Sizes and multiply-adds of a configuration: counted, not measured. */
export interface CountedFigures {
  /** Parameters of the puppeteer without E in MB (4 x count / 1e6); `null` for a model without one. */
  readonly puppeteerMegabytes: number | null;
  /** Everything stored, in MB. */
  readonly storedMegabytes: number;
  /** The paper's column: the puppeteer alone where there is one, otherwise everything. */
  readonly paperColumnMegabytes: number;
  /** Number of stored parameters. */
  readonly storedParameters: number;
  /** By the rule of the paper's tool for `batch` images; `null` where the model is not a list of layers. */
  readonly multiplyAddsOfTool: number | null;
  /** Images of the tool's figure, and that share one generation in ours. */
  readonly batch: number;
  /** Forward pass of one image with its kernels generated beforehand, reference complexity; the most where the network decides. */
  readonly forwardPerImage: number;
  /** Generation of all kernels of one level; 0 where nothing is generated. */
  readonly generationPerLevel: number;
  /** `forwardPerImage` and one image's share when `batch` images share a generation. */
  readonly amortizedPerImage: number;
  /** Whether the network decides which work an image needs. */
  readonly decides: boolean;
}

/** One line of a comparison: a model under a protocol, over seeds. */
export interface ComparisonRow {
  /** The paper's name of the row: `AlexNet`. */
  readonly name: string;
  /** The paper's name of the column group (`Fixed-CNN`, `CIFAR-100`); `null` where there is none. */
  readonly variant: string | null;
  /** The paper's name of the row group (`Adaptive Params`); `null` where there is none. */
  readonly group: string | null;
  /** Name of the preset; `null` for a run that belongs to none. */
  readonly preset: string | null;
  /** Name of the model. */
  readonly model: string;
  /** Dataset of the protocol. */
  readonly dataset: string;
  /** Whether the runs follow the paper's protocol. */
  readonly protocol: ProtocolState;
  /** What differs from the protocol; empty for `full`. */
  readonly changes: readonly ProtocolChange[];
  /** One sentence that must stand beside the figures wherever they are shown; `null` for a complete full row. */
  readonly mark: string | null;
  /** The paper's figures; `null` if the paper has none. */
  readonly paper: PaperFigures | null;
  /** Counted for the full protocol: needs no run. */
  readonly counted: CountedFigures;
  /** Counted for the model that was run; equal to `counted` under the full protocol. */
  readonly countedRun: CountedFigures;
  /** Top-1, share 0..1; `null` without a finished run. */
  readonly top1: SeedStatistics | null;
  /** Top-5, share 0..1; `null` without a finished run, and where five classes or fewer make it 1 for every model. */
  readonly top5: SeedStatistics | null;
  /** Median seconds per image, whole pipeline, `speedBatch` images together, kernels banked; `null` where not measured. */
  readonly secondsPerImage: SeedStatistics | null;
  /** The same with the generation of kernels charged to each image; `null` where nothing is generated. */
  readonly exactSecondsPerImage: SeedStatistics | null;
  /** Same as `secondsPerImage` at batch 1. */
  readonly secondsPerSingleImage: SeedStatistics | null;
  /** Same as `exactSecondsPerImage` at batch 1. */
  readonly exactSecondsPerSingleImage: SeedStatistics | null;
  /** The runs, in the order of the seeds. */
  readonly runs: readonly ComparedRun[];
}

/** A column that the paper's table prints. */
export type PaperColumn = "top1" | "top5" | "megabytes" | "secondsPerImage" | "gigaMultiplyAdds";

/** A table of the paper with our runs beside it, or a comparison of run folders. The contract of `compare --json`. */
export interface Comparison {
  /** What this object is. */
  readonly kind: "comparison";
  /** Version of this contract. */
  readonly version: 1;
  /** Number of the paper's table, 1..6; `null` for a comparison of run folders. */
  readonly table: number | null;
  /** What the table shows. */
  readonly title: string;
  /** `runs` for a comparison of run folders; otherwise the state that all rows share at best. */
  readonly mode: "full" | "changed" | "smoke" | "runs";
  /** Columns of the paper's table. */
  readonly columns: readonly PaperColumn[];
  /** The rows, in the paper's order. */
  readonly rows: readonly ComparisonRow[];
  /** Images handed over together in the speed columns that do not say one image: 64, fewer in a smoke run. */
  readonly speedBatch: number;
  /** Seeds asked for; those found for a comparison of run folders. */
  readonly seeds: readonly number[];
  /** Where this comparison was made; single runs name their own. */
  readonly conditions: MachineConditions;
  /** Arguments of the command, without the program. */
  readonly argv: readonly string[];
  /** ISO 8601 time. */
  readonly createdAt: string;
  /** Where the paper's figures come from. */
  readonly paperSource: string;
  /** What a reader has to know, in full sentences; shown under the table in every format. */
  readonly notes: readonly string[];
}
