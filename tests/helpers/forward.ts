import type * as tf from "@tensorflow/tfjs-core";
import { batchNormOfBatch } from "../../lib/layers/batch_norm.ts";
import type { Classifier, NormSite } from "../../lib/classifiers/classifier.ts";
import type { ComplexityLevel } from "../../lib/puppeteer/complexity_levels.ts";

/** Batch norm as in training: with the statistics of the batch. */
export function normalizeBatch(site: NormSite, input: tf.Tensor4D): tf.Tensor4D {
  return batchNormOfBatch(input, site.scale, site.offset);
}

/** Logits of a training pass, `[batch, classes]`. */
export function trainingLogits(
  classifier: Classifier,
  images: tf.Tensor4D,
  levels: ComplexityLevel | readonly ComplexityLevel[],
): tf.Tensor2D {
  return classifier.forward(images, levels, { normalize: normalizeBatch }).logits;
}
