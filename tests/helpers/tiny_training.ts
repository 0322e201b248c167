import { imageEntropyMeasure } from "../../lib/complexity/image_entropy.ts";
import { createInMemoryDataset } from "../../lib/datasets/in_memory_dataset.ts";
import { channelStatistics } from "../../lib/datasets/standardization.ts";
import { createClassifier } from "../../lib/models/create_classifier.ts";
import { LevelClassifier } from "../../lib/puppet/level_classifier.ts";
import { RandomStream } from "../../lib/randomness/random_stream.ts";
import { Trainer } from "../../lib/training/trainer.ts";
import { measureDataset } from "../../lib/training/training_data.ts";
import type { ImageDataset } from "../../lib/datasets/dataset.ts";
import type { ModelCard } from "../../lib/training/checkpoint_card.ts";
import type { ModelConfig } from "../../lib/models/model_config.ts";
import type { TrainingData } from "../../lib/training/training_data.ts";
import type { TrainingConfig } from "../../lib/training/training_config.ts";
import type { TrainerHooks } from "../../lib/training/trainer_hooks.ts";

/** Side of the images in pixels. */
export const TINY_SIZE = 8;

/** A puppet of 8 channels whose depths fit 8 x 8 images. */
export const TINY_MODEL: ModelConfig = {
  name: "puppet-cnn",
  maxChannels: 8,
  kernelSize: 3,
  initialState: "seeded",
  solver: "euler",
  initialStateSize: 1,
  trajectorySteps: null,
  complexity: "entropy",
  depthAdaptation: true,
  parameterAdaptation: true,
  fixedDepth: 4,
  stepsPerBit: 0.5,
  minSteps: 3,
  maxSteps: 5,
  levelsPerDepth: 1,
  exact: false,
  referenceComplexity: 8,
  complexityOffset: 0,
  identityShortcuts: false,
  mirrorSymmetry: false,
};

/** What a checkpoint of the tiny puppet says about it. */
export const TINY_CARD: ModelCard = {
  model: TINY_MODEL,
  classNames: ["across", "down", "patch"],
  image: { height: 8, width: 8 },
  standardization: { mean: [0, 0, 0], deviation: [1, 1, 1] },
  trainFingerprint: "test",
  backend: "test",
};

/** A training of a second or two. */
export const TINY_TRAINING: TrainingConfig = {
  epochs: 2,
  batchSize: 8,
  seed: 1,
  optimizer: "adam",
  learningRate: 5e-3,
  minLearningRate: 1e-5,
  schedule: "cosine",
  warmupEpochs: 0,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  labelSmoothing: 0,
  dropout: 0,
  channelDropout: 0,
  featureMixing: 0,
  clipNorm: 0,
  levelSharing: "all",
  levelSmoothing: 0.1,
  statisticsImages: 16,
  recompute: false,
  flip: false,
  crop: 0,
  color: 0,
  fitDepths: false,
  freeze: "none",
  patience: 0,
  minDelta: 0,
  validateEvery: 1,
  stepsPerEpoch: null,
};

/**
 * Images of three classes: stripes across, stripes down, and a patch, each in noise of its own strength, so
 * that their complexities differ widely.
 */
export function tinyDataset(count: number, seed: number): ImageDataset {
  const stream = new RandomStream(seed, "test/images");
  const labels = Uint16Array.from({ length: count }, (_, index) => index % 3);
  const images = new Uint8Array(count * TINY_SIZE * TINY_SIZE * 3);
  for (let image = 0; image < count; image++) {
    const noise = (image % 5) * 15;
    for (let pixel = 0; pixel < TINY_SIZE * TINY_SIZE; pixel++) {
      const row = Math.floor(pixel / TINY_SIZE);
      const column = pixel % TINY_SIZE;
      const isBright = [row % 4 < 2, column % 4 < 2, row > 3 && column > 3][labels[image]!]!;
      for (let channel = 0; channel < 3; channel++) {
        const value = (isBright ? 190 : 60) + noise * stream.nextNormal();
        const place = (image * TINY_SIZE * TINY_SIZE + pixel) * 3 + channel;
        images[place] = Math.min(Math.max(Math.round(value), 0), 255);
      }
    }
  }
  const classNames = ["across", "down", "patch"];
  return createInMemoryDataset({
    name: "tiny",
    classNames,
    height: TINY_SIZE,
    width: TINY_SIZE,
    images,
    labels,
  });
}

/** A trainer on tiny images, with what has to be disposed of. */
export interface TinyTrainer {
  readonly trainer: Trainer;
  readonly classifier: LevelClassifier;
  readonly data: TrainingData;
  dispose(): void;
}

/** Makes a trainer on tiny images. */
export async function tinyTrainer(
  changes: {
    readonly model?: Partial<ModelConfig>;
    readonly training?: Partial<TrainingConfig>;
    readonly images?: number;
  } = {},
): Promise<TinyTrainer> {
  const model = { ...TINY_MODEL, ...changes.model };
  const config = { ...TINY_TRAINING, ...changes.training };
  const train = tinyDataset(changes.images ?? 48, 1);
  const validation = tinyDataset(30, 2);
  const measure = imageEntropyMeasure;
  const standardization = await channelStatistics(train);
  const complexities = await measureDataset(train, measure);
  const data = { train, validation, standardization, measure, complexities };
  const classifier = createClassifier(model, { classes: 3, seed: config.seed });
  if (!(classifier instanceof LevelClassifier)) {
    throw new TypeError(`Cannot make a tiny trainer: ${model.name} is no network of layers`);
  }
  const trainer = new Trainer({ classifier, data, config, exact: model.exact });
  return {
    trainer,
    classifier,
    data,
    dispose: () => {
      trainer.dispose();
      classifier.dispose();
    },
  };
}

/** Hooks that keep nothing. */
export const NO_HOOKS: TrainerHooks = {
  save: () => Promise.resolve(),
  log: () => Promise.resolve(),
};
