import * as tf from "@tensorflow/tfjs-core";
import { batchNormOfBatch } from "../layers/batch_norm.ts";
import { constantValues, uniformFanIn } from "../tensors/initial_values.ts";
import type { ParameterSet } from "../tensors/parameter_set.ts";

/** Side of the depthwise kernel of the dynamics, whatever the side of the generated kernels. */
const DEPTHWISE_SIZE = 3;

/** What the names of the parameters begin with. */
const PREFIX = "puppeteer.";

/**
 * The learned vector field f_theta of dK/ds = f_theta(K) (Eq. 1): depthwise 3x3 with bias, batch norm,
 * ReLU, pointwise 1x1 with bias, batch norm. It has C^2 + 15 C parameters, which all fourteen figures of
 * Table 7 confirm; the order of the parts is our choice.
 *
 * The state is one image of C channels, height C and width taps: `[1, C_in, taps, C_out]`. Both norms use
 * the statistics of the current state, in training and in evaluation: running averages would mix the states
 * of different steps. They also remove both convolution biases from the result, whatever their values: the biases
 * are kept because the published size counts them, and are not computed with.
 */
export class Dynamics {
  readonly #parameters: ParameterSet;

  /**
   * Adds the parameters of the dynamics to a set.
   *
   * @param parameters Receives `puppeteer.depthwise.*`, `.norm1.*`, `.pointwise.*`, `.norm2.*`.
   * @param options C, and the seed of the initial weights.
   */
  constructor(
    parameters: ParameterSet,
    options: { readonly channels: number; readonly seed: number },
  ) {
    this.#parameters = parameters;
    const { channels, seed } = options;
    const addUniform = (part: string, shape: number[], fanIn: number) => {
      const name = `${PREFIX}${part}`;
      parameters.add(name, uniformFanIn(shape, { fanIn, seed, name }));
    };
    const addNorm = (part: string) => {
      parameters.add(`${PREFIX}${part}.scale`, constantValues([channels], 1));
      parameters.add(`${PREFIX}${part}.offset`, constantValues([channels], 0));
    };
    const depthwiseTaps = DEPTHWISE_SIZE * DEPTHWISE_SIZE;
    addUniform("depthwise.weights", [DEPTHWISE_SIZE, DEPTHWISE_SIZE, channels, 1], depthwiseTaps);
    addUniform("depthwise.bias", [channels], depthwiseTaps);
    addNorm("norm1");
    addUniform("pointwise.weights", [channels, channels], channels);
    addUniform("pointwise.bias", [channels], channels);
    addNorm("norm2");
  }

  /** The variables that a state's rate of change depends on: all but the two biases. */
  get weights(): tf.Variable[] {
    const names = ["depthwise.weights", "pointwise.weights"].concat(
      ["norm1", "norm2"].flatMap((norm) => [`${norm}.scale`, `${norm}.offset`]),
    );
    return names.map((name) => this.#get(name));
  }

  /**
   * Rate of change of a state, times a factor, which costs nothing: the last norm multiplies by it.
   *
   * @param state K, `[1, C_in, taps, C_out]`, float32.
   * @param factor Usually the step size.
   * @returns factor * f_theta(K), same shape.
   */
  apply(state: tf.Tensor4D, factor = 1): tf.Tensor4D {
    // What the gradient needs is kept by the tape; the rest, a third of the memory, is freed here.
    return tf.tidy(() => this.#apply(state, factor));
  }

  #apply(state: tf.Tensor4D, factor: number): tf.Tensor4D {
    const [, height, width, channels] = state.shape;
    const depthwise = tf.depthwiseConv2d(
      state,
      this.#get<tf.Rank.R4>("depthwise.weights"),
      1,
      "same",
    );
    const [scale, offset] = this.#affine("norm1");
    const hidden = batchNormOfBatch(depthwise, scale, offset, "relu");
    const rows = tf.reshape(hidden, [height * width, channels]);
    const mixed = tf.matMul(rows, this.#get<tf.Rank.R2>("pointwise.weights"));
    const [lastScale, lastOffset] = this.#affine("norm2");
    return batchNormOfBatch(
      tf.reshape(mixed, [1, height, width, channels]),
      tf.mul(lastScale, factor),
      tf.mul(lastOffset, factor),
    );
  }

  #get<R extends tf.Rank>(part: string): tf.Variable<R> {
    return this.#parameters.get<R>(`${PREFIX}${part}`);
  }

  /** Scale and offset of a norm, `[channels]` each. */
  #affine(part: string): [tf.Tensor1D, tf.Tensor1D] {
    return [this.#get<tf.Rank.R1>(`${part}.scale`), this.#get<tf.Rank.R1>(`${part}.offset`)];
  }
}
