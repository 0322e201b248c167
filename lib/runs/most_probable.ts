import { probabilities } from "../evaluation/probabilities.ts";
import type { Prediction } from "./run_types.ts";

/**
 * Turns logits into probabilities and takes the largest.
 *
 * @param logits `[classes]`.
 * @param classNames Class names in the order of the labels.
 * @param topK Classes wanted, >= 1.
 * @returns The most probable classes, best first; probability 0..1.
 */
export function mostProbable(
  logits: Float32Array,
  classNames: readonly string[],
  topK: number,
): Prediction["classes"] {
  return [...probabilities(logits)]
    .map((probability, index) => ({ className: classNames[index]!, probability }))
    .sort((left, right) => right.probability - left.probability)
    .slice(0, topK);
}
