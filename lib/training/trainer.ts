import * as tf from "@tensorflow/tfjs-core";
import { DivergenceError } from "../errors.ts";
import { evaluate } from "../evaluation/evaluate.ts";
import { isPuppeteerParameter } from "../puppeteer/puppeteer.ts";
import { yieldToEventLoop } from "../tensors/event_loop.ts";
import { Optimizer } from "./optimizer.ts";
import { computeStatistics, levelsOfImages } from "./compute_statistics.ts";
import { dropoutOfStep } from "./dropout.ts";
import { mixingOfStep } from "./feature_mixing.ts";
import { countValidation, endBefore, isOutOfPatience } from "./early_stopping.ts";
import { planEpoch, stepsInEpoch } from "./epoch_plan.ts";
import { learningRateAt } from "./learning_rate.ts";
import { labelledBatches, loadBatch, readBatch } from "./training_data.ts";
import { SaveClock } from "./save_schedule.ts";
import { emptySums, findExplosion, initialProgress, recordOf } from "./training_progress.ts";
import { stopAsked } from "./trainer_hooks.ts";
import { trainingStep } from "./training_step.ts";
import type { EvaluationReport } from "../evaluation/evaluation_report.ts";
import type { Classifier } from "../classifiers/classifier.ts";
import type { LevelStatistics } from "../classifiers/level_statistics.ts";
import type { EpochPlanOptions, PlannedBatch } from "./epoch_plan.ts";
import type { TrainingConfig } from "./training_config.ts";
import type { LoadBatchOptions, TrainingData } from "./training_data.ts";
import type { Divergence, StopReason, TrainingEvent } from "./training_event.ts";
import type { TrainerHooks, TrainerOptions } from "./trainer_hooks.ts";
import type { TrainingProgress } from "./training_progress.ts";
import type { StepOutcome } from "./training_step.ts";

/** Most images per forward pass when validating. */
export const VALIDATION_BATCH = 256;

/**
 * Trains a classifier. All randomness is derived from the seed and the number of the step or epoch, so that
 * weights, optimizer and `progress` are the whole state: restored, a training continues bit for bit on the
 * same backend.
 */
export class Trainer {
  /** The model. */
  readonly classifier: Classifier;
  /** The optimizer. */
  readonly optimizer: Optimizer;
  /** Where the training stands; replaced when a checkpoint is restored. */
  progress: TrainingProgress = initialProgress();
  /** Batch-norm statistics of the current weights; `null` after a step, until they are computed again. */
  statistics: LevelStatistics | null = null;
  /** What ended the training as `diverged`. */
  divergence: Divergence | null = null;
  readonly #data: TrainingData;
  readonly #config: TrainingConfig;
  readonly #exact: boolean;
  readonly #recompute: boolean;
  readonly #levelOfImage: Uint32Array;
  /** The last step that was made. */
  #latest: Divergence | null = null;

  /**
   * Prepares a training from its beginning.
   *
   * @param options Classifier, data, configuration.
   */
  constructor(options: TrainerOptions) {
    this.classifier = options.classifier;
    this.optimizer = new Optimizer(options.classifier.parameters, options.config);
    this.#data = options.data;
    this.#config = options.config;
    this.#exact = options.exact;
    this.#recompute = options.recompute ?? options.config.recompute === true;
    this.#levelOfImage = levelsOfImages(options.classifier, options.data);
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
    try {
      return await this.#run(hooks);
    } catch (error) {
      // Steps whose losses are finite can leave a network that is not. Before any step, the fault is not the training's.
      const latest = this.#latestStep();
      if (!(error instanceof DivergenceError) || latest === null) throw error;
      this.divergence = latest;
      return "diverged";
    }
  }

