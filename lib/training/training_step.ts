import * as tf from "@tensorflow/tfjs-core";
import { batchNormOfBatch } from "../layers/batch_norm.ts";
import { valueAndGradients } from "../tensors/value_and_gradients.ts";
import { clippingFactor, globalNorm } from "./gradient_clipping.ts";
import type { Classifier, DropOut, FeatureMixing } from "../classifiers/classifier.ts";
import type { ComplexityLevel } from "../puppeteer/complexity_levels.ts";
import type { Optimizer } from "./optimizer.ts";

/** One batch on the device. */
export interface TrainingBatch {
  /** `[batch, height, width, 3]`, float32, standardised. */
  readonly images: tf.Tensor4D;
  /** Class of every image, `[batch]`, int32. */
  readonly labels: tf.Tensor1D;
  /** Level of the batch, or of every image in exact mode. */
  readonly levels: ComplexityLevel | readonly ComplexityLevel[];
}

/** Options of `trainingStep`. */
export interface TrainingStepOptions {
  /** Rate of this step, >= 0. */
  readonly learningRate: number;
  /** Largest global norm of the gradient; 0 does not clip. */
  readonly clipNorm: number;
  /** Computes the dynamics' intermediate values again instead of keeping them. */
  readonly recompute: boolean;
  /**
   * Whether a parameter keeps its value, by its name.
   *
   * @default none does
   */
  readonly isFrozen?: ((name: string) => boolean) | undefined;
  /**
   * Share of the target that is spread evenly over all classes.
   *
   * @default 0
   */
  readonly labelSmoothing?: number;
  /**
   * What is dropped at random.
   *
   * @default nothing
   */
  readonly drop?: DropOut | undefined;
  /**
   * How feature maps of pairs of images are mixed.
   *
   * @default not at all
   */
  readonly mixing?: FeatureMixing | undefined;
}

/** What one step found. */
export interface StepOutcome {
  /** Loss of the batch in nats, before the update: cross-entropy, with penalties where a model has them. */
  readonly loss: number;
  /** Images classified correctly before the update. */
  readonly correct: number;
  /** Global norm of the gradient before clipping. */
  readonly gradientNorm: number;
  /** Whether the update was made; not if loss or gradient were not finite. */
  readonly updated: boolean;
}

/**
 * Mean cross-entropy of logits against classes.
 *
 * @param logits `[batch, classes]`, float32.
 * @param labels `[batch]`, int32.
 * @param smoothing Share of the target that is spread evenly over all classes (Szegedy et al. 2016), 0..1.
 * @returns Scalar in nats.
 */
export function crossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  smoothing = 0,
): tf.Scalar {
  const classes = logits.shape[1];
  const certain = tf.oneHot(labels, classes);
  const targets = smoothing === 0
    ? certain
    : tf.add(tf.mul(tf.cast(certain, "float32"), 1 - smoothing), smoothing / classes);
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), targets), 1)));
}

/** Cross-entropy of a batch whose feature maps were mixed with those of its mirror image in the batch. */
function mixedCrossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  options: Pick<TrainingStepOptions, "labelSmoothing" | "mixing">,
): tf.Scalar {
  const own = crossEntropy(logits, labels, options.labelSmoothing);
  if (options.mixing === undefined) return own;
  const { weight } = options.mixing;
  const other = crossEntropy(logits, tf.reverse(labels, 0), options.labelSmoothing);
  return tf.add<tf.Scalar>(tf.mul(own, weight), tf.mul(other, 1 - weight));
}

/** What a batch says about the parameters. */
export interface LossAndGradients {
  /** Mean cross-entropy in nats. */
  readonly loss: tf.Scalar;
  /** Images classified correctly. */
  readonly correct: tf.Scalar;
  /** By name of the parameter; frozen ones, and those that the batch's level does not use, are absent. */
  readonly gradients: Map<string, tf.Tensor>;
}

/** Does something; where it fails, as for lack of memory, tensors kept until then are freed. */
function disposeOnError<Result>(kept: readonly tf.Tensor[], action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    tf.dispose([...kept]);
    throw error;
  }
}

/**
 * Loss, correct answers and gradients of a batch.
 *
 * @param classifier The model.
 * @param batch Images, labels, level.
 * @param options `recompute` trades time for memory; label smoothing; what is dropped and mixed.
 * @returns Tensors that the caller disposes of.
 */
export function lossAndGradients(
  classifier: Classifier,
  batch: TrainingBatch,
  options: Omit<TrainingStepOptions, "learningRate" | "clipNorm">,
): LossAndGradients {
  const { isFrozen = () => false } = options;
  // No gradient is computed for frozen parameters: a frozen puppeteer costs no backward pass.
  const entries = classifier.parameters.entries.filter(([name]) => !isFrozen(name));
  const correct: tf.Scalar[] = [];
  const compute = () => {
    const { logits, auxiliary, penalty } = classifier.forward(batch.images, batch.levels, {
      recompute: options.recompute,
      drop: options.drop,
      mixing: options.mixing,
      normalize: (site, input) => batchNormOfBatch(input, site.scale, site.offset),
    });
    const hits = tf.equal(tf.argMax(logits, 1), batch.labels);
    correct.push(tf.keep(tf.sum(tf.cast(hits, "float32"))));
    const lossOf = (found: tf.Tensor2D) => mixedCrossEntropy(found, batch.labels, options);
    return tf.addN([
      lossOf(logits),
      ...auxiliary.map((other) => tf.mul(lossOf(other.logits), other.weight)),
      ...(penalty === null ? [] : [penalty]),
    ]) as tf.Scalar;
  };
  const { value, gradients } = disposeOnError(
    correct,
    () => valueAndGradients(compute, entries.map(([, variable]) => variable)),
  );
  const named = entries.flatMap(([name], index) => {
    const gradient = gradients[index];
    return gradient ? [[name, gradient] as const] : [];
  });
  return { loss: value, correct: correct[0]!, gradients: new Map(named) };
}

/**
 * Makes one training step: gradient of the batch's loss, clipping, update of the parameters. Nothing is updated when
 * the loss or the gradient is not finite.
 *
 * @param model The classifier and its optimizer.
 * @param batch Images, labels, level; not disposed of.
 * @param options Learning rate, clipping, recomputation.
 * @returns Loss, correct answers, norm of the gradient, and whether the update was made.
 */
export async function trainingStep(
  model: { readonly classifier: Classifier; readonly optimizer: Optimizer },
  batch: TrainingBatch,
  options: TrainingStepOptions,
): Promise<StepOutcome> {
  const { loss, correct, gradients } = lossAndGradients(model.classifier, batch, options);
  try {
    const figures = tf.tidy(() => tf.stack([loss, correct, globalNorm(gradients.values())]));
    const values = await figures.data<"float32">().finally(() => figures.dispose());
    const [lossValue, correctValue, gradientNorm] = values as unknown as [number, number, number];
    const updated = Number.isFinite(lossValue) && Number.isFinite(gradientNorm);
    if (updated) {
      model.optimizer.update(
        gradients,
        options.learningRate,
        clippingFactor(gradientNorm, options.clipNorm),
      );
    }
    return { loss: lossValue, correct: correctValue, gradientNorm, updated };
  } finally {
    tf.dispose([loss, correct, ...gradients.values()]);
  }
}
