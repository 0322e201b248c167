import { complexityMeasure } from "../complexity/measure_registry.ts";
import { type DataConfig, isResized } from "../datasets/data_config.ts";
import { loadDataset, type LoadDatasetOptions } from "../datasets/load_dataset.ts";
import { splitTraining } from "../datasets/split.ts";
import { channelStatistics } from "../datasets/standardization.ts";
import { subset } from "../datasets/subset.ts";
import { CheckpointError, DataError, UsageError } from "../errors.ts";
import { readRunConfig } from "./run_config_file.ts";
import { measureDataset } from "../training/training_data.ts";
import type { DatasetParts, ImageDataset } from "../datasets/dataset.ts";
import type { PassedOver } from "../datasets/passed_over.ts";
import type { TrainingData } from "../training/training_data.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";

/** The images of an experiment. */
export interface ExperimentImages {
  /** Images to train on. */
  readonly train: ImageDataset;
  /** Images to choose by. */
  readonly validation: ImageDataset;
  /** Images that nothing is ever chosen by. */
  readonly test: ImageDataset;
  /** Whether the test images were drawn out of the same folder as the others. */
  readonly testIsDrawn: boolean;
  /** Images of the training part that training and validation were drawn from. */
  readonly pool: number;
  /** What the parts of a folder were taken from; `null` for datasets that are no folder. */
  readonly arrangement: string | null;
  /** What a folder holds that was left out. */
  readonly passedOver: readonly PassedOver[];
}

/** The first images; of files, which are sorted by class, evenly spaced ones: the first would be of the first classes only. */
function fewerImages(
  dataset: ImageDataset,
  { dataset: name, testImages: count }: Pick<DataConfig, "dataset" | "testImages">,
): ImageDataset {
  const { length } = dataset;
  if (count === null || count === length) return dataset;
  if (count > length) {
    throw new DataError(
      `Cannot take ${count} test images: ${dataset.name} holds ${length}; lower testImages (--test-images)`,
    );
  }
  const place = (at: number) => isResized(name) ? Math.floor((at + 0.5) * length / count) : at;
  return subset(dataset, Uint32Array.from({ length: count }, (_, at) => place(at)));
}

/** What only the size of the images and their number can tell about a configuration. */
function requireUsableSplit(
  { data, training }: Pick<ExperimentConfig, "data" | "training">,
  { train: { length, height, width }, validation }: DatasetParts,
): void {
  const count = data.images ?? length;
  const held = validation?.length ?? Math.round(count * data.validationFraction);
  if (validation === undefined && held === count) {
    throw new UsageError(
      `Cannot split ${count} images: data.validationFraction ${data.validationFraction} leaves none to train on; lower it or take more images`,
    );
  }
  if (held === 0 && training.patience > 0) {
    throw new UsageError(
      `Cannot stop early: data.validationFraction ${data.validationFraction} of ${count} images leaves none to validate on; set training.patience to 0 or take more images`,
    );
  }
  const side = Math.min(height, width);
  if (training.crop >= side) {
    throw new UsageError(
      `Cannot crop images: training.crop must be below their side of ${side} pixels, current value is ${training.crop}`,
    );
  }
}

/**
 * Makes sure that images are those that a checkpoint was trained on.
 *
 * @param train Training images found.
 * @param fingerprint Fingerprint that the checkpoint names.
 * @throws {CheckpointError} if they are others.
 */
export function requireSameImages(train: ImageDataset, fingerprint: string): void {
  if (train.fingerprint === fingerprint) return;
  throw new CheckpointError(
    `Cannot continue with these images: the checkpoint's training images have fingerprint ${fingerprint}, those found have ${train.fingerprint}; give the folder of the same images (--data)`,
  );
}

/** How the images of an experiment are read. */
export interface LoadImagesOptions extends LoadDatasetOptions {
  /** The run whose configuration says where they are; `null` or absent where a person said it. */
  readonly namedBy?: string | null | undefined;
}

/**
 * Whether a run that goes on has its images where its configuration says, or where a person says now.
 *
 * @param config The configuration that it goes on with.
 * @param runDirectory Folder of the run.
 * @returns The folder in the first case, for `namedBy`.
 */
