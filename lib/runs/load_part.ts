import { DataError } from "../errors.ts";
import { withClasses } from "../datasets/with_classes.ts";
import { describeOtherClasses } from "./other_classes.ts";
import { loadExperimentImages } from "./prepare_data.ts";
import type { ExperimentImages } from "./prepare_data.ts";
import type { DataPart } from "../datasets/data_part.ts";
import type { ImageDataset } from "../datasets/dataset.ts";
import type { ModelCard } from "../training/checkpoint_card.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";

/** Numbers of images of an experiment. */
export interface ImageCounts {
  /** Trained on. */
  readonly train: number;
  /** Chosen by. */
  readonly validation: number;
  /** Of the test part. */
  readonly test: number;
  /** Of the part that training and validation images are drawn from. */
  readonly pool: number;
}

/** One part of an experiment's images, with the sizes of all. */
export interface LoadedPart {
  /** The images, at least one. */
  readonly dataset: ImageDataset;
  /** Sizes of all parts. */
  readonly images: ImageCounts;
}

/** Whoever looks at a part reads every image once: what is kept would only grow with their number. */
const READ_ONCE = { maxCacheBytes: 0 };

/** Sizes of an experiment's parts. */
function countsOf(images: ExperimentImages): ImageCounts {
  const { train, validation, test, pool } = images;
  return { train: train.length, validation: validation.length, test: test.length, pool };
}

/**
 * Loads one part of an experiment's images.
 *
 * @param config Data and seed of the experiment.
 * @param part Which part.
 * @returns Its images, and the sizes of all parts.
 * @throws {DataError} if the dataset is missing or damaged, or the part holds no image.
 */
export async function loadPart(
  config: Pick<ExperimentConfig, "data" | "training">,
  part: DataPart,
): Promise<LoadedPart> {
  return partOf(await loadExperimentImages(config, READ_ONCE), part);
}

function partOf(loaded: ExperimentImages, part: DataPart): LoadedPart {
  const dataset = loaded[part];
  if (dataset.length > 0) return { dataset, images: countsOf(loaded) };
  const other = loaded.validation.length > 0 && part === "test"
    ? "take the part validation (--part), whose images chose the best checkpoint"
    : "choose another part (--part)";
  throw new DataError(`Cannot evaluate: there are no ${part} images; ${other}`);
}

/**
 * Refuses parts that may hold images the model was trained on: what is drawn anew from other images is not what it
 * was kept from. A test part that a dataset comes with is never drawn, and may belong to other training images.
 */
function requirePartOfRun(
  { train, testIsDrawn }: ExperimentImages,
  { card, part }: { readonly card: ModelCard; readonly part: DataPart },
): void {
  if (train.fingerprint === card.trainFingerprint || (part === "test" && !testIsDrawn)) return;
  const arranged = "arrange the images in train/<class> and test/<class>";
  const otherwise = part === "test"
    ? arranged
    : testIsDrawn
    ? `${arranged} and take the part test (--part)`
    : "take the part test (--part)";
  const risk = part === "train" ? "" : " and can hold images that the model has learned";
  throw new DataError(
    `Cannot evaluate on the ${part} images: the model was trained on images with fingerprint ${card.trainFingerprint}, ` +
      `those found have ${train.fingerprint}, so their ${part} part is not the run's${risk}; ` +
      `give the data of the run (--data), or ${otherwise}`,
  );
}

/**
 * Loads images that a trained model is to look at.
 *
 * @param config Data and seed of the run.
 * @param options What the checkpoint says of its model, which part, the run whose configuration says where the images are,
 * for the message, and whether they are of another dataset than the run's, so that it cannot have learned them.
 * @returns The images under the model's classes, and the sizes of all parts.
 * @throws {DataError} if the images are missing, one of their classes or their size is not the model's, or the part was drawn
 * from other images than those of the run.
 */
export async function loadPartForModel(
  config: Pick<ExperimentConfig, "data" | "training">,
  options: {
    readonly card: ModelCard;
    readonly part: DataPart;
    readonly namedBy?: string | null;
    readonly areOthers?: boolean;
  },
): Promise<LoadedPart> {
  const { card, part, namedBy = null, areOthers = false } = options;
  const images = await loadExperimentImages(config, { ...READ_ONCE, namedBy, areOthers });
  const loaded = partOf(images, part);
  const dataset = withClasses(loaded.dataset, card.classNames);
  if (dataset === null) {
    throw new DataError(
      `Cannot evaluate: ${describeOtherClasses(card.classNames, loaded.dataset.classNames)}`,
    );
  }
  if (dataset.height !== card.image.height || dataset.width !== card.image.width) {
    throw new DataError(
      `Cannot evaluate: the model was trained on ${card.image.height} x ${card.image.width} pixels; the images have ${dataset.height} x ${dataset.width}`,
    );
  }
  requirePartOfRun(images, options);
  return { ...loaded, dataset };
}
