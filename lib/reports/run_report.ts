import type { ReportPictures } from "./choose_pictures.ts";
import type { HistogramBin } from "../analyses/distribution.ts";
import type { EvaluationSummary, Provenance } from "../runs/run_types.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import type { ModelCount } from "../models/count_model.ts";
import type { ScheduleFit } from "../puppeteer/fit_schedule.ts";
import type { EpochRecord } from "../training/training_event.ts";

/** The trajectory of one complexity level. */
export interface TrajectoryFigures {
  /** Index of the level. */
  readonly level: number;
  /** Complexity that stands for the level. */
  readonly complexity: number;
  /** N: steps, and states that become kernels. */
  readonly depth: number;
  /** phi(H): factor of the initial state. */
  readonly scale: number;
  /** Root mean square of the state K_n over its numbers, at s = n / N for n = 0 .. N. */
  readonly stateNorms: readonly number[];
  /** Root mean square of (K_{n+1} - K_n) / h, the mean rate of change of a step, for n = 0 .. N - 1. */
  readonly changeNorms: readonly number[];
}

/** Kernels of a layer as a picture. */
export interface KernelPicture {
  /** Index of the level. */
  readonly level: number;
  /** N of the level. */
  readonly depth: number;
  /** `data:image/png;base64,...`. */
  readonly source: string;
}

/** The kernels of a network's first layer, by level. */
export interface FirstKernels {
  /** Name of the layer. */
  readonly layer: string;
  /** Whether a puppeteer generates them. */
  readonly generated: boolean;
  /** Number of kernels, one per output channel. */
  readonly kernels: number;
  /** Side of a kernel in taps. */
  readonly kernelSize: number;
  /** Number from which on taps have the brightest colour; its negative is the darkest. */
  readonly largest: number;
  /** One picture per level, all on the same scale. */
  readonly pictures: readonly KernelPicture[];
  /** What the kernels of the other levels have more or less than those of the first; absent for one level. */
  readonly differences?: {
    /** Number from which on taps have the brightest colour; its negative is the darkest. */
    readonly largest: number;
    /** One picture per further level, all on the same scale. */
    readonly pictures: readonly KernelPicture[];
  };
}

/** What a report shows of a checkpoint's weights. */
export interface WeightsReport {
  /** Trajectories of the puppeteer by level; empty for a model without one. */
  readonly trajectories: readonly TrajectoryFigures[];
  /** `null` for a model that is more than a list of layers. */
  readonly firstKernels: FirstKernels | null;
}

/** Everything that a report says of a run: what `report --json` prints, and what the other formats are made from. */
export interface RunReport {
  /** Tells documents apart. */
  readonly kind: "run-report";
  /** Of this form. */
  readonly version: 1;
  /** Folder of the run, as it was given. */
  readonly runDirectory: string;
  /** Complete configuration. */
  readonly config: ExperimentConfig;
  /** One entry per command that worked on the run. */
  readonly provenance: readonly Provenance[];
  /** Figures of every epoch. */
  readonly epochs: readonly EpochRecord[];
  /** The best validation, of the images that the run trains on now, 0..1; `null` if there is none. */
  readonly best: { readonly epoch: number; readonly validationTop1: number } | null;
  /** The checkpoint that the report shows; `null` if there is none. */
  readonly checkpoint: {
    readonly folder: string;
    readonly backend: string;
    readonly image: { readonly height: number; readonly width: number };
    readonly classNames: readonly string[];
    /** How the rule for depth was fitted to the training images; absent where it was not. */
    readonly depthFit?: ScheduleFit | undefined;
  } | null;
  /** Sizes and multiply-adds; `null` where neither a checkpoint nor a recorded evaluation tells the classes. */
  readonly count: ModelCount | null;
  /** Figures on test images; `null` if there are none. */
  readonly evaluation: EvaluationSummary | null;
  /** Complexities of the evaluated images; `null` unless they were measured for this report. */
  readonly complexityHistogram: readonly HistogramBin[] | null;
  /** Evaluated images to look at; `null` or absent where there are none. */
  readonly pictures?: ReportPictures | null;
  /** What the weights look like; `null` if they were not loaded. */
  readonly weights: WeightsReport | null;
  /** What is not in the report, with the reason; one sentence each. */
  readonly missing: readonly string[];
}
