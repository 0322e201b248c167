import * as tf from "@tensorflow/tfjs-core";
import { standardize } from "../datasets/standardization.ts";
import { evaluate } from "../evaluation/evaluate.ts";
import { computeLevelStatistics } from "../classifiers/compute_level_statistics.ts";
import { letEventsIn } from "../tensors/event_loop.ts";
import { Adam } from "./adam.ts";
import { dropoutOfStep } from "./dropout.ts";
import { mixingOfStep } from "./feature_mixing.ts";
import { drawStatisticsImages, planEpoch, stepsInEpoch } from "./epoch_plan.ts";
import { learningRateAt } from "./learning_rate.ts";
import { loadBatch, readBatch } from "./training_data.ts";
import { emptySums, epochOfLastStep, initialProgress, recordOf } from "./training_progress.ts";
import { trainingStep } from "./training_step.ts";
import { WeightAverage } from "./weight_average.ts";
import type { EvaluationReport } from "../evaluation/evaluation_report.ts";
import type { Classifier, LabelledBatch } from "../classifiers/classifier.ts";
import type { LevelStatistics, StatisticsOfLevel } from "../classifiers/level_statistics.ts";
import type { EpochPlanOptions, PlannedBatch } from "./epoch_plan.ts";
import type { TrainingConfig } from "./training_config.ts";
import type { LoadBatchOptions, TrainingData } from "./training_data.ts";
import type { Divergence, EpochRecord, StopReason, TrainingEvent } from "./training_event.ts";
import type { TrainingProgress } from "./training_progress.ts";
import type { StepOutcome } from "./training_step.ts";

/** Images per forward pass when validating. */
const VALIDATION_BATCH = 256;

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
  /** Keeps the state: called before the first step, after every epoch, and when interrupted. */
  readonly save: (options: { readonly isBest: boolean }) => Promise<void>;
  /** Keeps the figures of an epoch. */
  readonly log: (record: EpochRecord) => Promise<void>;
  /** Called for every step and epoch. */
  readonly report?: (event: TrainingEvent) => void;
  /** Stops after the step at hand. */
  readonly signal?: AbortSignal;
}

/**
 * Trains a classifier. All randomness is derived from the seed and the number of the step or epoch, so that
 * weights, optimiser and `progress` are the whole state: restored, a training continues bit for bit on the
 * same backend.
 */
export class Trainer {
  /** The model. */
  readonly classifier: Classifier;
  /** The optimiser. */
  readonly optimizer: Adam;
  /** Average of the weights, which is validated and saved in their place; `null` where none is asked for. */
  readonly average: WeightAverage | null;
  /** Where the training stands; replaced when a checkpoint is restored. */
  progress: TrainingProgress = initialProgress();
  /** Batch-norm statistics of the current weights, or of their average; `null` after a step, until they are computed again. */
  statistics: LevelStatistics | null = null;
  /** The step that ended the training as `diverged`. */
  divergence: Divergence | null = null;
  readonly #data: TrainingData;
  readonly #config: TrainingConfig;
  readonly #exact: boolean;
  readonly #recompute: boolean;
  readonly #levelOfImage: Uint32Array;

