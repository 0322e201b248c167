import * as tf from "@tensorflow/tfjs-core";
import { normalizeByStatistics } from "../classifiers/finish_convolution.ts";
import { ParameterSet, takeValues } from "../tensors/parameter_set.ts";
import { yieldToEventLoop } from "../tensors/event_loop.ts";
import { Optimizer } from "./optimizer.ts";
import { levelsOfImages } from "./compute_statistics.ts";
import { learningRateAt } from "./learning_rate.ts";
import { loadBatch } from "./training_data.ts";
import type { Classifier } from "../classifiers/classifier.ts";
import type { LevelStatistics, StatisticsOfLevel } from "../classifiers/level_statistics.ts";
import type { TensorValues } from "../tensors/parameter_set.ts";
import type { TrainingBatch } from "./training_step.ts";
import type { TrainingData } from "./training_data.ts";

/** Parameters of the layer that tells the classes apart. */
export const HEAD_PARAMETERS: readonly string[] = ["head.weights", "head.bias"];

/** Images that a head is fitted to at most: more would cost time and change little. */
const MOST_IMAGES = 4096;

/** Images of a forward pass. */
const BATCH_IMAGES = 64;

/**
 * The fit: logistic regression on standardised features, by Adam over all images at once. Where the classes are separable it stops
 * before the optimum, which keeps the weights small as the penalty does.
 */
const STEPS = 300;
const RATE = {
  schedule: "cosine",
  learningRate: 0.01,
  minLearningRate: 0,
  warmupEpochs: 0,
} as const;
const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

/**
 * Weight of half the squared weights in the loss. On validation images of CIFAR-100 it was as good as 0.01 with 5 to 20 images a
 * class, and one to two points better with 50 and 100.
 */
const PENALTY = 0.1;

/** Added to the deviation of a feature, which can be 0. */
const LEAST_DEVIATION = 1e-3;

/** What a head is fitted with. */
export interface HeadFitOptions {
  /** Images with their classes. */
  readonly data: TrainingData;
  /** Batch-norm statistics of every level. */
  readonly statistics: LevelStatistics;
  /** Every image has its own trajectory. */
  readonly exact: boolean;
  /** Hears how far it has come: images that have passed the network, then steps of the fit, and the number of both. */
  readonly report?: ((done: number, total: number) => void) | undefined;
}

/** What a fitted head says of the images that it was fitted to. */
export interface HeadFit {
  /** Number of images. */
  readonly images: number;
  /** Share of them that it classifies rightly, 0..1. */
  readonly accuracy: number;
}

/**
 * Fits a new head to what a trained network makes of the training images, everything else being left as it is. Steps of
 * all parameters under a head of random values would first undo what the network has learned (Kumar et al. 2022,
 * "Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution").
 *
 * @param classifier The network; its head is replaced.
 * @param options Images and statistics.
 * @returns What the head reaches.
 * @throws {RangeError} if the network has no layer `head`.
 */
export async function fitHead(
  classifier: Classifier,
  options: HeadFitOptions,
): Promise<HeadFit> {
  const { parameters } = classifier;
  const [width, classes] = parameters.get<tf.Rank.R2>("head.weights").shape;
  const { features, labels } = await collectFeatures(classifier, width, options);
  const images = labels.length;
  const onStep = (steps: number) => options.report?.(images + steps, images + STEPS);
  const fit = await fitRegression(features, { labels, width, classes, onStep });
  const values = await parameters.read();
  values.set("head.weights", { shape: [width, classes], values: fit.weights });
  values.set("head.bias", { shape: [classes], values: fit.bias });
  parameters.write(values);
  return { images, accuracy: fit.accuracy };
}

/** Every n-th image where there are many, by level. */
function chooseImages(classifier: Classifier, data: TrainingData): Map<number, number[]> {
  const levelOfImage = levelsOfImages(classifier, data);
  const { length } = data.train;
  const count = Math.min(length, MOST_IMAGES);
  const byLevel = new Map<number, number[]>();
  for (let at = 0; at < count; at++) {
    const image = Math.floor(at * length / count);
    const level = levelOfImage[image]!;
    byLevel.set(level, [...byLevel.get(level) ?? [], image]);
  }
  return byLevel;
}

