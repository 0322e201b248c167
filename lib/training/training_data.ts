import * as tf from "@tensorflow/tfjs-core";
import { measureComplexity } from "../complexity/measure_complexity.ts";
import { augmentImages } from "../datasets/augmentation.ts";
import { imageChunks } from "../datasets/image_chunks.ts";
import { standardize } from "../datasets/standardization.ts";
import { RandomStream } from "../randomness/random_stream.ts";
import { yieldToEventLoop } from "../tensors/event_loop.ts";
import type { ComplexityMeasure } from "../complexity/complexity_measure.ts";
import type { ImageDataset } from "../datasets/dataset.ts";
import type { ChannelStatistics } from "../datasets/standardization.ts";
import type { LabelledBatch } from "../classifiers/classifier.ts";
import type { ComplexityLevel, ComplexityLevels } from "../puppeteer/complexity_levels.ts";
import type { TrainingBatch } from "./training_step.ts";

/** Images measured at a time at most. */
const CHUNK_IMAGES = 1024;

/** Training and validation images with what was measured on them. */
export interface TrainingData {
  /** Images to train on. */
  readonly train: ImageDataset;
  /** Images to choose by. */
  readonly validation: ImageDataset;
  /** Channel statistics of the training images. */
  readonly standardization: ChannelStatistics;
  /** What routes an image to its level. */
  readonly measure: ComplexityMeasure;
  /** Complexity of every training image, `[train.length]`, bits, without augmentation. */
  readonly complexities: Float64Array;
}

/**
 * Measures every image of a dataset once.
 *
 * @param dataset Images.
 * @param measure Complexity measure.
 * @returns `[dataset.length]`, in the measure's unit.
 */
export async function measureDataset(
  dataset: ImageDataset,
  measure: ComplexityMeasure,
): Promise<Float64Array> {
  const { height, width } = dataset;
  const complexities = new Float64Array(dataset.length);
  for (const chunk of imageChunks(dataset, { images: CHUNK_IMAGES })) {
    const pixels = await dataset.read(chunk);
    complexities.set(measureComplexity(pixels, { height, width, measure }), chunk[0]!);
    // Large images take minutes, in which a signal is to be heard.
    await yieldToEventLoop();
  }
  return complexities;
}

/** Options of `loadBatch`. */
export interface LoadBatchOptions {
  /** Level of the batch. */
  readonly level: ComplexityLevel;
  /** In exact mode, gives every image its own trajectory. */
  readonly exactLevels?: ComplexityLevels;
  /** Augmentation, with the stream that decides it; none if absent. */
  readonly augmentation?: {
    readonly flip: boolean;
    readonly crop: number;
    /** Share by which colours change. */
    readonly color?: number;
    readonly seed: number;
    readonly step: number;
  };
}

/** Own level of every image, all cut to the depth of the batch's level. */
function levelsInBatch(
  data: TrainingData,
  indices: Uint32Array,
  options: LoadBatchOptions,
): ComplexityLevel | readonly ComplexityLevel[] {
  const { level, exactLevels } = options;
  if (exactLevels === undefined) return level;
  return Array.from(indices, (index) => ({
    ...exactLevels.exactLevel(data.complexities[index]!),
    depth: level.depth,
  }));
}

/** Training sees images with a margin cut at random; statistics see the centre, as evaluation does. */
async function readPixels(
  dataset: ImageDataset,
  indices: Uint32Array,
  augmentation: LoadBatchOptions["augmentation"],
): Promise<Uint8Array> {
  if (augmentation === undefined || dataset.readRandomCrops === undefined) {
    return await dataset.read(indices);
  }
  const stream = new RandomStream(augmentation.seed, "random-crop", augmentation.step);
  return await dataset.readRandomCrops(indices, stream);
}

/**
 * Reads and augments a batch of training images, without the device: it can be done while a step runs.
 *
 * @param data Training data.
 * @param indices Positions in the training set.
 * @param augmentation Augmentation, with the stream that decides it; none if absent.
 * @returns `[indices.length, height, width, 3]`, float32, standardised.
 */
export async function readBatch(
  data: TrainingData,
  indices: Uint32Array,
  augmentation?: LoadBatchOptions["augmentation"],
): Promise<Float32Array> {
  const { height, width } = data.train;
  const count = indices.length;
  let pixels = await readPixels(data.train, indices, augmentation);
  const { flip = false, crop = 0, color: share = 0 } = augmentation ?? {};
  if (augmentation !== undefined && (flip || crop > 0 || share > 0)) {
    const { seed, step } = augmentation;
    const stream = new RandomStream(seed, "augmentation", step);
    const color = { share, stream: new RandomStream(seed, "augmentation-color", step) };
    pixels = augmentImages(pixels, { count, height, width, flip, crop, color, stream });
  }
  return standardize(pixels, data.standardization);
}

/**
 * Brings a batch of training images to the device.
 *
 * @param data Training data.
 * @param indices Positions in the training set.
 * @param options Level, exact mode, augmentation; `values` are what `readBatch` returned, read here if absent.
 * @returns Tensors that the caller disposes of.
 */
export async function loadBatch(
  data: TrainingData,
  indices: Uint32Array,
  options: LoadBatchOptions & { readonly values?: Float32Array },
): Promise<TrainingBatch> {
  const { height, width, labels } = data.train;
  const count = indices.length;
  const values = options.values ?? await readBatch(data, indices, options.augmentation);
  return {
    images: tf.tensor4d(values, [count, height, width, 3]),
    labels: tf.tensor1d(Int32Array.from(indices, (index) => labels[index]!), "int32"),
    levels: levelsInBatch(data, indices, options),
  };
}

/**
 * Validation images with their classes, for what is tuned after training.
 *
 * @param data Training data.
 * @param batchSize Images per batch.
 * @returns Batches in the order of the images; each is disposed of when the next one is asked for.
 */
export async function* labelledBatches(
  data: TrainingData,
  batchSize: number,
): AsyncGenerator<LabelledBatch> {
  const { validation, standardization } = data;
  const { height, width, length } = validation;
  for (let first = 0; first < length; first += batchSize) {
    const count = Math.min(batchSize, length - first);
    const indices = Uint32Array.from({ length: count }, (_, at) => first + at);
    const values = standardize(await validation.read(indices), standardization);
    const images = tf.tensor4d(values, [count, height, width, 3]);
    try {
      yield { images, labels: Array.from(indices, (index) => validation.labels[index]!) };
    } finally {
      images.dispose();
    }
  }
}