  async #run(hooks: TrainerHooks): Promise<StopReason> {
    const ended = endBefore(this.progress, this.#config);
    if (ended !== null) {
      hooks.report?.({ kind: "phase", text: ended.text });
      return ended.reason;
    }
    // Under another stopping rule than before, training goes on with its full patience.
    if (isOutOfPatience(this.progress, this.#config)) this.progress.validationsWithoutGain = 0;
    const clock = new SaveClock(hooks.saveEvery);
    const save = async (isBest: boolean) => {
      await hooks.save({ isBest });
      clock.saved();
    };
    if (this.progress.step === 0) await save(false);
    while (this.progress.epoch < this.#config.epochs) {
      // With the time of the steps that were made before the training was stopped within the epoch.
      const started = performance.now() - this.progress.sums.seconds * 1000;
      const stopped = await this.#runSteps(hooks, {
        afterStep: async () => clock.isDueWithinEpoch && await save(false),
      });
      if (stopped === "diverged" || this.#hasExploded()) return "diverged";
      if (stopped !== null) {
        await save(false);
        return stopped;
      }
      const isBest = await this.#finishEpoch(started, hooks);
      const ending = this.#endAfterEpoch(hooks);
      if (isBest || ending !== null || clock.isDueAfter(this.progress.epoch)) await save(isBest);
      if (ending !== null) return ending;
    }
    return "finished";
  }

  /** The last step; of one that was made before a restoration the means of its epoch are known. `null` without a step. */
  #latestStep(): Divergence | null {
    const { step, sums } = this.progress;
    if (this.#latest !== null || sums.steps === 0) return this.#latest;
    const learningRate = this.#learningRate(this.#place - 1);
    const [loss, gradientNorm] = [sums.loss / sums.images, sums.gradientNorm / sums.steps];
    return { reason: "network-not-finite", step, learningRate, loss, gradientNorm };
  }

  /** Why the training ends with the epoch that was just completed; `null` if it goes on. */
  #endAfterEpoch(hooks: TrainerHooks): StopReason | null {
    if (this.progress.epoch >= this.#config.epochs) return "finished";
    if (isOutOfPatience(this.progress, this.#config)) return "early-stop";
    return stopAsked(hooks);
  }

  /** Whether the loss of an epoch whose steps are made tells that nothing is learned any more. */
  #hasExploded(): boolean {
    if (this.progress.sums.steps < this.stepsPerEpoch) return false;
    const learningRate = this.#learningRate(this.#place - 1);
    this.divergence = findExplosion(
      this.progress,
      this.#data.train.classNames.length,
      learningRate,
    );
    return this.divergence !== null;
  }

  /**
   * Evaluates the current weights on the validation images.
   *
   * @param report Hears of the phases.
   * @returns The report; `null` without validation images.
   */
  async validate(report: TrainerHooks["report"] = () => {}): Promise<EvaluationReport | null> {
    const { validation, standardization, measure } = this.#data;
    const { classifier } = this;
    // Without validation images too: who evaluates the checkpoint should not need the training images.
    const phase = (text: string) => (done: number, total: number) =>
      report({ kind: "phase", text, share: done / total });
    const statistics = await this.computeStatistics(phase("computing batch-norm statistics"));
    if (validation.length === 0) return null;
    await classifier.calibration?.tune(statistics, labelledBatches(this.#data, VALIDATION_BATCH));
    return await evaluate({ classifier, statistics, standardization, measure }, validation, {
      batchSize: VALIDATION_BATCH,
      exact: this.#exact,
      report: (done, total, work) =>
        phase(work === "classifying images" ? "validating" : work)(done, total),
    });
  }

  /**
   * Computes the batch-norm statistics of every level, unless those of the current weights are known.
   *
   * @param report Hears how many levels are done, also in part, of how many.
   */
  async computeStatistics(
    report?: (done: number, total: number) => void,
  ): Promise<LevelStatistics> {
    this.statistics ??= await computeStatistics({
      ...{ classifier: this.classifier, data: this.#data, config: this.#config },
      ...{ exact: this.#exact, levelOfImage: this.#levelOfImage, report },
    });
    return this.statistics;
  }

  /** Frees the optimizer; the classifier is the caller's. */
  dispose(): void {
    this.optimizer.dispose();
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
  async #runSteps(
    hooks: TrainerHooks,
    { afterStep }: { readonly afterStep: () => Promise<unknown> },
  ): Promise<StopReason | null> {
    const batches = planEpoch(this.#planOptions(this.progress.epoch)).slice(
      this.progress.sums.steps,
    );
    // The next batch is read, and its images decoded, while a step runs.
    let ahead = this.#readAhead(batches[0], 0);
    try {
      for (const [position, batch] of batches.entries()) {
        await yieldToEventLoop();
        // A command whose time is up before its first step makes that step: else none would ever be made.
        const asked = position > 0 || hooks.signal?.aborted ? stopAsked(hooks) : null;
        if (asked !== null) return asked;
        const started = performance.now();
        const values = await ahead;
        ahead = this.#readAhead(batches[position + 1], 1);
        const outcome = await this.#step(batch, values);
        if (!outcome.updated) return "diverged";
        this.progress.sums.seconds += (performance.now() - started) / 1000;
        hooks.report?.(this.#stepEvent());
        await afterStep();
      }
    } finally {
      // What was begun must end before others use the images.
      await ahead.catch(() => {});
    }
    await yieldToEventLoop();
    // An epoch whose steps are all made is ended even when the time is up: else the run would never get past it.
    return batches.length > 0 || hooks.signal?.aborted ? stopAsked(hooks) : null;
  }

  /** Begins to read a batch that is so many steps ahead; nothing where there is none. */
  #readAhead(batch: PlannedBatch | undefined, steps: number): Promise<Float32Array> {
    if (batch === undefined) return Promise.resolve(new Float32Array());
    const { seed, flip, crop, color } = this.#config;
    const augmentation = { flip, crop, color, seed, step: this.progress.step + steps };
    const reading = readBatch(this.#data, batch.indices, augmentation);
    // A failure is reported by whoever waits for the batch.
    reading.catch(() => {});
    return reading;
  }

  /**
   * Steps of the schedule that are made. They are counted from the epochs: a run that goes on with more images than before
   * has made fewer steps than its epochs have now, and would otherwise never come to the end of its schedule.
   */
  get #place(): number {
    return this.progress.epoch * this.stepsPerEpoch + this.progress.sums.steps;
  }

  #learningRate(step: number): number {
    const stepsPerEpoch = this.stepsPerEpoch;
    const totalSteps = stepsPerEpoch * this.#config.epochs;
    return learningRateAt(step, { ...this.#config, stepsPerEpoch, totalSteps });
  }

  async #step({ level, indices }: PlannedBatch, values: Float32Array): Promise<StepOutcome> {
    const { clipNorm, labelSmoothing, freeze } = this.#config;
    const isFrozen = freeze === "puppeteer" ? isPuppeteerParameter : undefined;
    const { step, sums } = this.progress;
    const batch = await loadBatch(this.#data, indices, { ...this.#loadOptions(level), values });
    const learningRate = this.#learningRate(this.#place);
    const drop = dropoutOfStep(step, this.#config);
    const mixing = mixingOfStep(step, this.#config);
    const outcome = await trainingStep(this, batch, {
      ...{ learningRate, clipNorm, recompute: this.#recompute, labelSmoothing, drop, mixing },
      isFrozen,
    }).finally(() => tf.dispose([batch.images, batch.labels]));
    const { loss, gradientNorm } = outcome;
    const figures = { step: step + 1, learningRate, loss, gradientNorm };
    if (!outcome.updated) {
      this.divergence = { reason: "not-finite", ...figures };
      return outcome;
    }
    this.#latest = { reason: "network-not-finite", ...figures };
    this.statistics = null;
    this.progress.step += 1;
    sums.steps += 1;
    sums.images += indices.length;
    sums.loss += outcome.loss * indices.length;
    sums.correct += outcome.correct;
    sums.gradientNorm += outcome.gradientNorm;
    sums.depth += this.classifier.levels.list[level]!.depth * indices.length;
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
      totalSteps: step + this.stepsPerEpoch * this.#config.epochs - this.#place,
      loss: sums.loss / sums.images,
      learningRate: this.#learningRate(this.#place - 1),
      imagesPerSecond: sums.images / sums.seconds,
    };
  }

  /** Validates where due, logs, moves on to the next epoch; tells whether the epoch is the best so far. */
  async #finishEpoch(started: number, hooks: TrainerHooks): Promise<boolean> {
    const { progress } = this;
    const epoch = progress.epoch + 1;
    const isDue = epoch % this.#config.validateEvery === 0 || epoch === this.#config.epochs;
    if (isDue) hooks.report?.({ kind: "phase", text: "validating" });
    const validation = isDue ? await this.validate(hooks.report) : null;
    const isBest = validation !== null &&
      (progress.best === null || validation.top1 > progress.best.validationTop1);
    if (validation !== null) countValidation(progress, validation.top1, this.#config);
    if (isBest) progress.best = { epoch, validationTop1: validation.top1 };
    const record = recordOf(progress, validation, {
      learningRate: this.#learningRate(this.#place - 1),
      seconds: (performance.now() - started) / 1000,
      liveTensors: tf.memory().numTensors,
    });
    progress.epoch = epoch;
    progress.sums = emptySums();
    await hooks.log(record);
    hooks.report?.({ kind: "epoch", record, isBest });
    return isBest;
  }
}
