import { loadModel } from "./model.ts";
import type { Prediction, RunPredictionOptions } from "./run_types.ts";

/**
 * Classifies image files with a checkpoint of a run. The backend must have been selected before.
 *
 * @param options Run folder, checkpoint, files, number of classes per image.
 * @returns One prediction per file, in the order given.
 * @throws {CheckpointError} if the checkpoint is missing or damaged.
 * @throws {DataError} if a file is missing or not a PNG or JPEG image.
 */
export async function runPrediction(options: RunPredictionOptions): Promise<Prediction[]> {
  const { runDirectory, checkpoint, files, topK, exact, warn, report } = options;
  report?.(0, 0, "loading images");
  using model = await loadModel(runDirectory, {
    ...{ checkpoint, exact },
    ...(warn === undefined ? {} : { onWarning: warn }),
    ...(report === undefined ? {} : { onProgress: report }),
  });
  return await model.classify(files, { topK });
}