  /**
   * Prepares a training from its beginning.
   *
   * @param options Classifier, data, configuration.
   */
  constructor(options: TrainerOptions) {
    this.classifier = options.classifier;
    this.optimizer = new Adam(options.classifier.parameters, options.config);
    const { weightAveraging } = options.config;
    this.average = weightAveraging > 0
      ? new WeightAverage(options.classifier.parameters, weightAveraging)
      : null;
    this.#data = options.data;
    this.#config = options.config;
    this.#exact = options.exact;
    this.#recompute = options.recompute ?? options.config.recompute === true;
    const { levels } = options.classifier;
    this.#levelOfImage = Uint32Array.from(
      options.data.complexities,
      (complexity) => levels.levelOf(complexity),
    );
  }

  /** Steps of one epoch. */
  get stepsPerEpoch(): number {
    return stepsInEpoch(this.#data.train.length, this.#config);
  }

  /**
   * Trains until the last epoch, or until something stops it.
   *
   * @param hooks Saving, logging, progress, interruption.
   * @returns Why it ended. After `diverged` the weights are those of the last step whose loss was finite;
   * what was saved last is the state to go back to.
   */
  async run(hooks: TrainerHooks): Promise<StopReason> {
    // Who resumes a run that stopped early wants it to go on: it gets its patience back.
    if (this.#isOutOfPatience()) this.progress.validationsWithoutGain = 0;
    if (this.progress.step === 0) await hooks.save({ isBest: false });
    while (this.progress.epoch < this.#config.epochs) {
      const started = performance.now();
      const stopped = await this.#runSteps(hooks);
      if (stopped === "interrupted") await hooks.save({ isBest: false });
      if (stopped !== null) return stopped;
      const isBest = await this.#finishEpoch(started, hooks);
      await hooks.save({ isBest });
      if (this.#isOutOfPatience()) return "early-stop";
      if (hooks.signal?.aborted && this.progress.epoch < this.#config.epochs) return "interrupted";
    }
    return "finished";
  }

  /**
   * Evaluates the current weights, or their average, on the validation images.
   *
   * @returns The report; `null` without validation images.
   */
  async validate(): Promise<EvaluationReport | null> {
    return await this.#withAverage(() => this.#validate());
  }

  async #validate(): Promise<EvaluationReport | null> {
    const { validation, standardization, measure } = this.#data;
    const { classifier } = this;
    // Without validation images too: who evaluates the checkpoint should not need the training images.
    const statistics = await this.computeStatistics();
    if (validation.length === 0) return null;
    await classifier.calibration?.tune(statistics, this.#validationBatches());
    return await evaluate({ classifier, statistics, standardization, measure }, validation, {
      batchSize: VALIDATION_BATCH,
      exact: this.#exact,
    });
  }

  /** Computes the batch-norm statistics of every level, unless those of the current weights are known. */
  async computeStatistics(): Promise<LevelStatistics> {
    this.statistics ??= await this.#withAverage(() => this.#computeStatistics());
    return this.statistics;
  }

  /** Does something with the weights that are kept: their average, where there is one. */
  async #withAverage<Result>(action: () => Promise<Result>): Promise<Result> {
    return this.average === null ? await action() : await this.average.use(action);
  }

  async #computeStatistics(): Promise<LevelStatistics> {
    const statistics = new Map<number, StatisticsOfLevel>();
    for (const { index } of this.classifier.levels.list) {
      const batches = this.#statisticsBatches(index);
      statistics.set(index, await computeLevelStatistics(this.classifier, batches));
    }
    return statistics;
  }

  /** Frees the optimiser and the average; the classifier is the caller's. */
  dispose(): void {
    this.average?.dispose();
    this.optimizer.dispose();
  }

  /** Validation images with their classes, for what is tuned after training. */
  async *#validationBatches(): AsyncGenerator<LabelledBatch> {
    const { validation, standardization } = this.#data;
    const { height, width, length } = validation;
    for (let first = 0; first < length; first += VALIDATION_BATCH) {
      const count = Math.min(VALIDATION_BATCH, length - first);
      const indices = Uint32Array.from({ length: count }, (_, at) => first + at);
      const values = standardize(await validation.read(indices), standardization);
      const images = tf.tensor4d(values, [count, height, width, 3]);
      yield { images, labels: Array.from(indices, (index) => validation.labels[index]!) };
      images.dispose();
    }
  }

  async *#statisticsBatches(level: number) {
    const { statisticsImages, batchSize } = this.#config;
    const options = this.#planOptions(epochOfLastStep(this.progress));
    const images = drawStatisticsImages(level, statisticsImages, options);
    for (let first = 0; first < images.length; first += batchSize) {
      const indices = images.subarray(first, first + batchSize);
      await letEventsIn();
      const batch = await loadBatch(this.#data, indices, this.#loadOptions(level));
      batch.labels.dispose();
      yield batch;
    }
  }

  #loadOptions(level: number): LoadBatchOptions {
    const { levels } = this.classifier;
    return { level: levels.list[level]!, ...(this.#exact ? { exactLevels: levels } : {}) };
  }

  #planOptions(epoch: number): EpochPlanOptions {
    const levels = this.classifier.levels.list.length;
    return { ...this.#config, levelOfImage: this.#levelOfImage, levels, epoch };
  }

  /** Makes the steps of the current epoch that are still to be made. */
  async #runSteps(hooks: TrainerHooks): Promise<StopReason | null> {
    const batches = planEpoch(this.#planOptions(this.progress.epoch)).slice(
      this.progress.sums.steps,
    );
    // The next batch is read, and its images decoded, while a step runs.
    let ahead = this.#readAhead(batches[0], 0);
    try {
      for (const [position, batch] of batches.entries()) {
        await letEventsIn();
        if (hooks.signal?.aborted) return "interrupted";
        const values = await ahead;
        ahead = this.#readAhead(batches[position + 1], 1);
        const outcome = await this.#step(batch, values);
        if (!outcome.updated) return "diverged";
        hooks.report?.(this.#stepEvent());
      }
    } finally {
      // What was begun must end before others use the images.
      await ahead.catch(() => {});
    }
    await letEventsIn();
    return hooks.signal?.aborted ? "interrupted" : null;
  }

  /** Begins to read a batch that is so many steps ahead; nothing where there is none. */
  #readAhead(batch: PlannedBatch | undefined, steps: number): Promise<Float32Array> {
    if (batch === undefined) return Promise.resolve(new Float32Array());
    const { seed, flip, crop } = this.#config;
    const augmentation = { flip, crop, seed, step: this.progress.step + steps };
    const reading = readBatch(this.#data, batch.indices, augmentation);
    // A failure is reported by whoever waits for the batch.
    reading.catch(() => {});
    return reading;
  }

  #learningRate(step: number): number {
    const stepsPerEpoch = this.stepsPerEpoch;
    const totalSteps = stepsPerEpoch * this.#config.epochs;
    return learningRateAt(step, { ...this.#config, stepsPerEpoch, totalSteps });
  }

  async #step({ level, indices }: PlannedBatch, values: Float32Array): Promise<StepOutcome> {
    const started = performance.now();
    const { clipNorm, labelSmoothing } = this.#config;
    const { step, sums } = this.progress;
    const batch = await loadBatch(this.#data, indices, { ...this.#loadOptions(level), values });
    const learningRate = this.#learningRate(step);
    const drop = dropoutOfStep(step, this.#config);
    const mixing = mixingOfStep(step, this.#config);
    const outcome = await trainingStep(this, batch, {
      ...{ learningRate, clipNorm, recompute: this.#recompute, labelSmoothing, drop, mixing },
    });
    tf.dispose([batch.images, batch.labels]);
    if (!outcome.updated) {
      const { loss, gradientNorm } = outcome;
      this.divergence = { step: step + 1, learningRate, loss, gradientNorm };
      return outcome;
    }
    this.statistics = null;
    this.average?.update(step);
    this.progress.step += 1;
    sums.steps += 1;
    sums.images += indices.length;
    sums.loss += outcome.loss * indices.length;
    sums.correct += outcome.correct;
    sums.gradientNorm += outcome.gradientNorm;
    sums.depth += this.classifier.levels.list[level]!.depth * indices.length;
    sums.seconds += (performance.now() - started) / 1000;
    return outcome;
  }

  #stepEvent(): TrainingEvent {
    const { epoch, step, sums } = this.progress;
    return {
      kind: "step",
      epoch: epoch + 1,
      epochs: this.#config.epochs,
      stepInEpoch: sums.steps,
      stepsInEpoch: this.stepsPerEpoch,
      step,
      totalSteps: this.stepsPerEpoch * this.#config.epochs,
      loss: sums.loss / sums.images,
      learningRate: this.#learningRate(step - 1),
      imagesPerSecond: sums.images / sums.seconds,
    };
  }

  /** Validates where due, logs, moves on to the next epoch; tells whether the epoch is the best so far. */
  async #finishEpoch(started: number, hooks: TrainerHooks): Promise<boolean> {
    const { progress } = this;
    const epoch = progress.epoch + 1;
    const isDue = epoch % this.#config.validateEvery === 0 || epoch === this.#config.epochs;
    if (isDue) hooks.report?.({ kind: "phase", text: "validating" });
    const validation = isDue ? await this.validate() : null;
    const isBest = validation !== null &&
      (progress.best === null || validation.top1 > progress.best.validationTop1);
    if (validation !== null) {
      progress.validationsWithoutGain = isBest ? 0 : progress.validationsWithoutGain + 1;
    }
    if (isBest) progress.best = { epoch, validationTop1: validation.top1 };
    const record = recordOf(progress, validation, {
      learningRate: this.#learningRate(progress.step - 1),
      seconds: (performance.now() - started) / 1000,
      liveTensors: tf.memory().numTensors,
    });
    progress.epoch = epoch;
    progress.sums = emptySums();
    await hooks.log(record);
    hooks.report?.({ kind: "epoch", record, isBest });
    return isBest;
  }

  #isOutOfPatience(): boolean {
    const { patience, epochs } = this.#config;
    return patience > 0 && this.progress.validationsWithoutGain >= patience &&
      this.progress.epoch < epochs;
  }
}
