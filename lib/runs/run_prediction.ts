import type { DataError } from "../errors.ts";
import { loadModel } from "./load_model.ts";
import { partsOf } from "./model.ts";
import { requireDepth } from "./require_depth.ts";
import { loadPreparedPictures } from "./load_prepared_pictures.ts";
import type { Prediction, PredictionAnswer, RunPredictionOptions } from "./run_types.ts";

/** Pixels that are held at a time, in bytes: bounds the memory, whatever the number of files. */
const GROUP_BYTES = 64e6;

/**
 * Files of the first group, so that the first answers come soon, and of the largest, each twice as large as the one before:
 * threads have to be worth their start.
 */
const [FEWEST_FILES, MOST_FILES] = [64, 2048];

/**
 * Classifies image files with a checkpoint of a run, in groups, each decoded on several threads. The backend must have
 * been selected before.
 *
 * @param options Run folder, checkpoint, files, number of classes per image.
 * @returns One answer per file, in the order given, as they come; a file that cannot be read has its error for an answer.
 * @throws {CheckpointError} if the checkpoint is missing or damaged.
 * @throws {UsageError} if the model has no network of the depth asked for.
 */
export async function* runPrediction(
  options: RunPredictionOptions,
): AsyncGenerator<PredictionAnswer> {
  const { runDirectory, checkpoint, files, topK, exact, warn, report, depth, onModel } = options;
  report?.(0, 0, "loading images");
  using model = await loadModel(runDirectory, {
    ...{ checkpoint, exact },
    ...(warn === undefined ? {} : { onWarning: warn }),
    // Of many files, the share of all says more than that of a group.
    onProgress: (done, total, work) => {
      if (work !== "classifying images") report?.(done, total, work);
    },
  });
  const { exact: isExact, trained: { classifier, measure } } = partsOf(model);
  // A wrong depth is refused before anything is read.
  if (depth !== undefined) requireDepth(classifier.levels, depth, isExact);
  onModel?.({ classNames: model.classNames, complexityUnit: measure.unit });
  const { height, width } = model.imageSize;
  const most = Math.min(Math.max(Math.floor(GROUP_BYTES / (height * width * 3)), 1), MOST_FILES);
  let length = Math.min(FEWEST_FILES, most);
  for (let first = 0; first < files.length;) {
    const group = files.slice(first, first + length);
    const { names, pictures, failures } = await loadPreparedPictures(group, {
      ...model.pictureSize,
      onLoaded: (done) => report?.(first + done, files.length, "loading images"),
    });
    const predictions = await model.classifyPrepared(names, pictures, { topK, depth });
    yield* merge(group, predictions, failures);
    first += group.length;
    length = Math.min(2 * length, most);
    report?.(first, files.length, "classifying images");
  }
}

function merge(
  files: readonly string[],
  predictions: readonly Prediction[],
  failures: ReadonlyMap<number, DataError>,
): PredictionAnswer[] {
  let next = 0;
  return files.map((file, position) => {
    const failure = failures.get(position);
    return failure === undefined ? predictions[next++]! : { file, error: failure.message };
  });
}
