import { classifyDataset } from "../evaluation/evaluate.ts";
import type { ImageDataset } from "../datasets/dataset.ts";
import type { EvaluationOptions } from "../evaluation/evaluate.ts";
import type { TrainedClassifier } from "../evaluation/trained_classifier.ts";
import type { InferenceNetwork } from "../classifiers/classifier.ts";

/** What a trained model said of every image, column by column. */
export interface TrainedImages {
  /** Most probable class, an index into the class names. */
  readonly predicted: Uint16Array;
  /** 1 where it is the true one, otherwise 0. */
  readonly right: Uint8Array;
  /** Largest softmax value, 0..1. */
  readonly confidence: Float64Array;
  /** Cross-entropy in nats. */
  readonly loss: Float64Array;
  /** Multiply-adds of the work done for the image. */
  readonly multiplyAdds: Float64Array;
}

/**
 * What logits say, in double precision.
 *
 * @param logits `[classes]`.
 * @param label The true class.
 * @returns Most probable class, its probability, and the cross-entropy of the true class in nats.
 */
export function judge(
  logits: ArrayLike<number>,
  label: number,
): { readonly predicted: number; readonly confidence: number; readonly loss: number } {
  let predicted = 0;
  for (let index = 1; index < logits.length; index++) {
    // Of equal logits the lower index wins, as in ClassificationMetrics.
    if (logits[index]! > logits[predicted]!) predicted = index;
  }
  const largest = logits[predicted]!;
  let sum = 0;
  for (let index = 0; index < logits.length; index++) sum += Math.exp(logits[index]! - largest);
  return { predicted, confidence: 1 / sum, loss: largest + Math.log(sum) - logits[label]! };
}

/**
 * Classifies every image and keeps a few numbers of each.
 *
 * @param trained Classifier with statistics.
 * @param dataset Images with labels.
 * @param options Batch size, the network to use, and a level if all images take the same.
 * @returns One number per image and column, in the order of the dataset.
 */
export async function classifyImages(
  trained: TrainedClassifier,
  dataset: ImageDataset,
  options: EvaluationOptions & { readonly network: InferenceNetwork },
): Promise<TrainedImages> {
  const images: TrainedImages = {
    predicted: new Uint16Array(dataset.length),
    right: new Uint8Array(dataset.length),
    confidence: new Float64Array(dataset.length),
    loss: new Float64Array(dataset.length),
    multiplyAdds: new Float64Array(dataset.length),
  };
  for await (const { index, logits, multiplyAdds } of classifyDataset(trained, dataset, options)) {
    const label = dataset.labels[index]!;
    const { predicted, confidence, loss } = judge(logits, label);
    images.predicted[index] = predicted;
    images.right[index] = predicted === label ? 1 : 0;
    images.confidence[index] = confidence;
    images.loss[index] = loss;
    images.multiplyAdds[index] = multiplyAdds;
  }
  return images;
}
