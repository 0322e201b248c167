import * as tf from "@tensorflow/tfjs-core";
import { batchNormOfBatch } from "../../lib/layers/batch_norm.ts";
import { createClassifier } from "../../lib/models/create_classifier.ts";
import { computeLevelStatistics } from "../../lib/classifiers/compute_level_statistics.ts";
import { parseConfig } from "../../lib/configuration/parse_config.ts";
import { RandomStream } from "../../lib/randomness/random_stream.ts";
import { Optimizer } from "../../lib/training/optimizer.ts";
import { trainingStep } from "../../lib/training/training_step.ts";
import type { Classifier, InferenceNetwork } from "../../lib/classifiers/classifier.ts";
import type { ModelConfig } from "../../lib/models/model_config.ts";
import type { TrainingConfig } from "../../lib/training/training_config.ts";
import type { LevelStatistics } from "../../lib/classifiers/level_statistics.ts";

/** Height and width of the images of the benchmark. */
export const IMAGE = { height: 32, width: 32 } as const;

/** Classes of the benchmark. */
export const CLASSES = 10;

/** Depth at which models are compared: the mean of CIFAR-10. */
export const DEPTH = 10;

/** Configuration of a model with the library's defaults for the rest. */
export function modelConfig(values: Partial<ModelConfig>): ModelConfig {
  return parseConfig(JSON.stringify({ model: values })).model;
}

/** Puppet-CNN of one depth, one level. */
export function fixedDepthPuppet(channels: number, depth: number = DEPTH): Classifier {
  const model = modelConfig({
    name: "puppet-cnn",
    maxChannels: channels,
    depthAdaptation: false,
    parameterAdaptation: false,
    fixedDepth: depth,
  });
  return createClassifier(model, { classes: CLASSES, seed: 1 });
}

/** Standard-normal numbers as standardised images, `[count, 32, 32, 3]`. */
export function randomImages(count: number): tf.Tensor4D {
  const { height, width } = IMAGE;
  const stream = new RandomStream(1, "bench-images");
  const values = Float32Array.from(
    { length: count * height * width * 3 },
    () => stream.nextNormal(),
  );
  return tf.tensor4d(values, [count, height, width, 3]);
}

/** A training step as the trainer makes it, on one batch. */
export function trainingWork(
  classifier: Classifier,
  batchSize: number,
  optimizerName: TrainingConfig["optimizer"] = "adam",
): { step: () => Promise<unknown>; dispose: () => void } {
  const optimizer = new Optimizer(classifier.parameters, {
    optimizer: optimizerName,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
  });
  const images = randomImages(batchSize);
  const classes = Array.from({ length: batchSize }, (_, index) => index % CLASSES);
  const labels = tf.tensor1d(classes, "int32");
  const batch = { images, labels, levels: classifier.levels.list[0]! };
  return {
    step: () =>
      trainingStep({ classifier, optimizer }, batch, {
        learningRate: 1e-3,
        clipNorm: 0,
        recompute: false,
      }),
    dispose: () => {
      optimizer.dispose();
      tf.dispose([images, labels]);
    },
  };
}

/** Batch-norm statistics of every level from random images. */
export async function anyStatistics(classifier: Classifier): Promise<LevelStatistics> {
  const result = new Map();
  for (const level of classifier.levels.list) {
    const batches = (async function* () {
      yield await Promise.resolve({ images: randomImages(16), levels: level });
    })();
    result.set(level.index, await computeLevelStatistics(classifier, batches));
  }
  return result;
}

/** The kernel bank of a classifier with statistics from random images. */
export async function bankOf(classifier: Classifier): Promise<InferenceNetwork> {
  const statistics = await anyStatistics(classifier);
  return await classifier.prepare(statistics, { image: IMAGE, exact: false });
}

/** A forward pass of prepared kernels, waited for. */
export async function inferOnce(
  network: InferenceNetwork,
  images: tf.Tensor4D,
  level = 0,
): Promise<void> {
  const complexities = new Array<number>(images.shape[0]).fill(12.5);
  const { logits } = await network.infer({ images, level, complexities });
  await logits.data();
  logits.dispose();
}

/** Logits with the norms of the batch, as training computes them. */
export async function logitsOf(classifier: Classifier, images: tf.Tensor4D): Promise<Float32Array> {
  const logits = tf.tidy(() =>
    classifier.forward(images, classifier.levels.list[0]!, {
      normalize: (site, input) => batchNormOfBatch(input, site.scale, site.offset),
    }).logits
  );
  const values = await logits.data();
  logits.dispose();
  return Float32Array.from(values);
}
