import type { DataConfig } from "../datasets/data_config.ts";
import type { EvaluationReport } from "../evaluation/evaluation_report.ts";
import type { MeasureSpeedOptions } from "../evaluation/measure_speed.ts";
import type { ReportWork } from "../evaluation/report_work.ts";
import type { SpeedReport } from "../evaluation/speed_report.ts";
import type { SaveSchedule } from "../training/save_schedule.ts";
import type { TensorValues } from "../tensors/parameter_set.ts";
import type { ImageInspection } from "./inspect_images.ts";
import type { DataPart } from "../datasets/data_part.ts";
import type { ImageCounts } from "./load_part.ts";
import type {
  Divergence,
  EpochRecord,
  StopReason,
  TrainingEvent,
} from "../training/training_event.ts";

/** Where a run came from; written beside its configuration. */
export interface Provenance {
  /** Arguments of the command, without the program. */
  readonly argv: readonly string[];
  /** Name -> version of the toolkit, Deno, V8, TensorFlow.js, native library. */
  readonly versions: Readonly<Record<string, string>>;
  /** `linux x86_64, 2 CPUs`. */
  readonly machine: string;
  /** Name of the machine; absent where it may not be asked for. */
  readonly host?: string | undefined;
  /** Commit of the Git checkout that the program, or else the current folder, lies in; absent outside of one. */
  readonly commit?: string | undefined;
  /** ISO 8601 time at which the command began. */
  readonly startedAt: string;
  /** Checkpoint whose weights the training began with; absent where it began from scratch or went on. */
  readonly weights?: string | undefined;
  /** Where the training of the command diverged; absent where it did not. */
  readonly diverged?: Pick<Divergence, "reason" | "step" | "learningRate"> | undefined;
}

/** Words for a checkpoint. */
export const CHECKPOINT_CHOICES = ["auto", "best", "last"] as const;

/** The checkpoint of the best validation, the newest one, or the best if there is one and else the newest. */
export type CheckpointChoice = typeof CHECKPOINT_CHOICES[number];

