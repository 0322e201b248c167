import { evaluate as evaluateClassifier } from "../evaluation/evaluate.ts";
import { describeGiven } from "../arguments/describe_given.ts";
import { requireOptions } from "../arguments/require_options.ts";
import { Model, partsOf } from "../runs/model.ts";
import { parseConfig } from "../configuration/parse_config.ts";
import { UsageError } from "../errors.ts";
import { imageSideOf, isResized } from "../datasets/data_config.ts";
import { DATA_PARTS } from "../datasets/data_part.ts";
import { loadPartForModel } from "../runs/load_part.ts";
import { withClasses } from "../datasets/with_classes.ts";
import { describeOtherClasses } from "../runs/other_classes.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import type { ImageDataset } from "../datasets/dataset.ts";
import type { EvaluationReport } from "../evaluation/evaluation_report.ts";
import type { DataPart } from "../datasets/data_part.ts";
import { dataOverrides, type DataSettings } from "./settings.ts";

/** Options of {@linkcode evaluate}. */
export interface EvaluateOptions {
  /**
   * Most images per forward pass, >= 1.
   *
   * @default 256
   */
  readonly batchSize?: number;
  /**
   * Other images where a part is named: settings that replace those of the run's data (another `directory`, fewer
   * `testImages`), or a folder of pictures, of which all are taken.
   */
  readonly data?: DataSettings;
  /** Called from time to time with the images done and all images. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Measures a model on labelled images: accuracy, loss, depth and work, also per level and per class.
 *
 * @param model The model.
 * @param images A dataset of the model's classes and size, or a part of the data that the model was trained on.
 * @param options Batch size, other data, progress.
 * @returns The figures.
 * @throws {DataError} if the images of the part are missing, or may be some that the model was trained on.
 * @throws {RangeError} if the dataset is empty, has a class that the model does not know or another size, its labels or
 * pixels are not those of its images, or the batch size is no number of images.
 * @throws {TypeError} if the model, the images or an option is of another type.
 * @throws {UsageError} if there is no such part, an option or a setting of the data is unknown or wrong, or the model
 * was disposed of.
 */
export async function evaluate(
  model: Model,
  images: ImageDataset | DataPart = "test",
  options: EvaluateOptions = {},
): Promise<EvaluationReport> {
  const kinds = { batchSize: "count", data: "any", onProgress: "function" } as const;
  requireOptions(options, kinds, "options of an evaluation");
  const { batchSize = 256, data, onProgress } = options;
  requireModel(model);
  requireImages(images);
  const { trained, exact, prepare } = partsOf(model);
  const dataset = requireFitting(
    model,
    typeof images === "string" ? await loadNamedPart(model, images, data) : images,
  );
  try {
    return await evaluateClassifier(trained, dataset, {
      ...{ batchSize, exact },
      network: await prepare(),
      ...(onProgress === undefined ? {} : { report: onProgress }),
    });
  } catch (error) {
    // A model that was disposed of under way says so; what TensorFlow.js says of missing tensors is no help.
    partsOf(model);
    throw error;
  }
}

/** A part of the run's data, or of others that are given. */
async function loadNamedPart(
  model: Model,
  part: DataPart,
  data: DataSettings | undefined,
): Promise<ImageDataset> {
  const { card, config } = partsOf(model);
  const found = withData(config, data);
  const areOthers = found.data.dataset !== config.data.dataset;
  return (await loadPartForModel(found, { card, part: requirePart(part), areOthers })).dataset;
}

/** Its methods would say "Receiver must be an instance of class Model". */
function requireModel(model: unknown): void {
  if (model instanceof Model) return;
  throw new TypeError(
    `Cannot evaluate: the first argument must be a model that loadModel() has loaded, current value is ${
      describeGiven(model)
    }`,
  );
}

function requireImages(images: unknown): void {
  if (typeof images === "string") return;
  const isDataset = typeof images === "object" && images !== null && "read" in images &&
    "classNames" in images && Array.isArray(images.classNames) &&
    "labels" in images && images.labels instanceof Uint16Array;
  if (isDataset) return;
  throw new TypeError(
    `Cannot evaluate: the images must be a dataset or one of ${
      DATA_PARTS.join(", ")
    }, current value is ${describeGiven(images)}; openDataset() opens the two parts of a dataset`,
  );
}

/** The configuration with other data, checked as that of a training is. */
function withData(config: ExperimentConfig, data: DataSettings | undefined): ExperimentConfig {
  const { dataset, resizeTo } = config.data;
  // All pictures of a folder, brought to the model's size as `classify` does.
  const ofFolder = {
    testImages: null,
    imageSize: imageSideOf(config.data),
    resizeTo: isResized(dataset) ? resizeTo : null,
  };
  const isFolder = typeof data === "string" || data instanceof URL;
  const overrides = [...dataOverrides(data), ...isFolder ? dataOverrides(ofFolder) : []];
  return parseConfig("", { base: config, source: "the data", overrides });
}

function requirePart(part: DataPart): DataPart {
  if (DATA_PARTS.includes(part)) return part;
  throw new UsageError(
    `Cannot evaluate: the part must be one of ${DATA_PARTS.join(", ")}, current value is ${
      JSON.stringify(part)
    }`,
  );
}

/** The images under the model's classes. */
function requireFitting({ classNames, imageSize }: Model, images: ImageDataset): ImageDataset {
  const { name, height, width, length, labels } = images;
  if (height !== imageSize.height || width !== imageSize.width) {
    throw new RangeError(
      `Cannot evaluate on ${name}: the model sees ${imageSize.height} x ${imageSize.width} pixels, ` +
        `the images have ${height} x ${width}`,
    );
  }
  const dataset = withClasses(images, classNames);
  if (dataset === null) {
    throw new RangeError(
      `Cannot evaluate on ${name}: ${describeOtherClasses(classNames, images.classNames)}`,
    );
  }
  if (labels.length !== length || labels.some((label) => label >= images.classNames.length)) {
    throw new RangeError(
      `Cannot evaluate on ${name}: it must have a label for each of its ${length} images, a number of one of its ` +
        `${images.classNames.length} classes`,
    );
  }
  return dataset;
}
