import type { EvaluationReport } from "../evaluation/evaluation_report.ts";
import type { TrainingConfig } from "./training_config.ts";
import type { Divergence, EpochRecord } from "./training_event.ts";

/** What early stopping goes by; who changes it when a run goes on wants the run to go on. */
export type StoppingRule = Pick<TrainingConfig, "epochs" | "patience" | "minDelta">;

/** Where early stopping stands. */
export interface StoppingState {
  /** Validation Top-1 that the next one must exceed by more than `minDelta`, 0..1. */
  readonly top1: number;
  /** By what patience ran out; absent while it has not, so that a longer run's checkpoints are the same. */
  readonly rule?: StoppingRule;
}

/** Sums over the steps of the epoch at hand. */
export interface EpochSums {
  /** Steps made. */
  steps: number;
  /** Images seen. */
  images: number;
  /** Sum over images of the batch's mean loss, in nats. */
  loss: number;
  /** Images classified correctly. */
  correct: number;
  /** Sum over steps of the gradient's norm. */
  gradientNorm: number;
  /** Sum over images of the number of generated layers. */
  depth: number;
  /** Wall time of the steps in seconds, with the wait for their images. */
  seconds: number;
}

/** Where a training stands; everything that is not a tensor and cannot be derived from seed and step. */
export interface TrainingProgress {
  /** Optimizer steps made since the start. */
  step: number;
  /** Epochs completed. */
  epoch: number;
  /** Sums of the epoch that is not complete. */
  sums: EpochSums;
  /** Best validation so far. */
  best: { epoch: number; validationTop1: number } | null;
  /** Validations since the last one that was a gain. */
  validationsWithoutGain: number;
  /** What the next validation is measured by; absent before the first one. */
  stopping?: StoppingState;
}

/** Sums of an epoch that has not begun. */
export function emptySums(): EpochSums {
  return { steps: 0, images: 0, loss: 0, correct: 0, gradientNorm: 0, depth: 0, seconds: 0 };
}

/** The progress of a training that has not begun. */
export function initialProgress(): TrainingProgress {
  return { step: 0, epoch: 0, sums: emptySums(), best: null, validationsWithoutGain: 0 };
}

/** An epoch whose mean loss is so many times that of guessing has learned nothing and will not. */
const EXPLODED_LOSS = 100;

/**
 * Finds out whether a training has diverged though its numbers are finite.
 *
 * @param progress Where the training stands, with the sums of an epoch.
 * @param classes Number of classes.
 * @param learningRate Rate of the epoch's last step.
 * @returns What is to be said; `null` if the loss is what it can be.
 */
export function findExplosion(
  { step, sums }: TrainingProgress,
  classes: number,
  learningRate: number,
): Divergence | null {
  const loss = sums.loss / sums.images;
  const guessing = Math.max(Math.log(classes), 1);
  if (!(loss > EXPLODED_LOSS * guessing)) return null;
  const gradientNorm = sums.gradientNorm / sums.steps;
  return { reason: "loss-exploded", step, learningRate, loss, gradientNorm };
}

/**
 * What is logged of an epoch that has ended.
 *
 * @param progress Where the training stands, with the epoch's sums, before it goes on to the next.
 * @param validation The epoch's validation; `null` if it had none.
 * @param figures Learning rate of the last step, wall time in seconds, live tensors.
 * @returns The line of the log.
 */
export function recordOf(
  progress: TrainingProgress,
  validation: EvaluationReport | null,
  figures: Pick<EpochRecord, "learningRate" | "seconds" | "liveTensors">,
): EpochRecord {
  const { step, sums } = progress;
  return {
    epoch: progress.epoch + 1,
    step,
    learningRate: figures.learningRate,
    trainLoss: sums.loss / sums.images,
    trainTop1: sums.correct / sums.images,
    validationLoss: validation?.loss ?? null,
    validationTop1: validation?.top1 ?? null,
    validationTop5: validation?.top5 ?? null,
    gradientNorm: sums.gradientNorm / sums.steps,
    meanDepth: sums.depth / sums.images,
    imagesPerSecond: sums.images / sums.seconds,
    seconds: figures.seconds,
    liveTensors: figures.liveTensors,
  };
}
