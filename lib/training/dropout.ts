import * as tf from "@tensorflow/tfjs-core";
import { RandomStream } from "../randomness/random_stream.ts";
import type { DropOut } from "../classifiers/classifier.ts";

/** Options of `dropoutOfStep`. */
export interface DropoutOptions {
  /** Share of the inputs of linear layers that are dropped, 0 <= dropout < 1. */
  readonly dropout: number;
  /** Share of the channels of feature maps that are dropped, 0 <= channelDropout < 1. */
  readonly channelDropout: number;
  /** Seed of the run. */
  readonly seed: number;
}

/** Multiplies with 0 or 1 / (1 - rate), drawn for each of `[batch, channels]` and alike at all positions of a map. */
function masked<T extends tf.Tensor>(input: T, rate: number, stream: RandomStream): T {
  const batch = input.shape[0]!;
  const channels = input.shape.at(-1)!;
  const values = new Float32Array(batch * channels);
  for (let index = 0; index < values.length; index++) {
    values[index] = stream.nextFloat() < rate ? 0 : 1 / (1 - rate);
  }
  const places = input.rank === 4 ? [batch, 1, 1, channels] : [batch, channels];
  return tf.mul(input, tf.tensor(values, places)) as T;
}

/**
 * Dropout of one training step: of the inputs of linear layers (Srivastava et al. 2014), and of whole channels of feature
 * maps (Tompson et al. 2015), scaled so that expected values stay. The masks follow from the seed and the step: a resumed
 * training draws the same ones.
 *
 * @param step Number of the step, from 0.
 * @param options Rates and seed.
 * @returns What a forward pass needs; `undefined` if nothing is dropped.
 */
export function dropoutOfStep(step: number, options: DropoutOptions): DropOut | undefined {
  const { dropout, channelDropout, seed } = options;
  if (dropout === 0 && channelDropout === 0) return undefined;
  const stream = new RandomStream(seed, "dropout", step);
  return {
    vectors: (input) => dropout === 0 ? input : masked(input, dropout, stream),
    maps: (input) => channelDropout === 0 ? input : masked(input, channelDropout, stream),
  };
}
