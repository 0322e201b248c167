import * as tf from "@tensorflow/tfjs-core";
import type { ParameterSet, TensorValues } from "../tensors/parameter_set.ts";
import type { TrainingConfig } from "./training_config.ts";

/** Hyper-parameters of Adam. */
export type AdamOptions = Pick<TrainingConfig, "beta1" | "beta2" | "epsilon" | "weightDecay">;

/** The optimizer's memory, as it is stored. */
export interface AdamState {
  /** `<parameter>.first` and `<parameter>.second`. */
  readonly moments: ReadonlyMap<string, TensorValues>;
  /** Updates that each parameter has had; drives its bias correction. */
  readonly updates: Readonly<Record<string, number>>;
}

interface Moments {
  readonly first: tf.Variable;
  readonly second: tf.Variable;
  updates: number;
}

/** The variable copies its initial value, which has to be freed. */
function zeroVariable(shape: number[]): tf.Variable {
  const zeros = tf.zeros(shape);
  const variable = tf.variable(zeros, false);
  zeros.dispose();
  return variable;
}

/**
 * Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019). Bias correction comes
 * from an integer count kept per parameter, so that a restored optimizer continues bit for bit, and a
 * parameter that a level does not use keeps its moments and its count.
 */
export class Adam {
  readonly #parameters: ParameterSet;
  readonly #options: AdamOptions;
  readonly #moments = new Map<string, Moments>();

  /**
   * Starts with moments of zero.
   *
   * @param parameters What is optimised.
   * @param options Decay rates, epsilon, weight decay.
   */
  constructor(parameters: ParameterSet, options: AdamOptions) {
    this.#parameters = parameters;
    this.#options = options;
    for (const [name, variable] of parameters.entries) {
      this.#moments.set(name, {
        first: zeroVariable(variable.shape),
        second: zeroVariable(variable.shape),
        updates: 0,
      });
    }
  }

  /**
   * Makes one update in place.
   *
   * @param gradients Gradient by parameter name; parameters without one stay as they are. Not disposed.
   * @param learningRate Rate of this step, >= 0.
   * @param gradientFactor Multiplies every gradient (clipping).
   */
  update(
    gradients: ReadonlyMap<string, tf.Tensor>,
    learningRate: number,
    gradientFactor = 1,
  ): void {
    for (const [name, gradient] of gradients) {
      tf.tidy(() => {
        const scaled = gradientFactor === 1 ? gradient : tf.mul(gradient, gradientFactor);
        this.#updateOne(name, scaled, learningRate);
      });
    }
  }

  /** Reads the memory from the device. */
  async read(): Promise<AdamState> {
    const moments = new Map<string, TensorValues>();
    const updates: Record<string, number> = {};
    for (const [name, entry] of this.#moments) {
      for (const part of ["first", "second"] as const) {
        const values = Float32Array.from(await entry[part].data());
        moments.set(`${name}.${part}`, { shape: entry[part].shape, values });
      }
      updates[name] = entry.updates;
    }
    return { moments, updates };
  }

  /**
   * Restores the memory.
   *
   * @param state What `read` returned, for the same parameters.
   * @throws {RangeError} if a parameter's memory is missing, has another shape, or cannot come from updates, or there is other memory.
   */
  write(state: AdamState): void {
    // Earlier versions could average the weights; the parameters that they saved are not those that they trained.
    const foreign = [...state.moments.keys()].find((name) =>
      !this.#moments.has(name.replace(/\.(?:first|second)$/, ""))
    );
    if (foreign !== undefined) {
      throw new RangeError(`Cannot restore Adam: "${foreign}" is the memory of no parameter`);
    }
    for (const [name, entry] of this.#moments) {
      const updates = Object.hasOwn(state.updates, name) ? state.updates[name] : undefined;
      if (updates === undefined || state.moments.get(`${name}.second`)?.values.some((v) => v < 0)) {
        throw new RangeError(
          `Cannot restore Adam: "${name}" must have a number of updates and no negative second moment`,
        );
      }
      for (const part of ["first", "second"] as const) {
        const stored = state.moments.get(`${name}.${part}`);
        if (stored === undefined || stored.shape.join() !== entry[part].shape.join()) {
          throw new RangeError(
            `Cannot restore Adam: ${part} moment of "${name}" must have shape [${
              entry[part].shape
            }], current value is ${stored === undefined ? "missing" : `[${stored.shape}]`}`,
          );
        }
        const value: tf.Tensor = tf.tensor(stored.values.slice(), entry[part].shape, "float32");
        entry[part].assign(value);
        value.dispose();
      }
      entry.updates = updates;
    }
  }

  /** Frees the moments. */
  dispose(): void {
    for (const { first, second } of this.#moments.values()) {
      first.dispose();
      second.dispose();
    }
    this.#moments.clear();
  }

  #updateOne(name: string, gradient: tf.Tensor, learningRate: number): void {
    const { beta1, beta2, epsilon, weightDecay } = this.#options;
    const variable = this.#parameters.get(name);
    const entry = this.#moments.get(name)!;
    entry.updates += 1;
    entry.first.assign(tf.add(tf.mul(entry.first, beta1), tf.mul(gradient, 1 - beta1)));
    entry.second.assign(
      tf.add(tf.mul(entry.second, beta2), tf.mul(tf.square(gradient), 1 - beta2)),
    );
    // lr (m / c1) / (sqrt(v / c2) + eps), with the corrections folded into two numbers.
    const firstCorrection = 1 - beta1 ** entry.updates;
    const rootCorrection = Math.sqrt(1 - beta2 ** entry.updates);
    const denominator = tf.add(tf.sqrt(entry.second), epsilon * rootCorrection);
    const stepSize = (learningRate * rootCorrection) / firstCorrection;
    // Biases and norms are left alone: pulling them to zero is no regularisation.
    const decayed = weightDecay === 0 || variable.rank < 2
      ? variable
      : tf.mul(variable, 1 - learningRate * weightDecay);
    variable.assign(tf.sub(decayed, tf.div(tf.mul(entry.first, stepSize), denominator)));
  }
}
