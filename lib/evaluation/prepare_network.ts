import { CheckpointError } from "../errors.ts";
import type { Classifier, InferenceNetwork } from "../classifiers/classifier.ts";
import type { TrainedClassifier } from "./trained_classifier.ts";

/**
 * Makes a trained classifier ready for images. Weights and statistics come from a checkpoint: that they do not belong
 * together is its fault, not the caller's.
 *
 * @param trained Classifier and statistics.
 * @param options Size of the images, and whether each has its own trajectory.
 * @returns The network; the caller disposes of it.
 * @throws {CheckpointError} if a layer has no statistics, or those of another.
 */
export async function prepareNetwork(
  trained: Pick<TrainedClassifier, "classifier" | "statistics">,
  options: Parameters<Classifier["prepare"]>[1],
): Promise<InferenceNetwork> {
  try {
    return await trained.classifier.prepare(trained.statistics, options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CheckpointError(
      `Cannot use the model: its batch-norm statistics do not fit it (${error.message}); use another checkpoint`,
      { cause: error },
    );
  }
}
