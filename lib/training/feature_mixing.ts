import * as tf from "@tensorflow/tfjs-core";
import { RandomStream } from "../randomness/random_stream.ts";
import type { FeatureMixing } from "../classifiers/classifier.ts";

/** Options of `mixingOfStep`. */
export interface FeatureMixingOptions {
  /** Share of the steps that mix, 0..1. */
  readonly featureMixing: number;
  /** Seed of the run. */
  readonly seed: number;
}

/**
 * Mixing of feature maps in one training step (manifold mixup; Verma et al. 2019): at one place in the first half of the
 * network, behind its first layer, every image's maps become `weight` of its own and the rest of another image's, and
 * the loss is divided among both classes alike. The images themselves are not touched. The other image is the one at
 * the mirrored position of the batch, whose order is random. Share and place follow from the seed and the step: a resumed
 * training draws the same ones.
 *
 * @param step Number of the step, from 0.
 * @param options Share of the steps that mix, and seed.
 * @returns What a forward pass and the loss need; `undefined` if this step does not mix.
 */
export function mixingOfStep(
  step: number,
  options: FeatureMixingOptions,
): FeatureMixing | undefined {
  const { featureMixing, seed } = options;
  const stream = new RandomStream(seed, "feature-mixing", step);
  if (stream.nextFloat() >= featureMixing) return undefined;
  const weight = stream.nextFloat();
  const position = stream.nextFloat();
  return {
    weight,
    maps: (input, place, places) => {
      if (place !== Math.floor((position * places) / 2)) return input;
      return tf.tidy(() =>
        tf.add<tf.Tensor4D>(tf.mul(input, weight), tf.mul(tf.reverse(input, 0), 1 - weight))
      );
    },
  };
}