async function collectFeatures(
  classifier: Classifier,
  width: number,
  { data, statistics, exact, report }: HeadFitOptions,
): Promise<{ readonly features: Float32Array; readonly labels: number[] }> {
  const byLevel = chooseImages(classifier, data);
  const total = [...byLevel.values()].reduce((sum, images) => sum + images.length, 0);
  const features = new Float32Array(total * width);
  const labels: number[] = [];
  for (const [level, images] of byLevel) {
    for (let first = 0; first < images.length; first += BATCH_IMAGES) {
      await yieldToEventLoop();
      const indices = Uint32Array.from(images.slice(first, first + BATCH_IMAGES));
      const batch = await loadBatch(data, indices, {
        level: classifier.levels.list[level]!,
        ...(exact ? { exactLevels: classifier.levels } : {}),
      });
      const ofLevel = { width, statistics: statistics.get(level)! };
      try {
        const inputs = headInputs(classifier, batch, ofLevel);
        const values = await inputs.data<"float32">().finally(() => inputs.dispose());
        features.set(values, labels.length * width);
      } finally {
        tf.dispose([batch.images, batch.labels]);
      }
      labels.push(...Array.from(indices, (index) => data.train.labels[index]!));
      report?.(labels.length, total + STEPS);
    }
  }
  return { features, labels };
}

/** What the weights of the last linear layer are multiplied with, `[batch, width]`. */
function headInputs(
  classifier: Classifier,
  { images, levels }: TrainingBatch,
  { width, statistics }: { readonly width: number; readonly statistics: StatisticsOfLevel },
): tf.Tensor2D {
  let inputs: tf.Tensor2D | null = null;
  return tf.tidy(() => {
    classifier.forward(images, levels, {
      normalize: normalizeByStatistics(statistics),
      drop: { maps: (maps) => maps, vectors: (vectors) => inputs = vectors },
    });
    // Mirror pairs share a weight, which the layer multiplies with their mean.
    return tf.mean(tf.reshape(inputs!, [images.shape[0], -1, width]), 1);
  });
}

interface RegressionOptions {
  readonly labels: number[];
  readonly width: number;
  readonly classes: number;
  readonly onStep: (steps: number) => void;
}

interface Regression {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly accuracy: number;
}

async function fitRegression(
  features: Float32Array,
  options: RegressionOptions,
): Promise<Regression> {
  const { labels, width, classes, onStep } = options;
  const { scaled, mean, deviation } = tf.tidy(() => {
    const all = tf.tensor2d(features, [labels.length, width]);
    const moments = tf.moments(all, 0);
    const deviation = tf.add(tf.sqrt(moments.variance), LEAST_DEVIATION);
    const scaled = tf.div<tf.Tensor2D>(tf.sub(all, moments.mean), deviation);
    return { scaled, mean: moments.mean, deviation };
  });
  const wanted = tf.tidy(() =>
    tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), classes), "float32")
  );
  const parameters = new ParameterSet();
  parameters.add("weights", zeros([width, classes]));
  parameters.add("bias", zeros([classes]));
  const [weights, bias] = [parameters.get<tf.Rank.R2>("weights"), parameters.get("bias")];
  const adam = new Optimizer(parameters, ADAM);
  const logits = () => tf.add<tf.Tensor2D>(tf.matMul(scaled, weights), bias);
  try {
    for (let step = 0; step < STEPS; step++) {
      const gradients = tf.tidy(() => {
        const error = tf.div(tf.sub(tf.softmax(logits()), wanted), labels.length);
        const slope = tf.add(tf.matMul(scaled, error, true, false), tf.mul(weights, PENALTY));
        return { weights: slope, bias: tf.sum(error, 0) };
      });
      const schedule = { ...RATE, stepsPerEpoch: STEPS, totalSteps: STEPS };
      adam.update(new Map(Object.entries(gradients)), learningRateAt(step, schedule));
      tf.dispose(gradients);
      await yieldToEventLoop();
      onStep(step + 1);
    }
    // The head sees features as they are: (x - mean) / deviation is taken into its weights and its bias.
    const found = tf.tidy(() => {
      const own = tf.div<tf.Tensor2D>(weights, tf.reshape(deviation, [width, 1]));
      const shift = tf.matMul(tf.reshape(mean, [1, width]), own);
      const right = tf.equal(tf.argMax(logits(), 1), tf.argMax(wanted, 1));
      return [own, tf.sub(bias, tf.reshape(shift, [classes])), tf.mean(tf.cast(right, "float32"))];
    });
    const [own, shifted, accuracy] = await takeValues(found);
    return { weights: own!.values, bias: shifted!.values, accuracy: accuracy!.values[0]! };
  } finally {
    adam.dispose();
    parameters.dispose();
    tf.dispose([scaled, mean, deviation, wanted]);
  }
}

function zeros(shape: readonly number[]): TensorValues {
  return { shape, values: new Float32Array(shape.reduce((product, side) => product * side, 1)) };
}
