/** One line of the training log: what an epoch ended with. */
export interface EpochRecord {
  /** Epochs completed, counted from 1. */
  readonly epoch: number;
  /** Optimizer steps completed since the start of training. */
  readonly step: number;
  /** Learning rate of the epoch's last step. */
  readonly learningRate: number;
  /** Mean training loss over the epoch's images, in nats: with label smoothing, mixing and a model's penalties. */
  readonly trainLoss: number;
  /**
   * Share of training images classified correctly while training, 0..1: augmented, with dropout, and mixed images counted
   * by their own class alone. Without any of these it says how well the network knows its images.
   */
  readonly trainTop1: number;
  /** Validation loss in nats; `null` in epochs without validation. */
  readonly validationLoss: number | null;
  /** Validation Top-1, 0..1; `null` in epochs without validation. */
  readonly validationTop1: number | null;
  /** Validation Top-5, 0..1; `null` in epochs without validation. */
  readonly validationTop5: number | null;
  /** Mean global norm of the gradient before clipping. */
  readonly gradientNorm: number;
  /** Mean number of generated layers over the epoch's images. */
  readonly meanDepth: number;
  /** Training throughput: steps and the wait for their images, without validation and saving. */
  readonly imagesPerSecond: number;
  /** Wall time of the epoch in seconds, with validation; of a resumed epoch with the steps made before. */
  readonly seconds: number;
  /** Live tensors after the epoch; constant unless something leaks. */
  readonly liveTensors: number;
}

/** Why training ended. */
export type StopReason = "finished" | "early-stop" | "interrupted" | "time-limit" | "diverged";

/**
 * What ended a training as `diverged`: a step whose update was not made, because its loss or gradient was not finite; an
 * epoch whose loss was far above that of guessing; or weights, kernels or answers that are not finite after steps that
 * were, which validating or saving finds.
 */
export interface Divergence {
  /** Which of the three. */
  readonly reason: "not-finite" | "loss-exploded" | "network-not-finite";
  /** Number of the step, from 1; otherwise of the last one that was made. */
  readonly step: number;
  /** Its learning rate. */
  readonly learningRate: number;
  /** Loss of its batch in nats; the mean over the epoch's images. */
  readonly loss: number;
  /** Global norm of its gradient, before clipping; the mean over the epoch's steps. */
  readonly gradientNorm: number;
}

/** What a running training reports to whoever watches it. */
export type TrainingEvent =
  | {
    readonly kind: "phase";
    readonly text: string;
    /** Share of the phase that is done, 0..1; absent where nobody counts. */
    readonly share?: number;
  }
  | { readonly kind: "warning"; readonly text: string }
  /** Image files that are decoded before the first step. */
  | { readonly kind: "images"; readonly done: number; readonly total: number }
  | {
    readonly kind: "step";
    readonly epoch: number;
    readonly epochs: number;
    readonly stepInEpoch: number;
    readonly stepsInEpoch: number;
    readonly step: number;
    readonly totalSteps: number;
    /** Mean loss of the epoch so far, in nats. */
    readonly loss: number;
    readonly learningRate: number;
    readonly imagesPerSecond: number;
  }
  | { readonly kind: "epoch"; readonly record: EpochRecord; readonly isBest: boolean }
  | { readonly kind: "checkpoint"; readonly folder: string; readonly isBest: boolean };
