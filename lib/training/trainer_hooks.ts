import type { Classifier } from "../classifiers/classifier.ts";
import type { TrainingConfig } from "./training_config.ts";
import type { TrainingData } from "./training_data.ts";
import type { SaveSchedule } from "./save_schedule.ts";
import type { EpochRecord, StopReason, TrainingEvent } from "./training_event.ts";

/** Parts of a trainer. */
export interface TrainerOptions {
  /** The model; disposed of by the caller. */
  readonly classifier: Classifier;
  /** Images, with what was measured on them. */
  readonly data: TrainingData;
  /** How to train. */
  readonly config: TrainingConfig;
  /** Every image has its own trajectory. */
  readonly exact: boolean;
  /**
   * Computes the dynamics' intermediate values again in the backward pass.
   *
   * @default {config.recompute, where "auto" is no}
   */
  readonly recompute?: boolean;
}

/** What `run` calls, and what stops it. */
export interface TrainerHooks {
  /** Keeps the state: called before the first step, after every best validation, by the schedule, and at the end. */
  readonly save: (options: { readonly isBest: boolean }) => Promise<void>;
  /** Keeps the figures of an epoch. */
  readonly log: (record: EpochRecord) => Promise<void>;
  /** Called for every step and epoch. */
  readonly report?: (event: TrainingEvent) => void;
  /** Stops after the current step. */
  readonly signal?: AbortSignal;
  /** Time of `performance.now()` after which the current step is the last. */
  readonly deadline?: number;
  /**
   * When the state is kept on the way.
   *
   * @default after every epoch
   */
  readonly saveEvery?: SaveSchedule;
}

/**
 * Asks whether a training is to stop.
 *
 * @param hooks What stops it.
 * @returns Why; `null` if it is to go on.
 */
export function stopAsked({ signal, deadline = Infinity }: TrainerHooks): StopReason | null {
  if (signal?.aborted) return "interrupted";
  return performance.now() >= deadline ? "time-limit" : null;
}
