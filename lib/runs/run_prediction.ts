import { createInMemoryDataset } from "../datasets/in_memory_dataset.ts";
import { isResized } from "../datasets/data_config.ts";
import { prepareImage } from "../datasets/prepare_image.ts";
import { MAX_IMAGE_FILE_BYTES } from "../datasets/read_image_file.ts";
import { DataError } from "../errors.ts";
import { describePathFailure } from "../files/path_failure.ts";
import { readBounded } from "../read_bounded.ts";
import { classifyDataset } from "../evaluation/evaluate.ts";
import { prepareNetwork } from "../evaluation/prepare_network.ts";
import { loadTrained } from "./load_trained.ts";
import type { ImageDataset } from "../datasets/dataset.ts";
import type { InferenceNetwork } from "../classifiers/classifier.ts";
import type { Classification } from "../evaluation/evaluate.ts";
import type { ModelCard } from "../training/checkpoint_card.ts";
import type { Prediction, RunPredictionOptions } from "./run_types.ts";

/** Images per forward pass. */
const BATCH_SIZE = 64;

async function readImage(file: string, size: number, resizeTo: number): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    const bounds = { maxBytes: MAX_IMAGE_FILE_BYTES, refusal: DataError, pipe: true };
    bytes = await readBounded(file, bounds);
  } catch (error) {
    if (error instanceof Deno.errors.IsADirectory) {
      throw new DataError(`Cannot read image ${file}: it is a folder; give the files in it`, {
        cause: error,
      });
    }
    const failure = describePathFailure(error);
    if (failure === null) throw error;
    throw new DataError(`Cannot read image ${file}: ${failure}; name another`, { cause: error });
  }
  return prepareImage(bytes, { file, size, resizeTo });
}

async function loadFiles(
  files: readonly string[],
  card: ModelCard,
  margin: number | null,
): Promise<ImageDataset> {
  const { height, width } = card.image;
  const images = new Uint8Array(files.length * height * width * 3);
  for (const [index, file] of files.entries()) {
    images.set(await readImage(file, height, margin ?? height), index * height * width * 3);
  }
  const { classNames } = card;
  const labels = new Uint16Array(files.length);
  return createInMemoryDataset({ name: "files", classNames, height, width, images, labels });
}

/** Softmax in double precision, shifted so that nothing overflows. */
function probabilities(logits: Float32Array): Float64Array {
  const largest = logits.reduce((most, value) => Math.max(most, value), -Infinity);
  const exponentials = Float64Array.from(logits, (value) => Math.exp(value - largest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

function mostProbable(image: Classification, classNames: readonly string[], topK: number) {
  return [...probabilities(image.logits)]
    .map((probability, index) => ({ className: classNames[index]!, probability }))
    .sort((left, right) => right.probability - left.probability)
    .slice(0, topK);
}

/**
 * Classifies image files with a checkpoint of a run. The backend must have been selected before.
 *
 * @param options Run folder, checkpoint, files, number of classes per image.
 * @returns One prediction per file, in the order given.
 * @throws {CheckpointError} if the checkpoint is missing or damaged.
 * @throws {DataError} if a file is missing or not a PNG or JPEG image.
 */
export async function runPrediction(options: RunPredictionOptions): Promise<Prediction[]> {
  const { trained, card, config } = await loadTrained(options);
  const { classifier } = trained;
  let network: InferenceNetwork | null = null;
  try {
    const { files, topK } = options;
    const exact = options.exact || card.model.exact;
    const { dataset: name, resizeTo } = config.data;
    // As in training: where the images have their size, nothing is cut off at their edges.
    const dataset = await loadFiles(files, card, isResized(name) ? resizeTo : null);
    network = await prepareNetwork(trained, { image: card.image, exact });
    const predictions = new Array<Prediction>(files.length);
    const classified = classifyDataset(trained, dataset, { batchSize: BATCH_SIZE, exact, network });
    for await (const image of classified) {
      predictions[image.index] = {
        file: files[image.index]!,
        classes: mostProbable(image, card.classNames, topK),
        complexity: image.complexity,
        complexityUnit: trained.measure.unit,
        depth: classifier.levels.list[image.level]!.depth,
        level: image.level,
      };
    }
    return predictions;
  } finally {
    network?.dispose();
    classifier.dispose();
  }
}