/** Which checkpoint of a run, and who hears that it is not what was meant. */
export interface CheckpointRequest {
  /** Which one. */
  readonly checkpoint: CheckpointChoice;
  /** Called for every checkpoint that was passed over, since it is damaged, and for weights that were never trained. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** Weights of a trained model that another training begins with. */
export interface InitialWeights {
  /** Checkpoint that they come from. */
  readonly source: string;
  /** Classes that they tell apart. */
  readonly classNames: readonly string[];
  /** Values by name of the parameter. */
  readonly parameters: ReadonlyMap<string, TensorValues>;
}

/** Options of `runTraining`. */
export interface RunTrainingOptions {
  /** Folder of the run; must not exist, or be empty, unless `resume`. */
  readonly runDirectory: string;
  /** Continue from the newest complete checkpoint of the folder. */
  readonly resume: boolean;
  /**
   * Goes on on another backend than the one that trained so far, with a warning instead of an error.
   *
   * @default false
   */
  readonly allowOtherBackend?: boolean;
  /**
   * Goes on with images that are not those the run began with, with a warning instead of an error: after one was
   * repaired, added or taken away.
   *
   * @default false
   */
  readonly allowChangedImages?: boolean;
  /** Weights of another model that a new run begins with, as far as they fit; without them it begins from scratch. */
  readonly weights?: InitialWeights;
  /** Hears what the images are, before the first step. */
  readonly onInspection?: (inspection: ImageInspection) => void;
  /** Where the command came from; added to the run folder. */
  readonly provenance: Provenance;
  /** Stops after the current step, saves, and ends as `interrupted`. */
  readonly signal?: AbortSignal;
  /**
   * Time from the call after which the training saves and ends as `time-limit`, in seconds, > 0. At least one step is
   * made; it can go on like an interrupted one.
   *
   * @default none
   */
  readonly timeLimit?: number;
  /**
   * When the training is saved on its way; best and last state are saved in any case.
   *
   * @default after every epoch
   */
  readonly saveEvery?: SaveSchedule;
  /** Called for every step, epoch and checkpoint. */
  readonly report?: (event: TrainingEvent) => void;
  /**
   * Writes events for TensorBoard to the folder `tensorboard` of the run.
   *
   * @default false; a run that goes on continues those that it has
   */
  readonly tensorboard?: boolean;
}

/** What `runTraining` returns. */
export interface TrainingSummary {
  /** Folder of the run. */
  readonly runDirectory: string;
  /** Why training ended. */
  readonly stopReason: StopReason;
  /** Epochs completed over the life of the run. */
  readonly epochs: number;
  /** Optimizer steps made over the life of the run. */
  readonly steps: number;
  /** Figures of the last complete epoch; `null` before the first. */
  readonly lastEpoch: EpochRecord | null;
  /** Epoch and validation Top-1 of the best checkpoint; `null` before the first validation. */
  readonly best: { readonly epoch: number; readonly validationTop1: number } | null;
  /** Parameters of the puppeteer (the paper's column) and all stored parameters. */
  readonly parameters: { readonly puppeteer: number; readonly total: number };
  /** Images trained on. */
  readonly trainImages: number;
  /** Images validated on. */
  readonly validationImages: number;
  /** Wall time of this command's training in seconds. */
  readonly seconds: number;
  /** What went wrong, if training ended as `diverged`; otherwise `null`. */
  readonly divergence: Divergence | null;
}

/** Options of `runEvaluation`. */
export interface RunEvaluationOptions {
  /** Folder of the run. */
  readonly runDirectory: string;
  /** Which checkpoint. */
  readonly checkpoint: CheckpointChoice;
  /** Part of the run's data to evaluate. */
  readonly part: DataPart;
  /** Replaces fields of the run's data configuration (another folder, fewer test images). */
  readonly data?: Partial<DataConfig>;
  /** Most images per forward pass. */
  readonly batchSize: number;
  /** Called with what a person should know: a checkpoint that was skipped. */
  readonly warn?: (text: string) => void;
  /** One trajectory per image instead of one per level. */
  readonly exact: boolean;
  /** Hears how far it has come. */
  readonly report?: ReportWork | undefined;
  /**
   * Number of layers that every image passes, in place of its own.
   *
   * @default each image's own
   */
  readonly depth?: number;
  /** Measures the speed of the whole pipeline too; absent does not. */
  readonly speed?: Omit<MeasureSpeedOptions, "generations" | "level">;
}

/** What `runEvaluation` returns. */
export interface EvaluationSummary {
  /** Folder of the run. */
  readonly runDirectory: string;
  /** Name of the checkpoint's folder. */
  readonly checkpoint: string;
  /** Digest of the checkpoint's manifest, in hexadecimal digits; absent in what was written before it was kept. */
  readonly manifestSha256?: string;
  /** Name of the dataset. */
  readonly dataset: string;
  /** Part of the data that was evaluated. */
  readonly part: string;
  /** Fingerprint of its images; absent in what was written before it was kept. */
  readonly fingerprint?: string;
  /** Whether every image had its own trajectory. */
  readonly exact: boolean;
  /** Number of layers that every image passed; absent where each had its own. */
  readonly depth?: number;
  /** The figures. */
  readonly figures: EvaluationReport;
  /** Unit of the complexities in the figures; absent in what was written before the unit was: bits. */
  readonly complexityUnit?: string;
  /** Numbers of images: trained on, chosen by, of the test part, and of the part that the first two were drawn from. */
  readonly images: ImageCounts;
  /** Wall times of the whole pipeline; absent where they were not asked for. */
  readonly speed?: SpeedReport;
}

/** Options of `runPrediction`. */
export interface RunPredictionOptions {
  /** Folder of the run. */
  readonly runDirectory: string;
  /** Which checkpoint. */
  readonly checkpoint: CheckpointChoice;
  /** Picture files; resized to the model's input size. */
  readonly files: readonly string[];
  /**
   * Number of layers that every image passes, in place of its own.
   *
   * @default each image's own
   */
  readonly depth?: number | undefined;
  /** Hears what the answers can hold, before the first of them. */
  readonly onModel?:
    | ((model: {
      /** Class names in the order of the labels. */
      readonly classNames: readonly string[];
      /** Unit of the complexity. */
      readonly complexityUnit: string;
    }) => void)
    | undefined;
  /** Called with what a person should know: a checkpoint that was skipped. */
  readonly warn?: (text: string) => void;
  /** Number of classes returned per image. */
  readonly topK: number;
  /** One trajectory per image instead of one per level. */
  readonly exact: boolean;
  /** Hears how far it has come. */
  readonly report?: ReportWork | undefined;
}

/** A file that could not be read, among others that could. */
export interface FailedPrediction {
  /** The file, as it was given. */
  readonly file: string;
  /** What is wrong with it, and what to do. */
  readonly error: string;
}

/** What there is to say of a file. */
export type PredictionAnswer = Prediction | FailedPrediction;

/** The answer for one image. */
export interface Prediction {
  /** The file, as it was given. */
  readonly file: string;
  /** Most probable classes, best first; probability 0..1. */
  readonly classes: readonly { readonly className: string; readonly probability: number }[];
  /** Complexity, in the unit of the model's measure. */
  readonly complexity: number;
  /** That unit. */
  readonly complexityUnit: string;
  /** Number of layers of the level's network; where a network decides, those of its longest way. */
  readonly depth: number;
  /** Level whose network was used. */
  readonly level: number;
}
