import * as tf from "@tensorflow/tfjs-core";
import { type AdamFactors, type AdamMoments, nativeAdamMoments } from "../backends/native_adam.ts";
import { zeroVariable } from "../tensors/zero_variable.ts";
import type { ParameterMemory, UpdateStep } from "./parameter_memory.ts";
import type { TrainingConfig } from "./training_config.ts";

/** Hyper-parameters of Adam. */
export type AdamOptions = Pick<TrainingConfig, "beta1" | "beta2" | "epsilon" | "weightDecay">;

/** Moments from operations that every backend has. */
class ComposedMoments implements AdamMoments {
  readonly #first: tf.Variable;
  readonly #second: tf.Variable;

  constructor(shape: number[]) {
    this.#first = zeroVariable(shape);
    this.#second = zeroVariable(shape);
  }

  update(parameter: tf.Variable, gradient: tf.Tensor, factors: AdamFactors): void {
    const { beta1, beta2, epsilon, stepSize, decay } = factors;
    const [first, second] = [this.#first, this.#second];
    tf.tidy(() => {
      first.assign(tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)));
      second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
      const change = tf.div(tf.mul(first, stepSize), tf.add(tf.sqrt(second), epsilon));
      parameter.assign(tf.sub(decay === 1 ? parameter : tf.mul(parameter, decay), change));
    });
  }

  tensors(): [tf.Tensor, tf.Tensor] {
    return [this.#first.clone(), this.#second.clone()];
  }

  assign(first: tf.Tensor, second: tf.Tensor): void {
    this.#first.assign(first);
    this.#second.assign(second);
  }

  dispose(): void {
    this.#first.dispose();
    this.#second.dispose();
  }
}

/**
 * Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019) for one parameter. Bias correction
 * comes from an integer count, so that a restored optimizer continues bit for bit.
 */
export class AdamMemory implements ParameterMemory {
  readonly parts = ["first", "second"] as const;
  readonly #options: AdamOptions;
  readonly #moments: AdamMoments;

  /**
   * Starts with moments of zero.
   *
   * @param shape Shape of the parameter.
   * @param options Decay rates, epsilon, weight decay.
   */
  constructor(shape: number[], options: AdamOptions) {
    this.#options = options;
    this.#moments = nativeAdamMoments(shape) ?? new ComposedMoments(shape);
  }

  update(
    parameter: tf.Variable,
    gradient: tf.Tensor,
    { learningRate, updates }: UpdateStep,
  ): void {
    const { beta1, beta2, epsilon, weightDecay } = this.#options;
    // lr (m / c1) / (sqrt(v / c2) + eps), with the corrections folded into two numbers.
    const firstCorrection = 1 - beta1 ** updates;
    const rootCorrection = Math.sqrt(1 - beta2 ** updates);
    // Vectors, that is biases and norms, are left alone: pulling them to zero is no regularisation.
    const isDecayed = weightDecay !== 0 && parameter.rank >= 2;
    this.#moments.update(parameter, gradient, {
      ...{ beta1, beta2, epsilon: epsilon * rootCorrection },
      stepSize: (learningRate * rootCorrection) / firstCorrection,
      decay: isDecayed ? 1 - learningRate * weightDecay : 1,
    });
  }

  tensors(): tf.Tensor[] {
    return this.#moments.tensors();
  }

  assign([first, second]: readonly tf.Tensor[]): void {
    this.#moments.assign(first!, second!);
  }

  dispose(): void {
    this.#moments.dispose();
  }
}