export async function whoNames(
  config: Pick<ExperimentConfig, "data">,
  runDirectory: string,
): Promise<string | null> {
  const saved = await readRunConfig(runDirectory);
  return saved.data.directory === config.data.directory ? runDirectory : null;
}

/** One class is nothing to be told from. */
function requireClasses(data: DataConfig, { train, arrangement = "" }: DatasetParts): void {
  const { classNames } = train;
  if (classNames.length >= 2) return;
  const advice = arrangement.startsWith("lists")
    ? `the images are taken from ${arrangement}; add images of another class to the list`
    : "add a folder for every class, or give the folder that holds those folders (--data)";
  throw new DataError(
    `Cannot train on ${data.dataset} in ${data.directory}: there must be 2 classes at least, current value is ` +
      `${classNames.length} (${classNames.join()}); ${advice}`,
  );
}

/** The parts of a dataset; whoever goes on with a run elsewhere typed none of the places in a message about them. */
async function loadNamed(
  data: DataConfig,
  { namedBy = null, ...options }: LoadImagesOptions,
): Promise<DatasetParts> {
  try {
    return await loadDataset(data, options);
  } catch (error) {
    const isPlace = namedBy !== null && data.dataset !== "synthetic";
    if (!isPlace || !(error instanceof DataError)) throw error;
    throw new DataError(
      `${error.message}; ${data.directory} is where the configuration of ${namedBy} has its images, ` +
        "evaluation and a training that goes on take another place as data (--data)",
      { cause: error },
    );
  }
}

/** Nobody trains on images that a model is only to look at. */
function noneToTrainOn({ train }: DatasetParts): Pick<ExperimentImages, "train" | "validation"> {
  const none = subset(train, []);
  return { train: none, validation: none };
}

/**
 * Loads the images that a configuration asks for and splits them.
 *
 * @param config Data and seed of the experiment.
 * @param options How the images are going to be read.
 * @returns Training, validation and test images.
 * @throws {DataError} if the dataset is missing or damaged, or holds fewer images than asked for.
 * @throws {UsageError} if the configuration does not fit the number or size of the images.
 */
export async function loadExperimentImages(
  config: Pick<ExperimentConfig, "data" | "training">,
  options: LoadImagesOptions = {},
): Promise<ExperimentImages> {
  const { data, training } = config;
  const parts = await loadNamed(data, options);
  if (data.images !== null && data.images > parts.train.length) {
    throw new DataError(
      `Cannot take ${data.images} training images: ${data.dataset} in ${data.directory} holds ${parts.train.length}; lower images (--images)`,
    );
  }
  if (!options.areOthers) {
    requireClasses(data, parts);
    requireUsableSplit(config, parts);
  }
  const { train, validation } = options.areOthers
    ? noneToTrainOn(parts)
    : splitTraining(parts.train, {
      ...data,
      // A validation part of its own leaves nothing to draw.
      validationFraction: parts.validation === undefined ? data.validationFraction : 0,
      // The paper draws from all images alike; a person's folder may hold a few of a class.
      stratified: data.dataset === "folder" && data.selection === "random",
      seed: data.splitSeed ?? training.seed,
    });
  return {
    train,
    validation: parts.validation ?? validation,
    test: fewerImages(parts.test, data),
    testIsDrawn: parts.testIsDrawn ?? false,
    pool: parts.train.length,
    arrangement: parts.arrangement ?? null,
    passedOver: parts.passedOver ?? [],
  };
}

/**
 * Measures what training needs to know of its images.
 *
 * @param images Training and validation images.
 * @param measureName Name of the complexity measure.
 * @returns Images with channel statistics and complexities of the training part.
 */
export async function prepareTrainingData(
  images: Pick<ExperimentImages, "train" | "validation">,
  measureName: string,
): Promise<TrainingData> {
  const measure = complexityMeasure(measureName);
  return {
    train: images.train,
    validation: images.validation,
    standardization: await channelStatistics(images.train),
    measure,
    complexities: await measureDataset(images.train, measure),
  };
}
