import * as tf from "@tensorflow/tfjs-core";
import { type AdamFactors, type AdamMoments, nativeAdamMoments } from "../backends/native_adam.ts";
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

/** Both moments, as their names end. */
const PARTS = ["first", "second"] as const;

interface Memory {
  readonly moments: AdamMoments;
  readonly shape: number[];
  updates: number;
}

/** The variable copies its initial value, which has to be freed. */
function zeroVariable(shape: number[]): tf.Variable {
  const zeros = tf.zeros(shape);
  const variable = tf.variable(zeros, false);
  zeros.dispose();
  return variable;
}

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
 * Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019). Bias correction comes
 * from an integer count kept per parameter, so that a restored optimizer continues bit for bit, and a
 * parameter that a level does not use keeps its moments and its count.
 */
export class Adam {
  readonly #parameters: ParameterSet;
  readonly #options: AdamOptions;
  readonly #memory = new Map<string, Memory>();

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
      const { shape } = variable;
      const moments = nativeAdamMoments(shape) ?? new ComposedMoments(shape);
      this.#memory.set(name, { moments, shape, updates: 0 });
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
    for (const [name, entry] of this.#memory) {
      const { shape } = entry;
      for (const [index, tensor] of entry.moments.tensors().entries()) {
        const values = Float32Array.from(await tensor.data());
        moments.set(`${name}.${PARTS[index]}`, { shape, values });
        tensor.dispose();
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
      !this.#memory.has(name.replace(/\.(?:first|second)$/, ""))
    );
    if (foreign !== undefined) {
      throw new RangeError(`Cannot restore Adam: "${foreign}" is the memory of no parameter`);
    }
    for (const [name, entry] of this.#memory) {
      const updates = Object.hasOwn(state.updates, name) ? state.updates[name] : undefined;
      if (updates === undefined || state.moments.get(`${name}.second`)?.values.some((v) => v < 0)) {
        throw new RangeError(
          `Cannot restore Adam: "${name}" must have a number of updates and no negative second moment`,
        );
      }
      const values = PARTS.map((part) => {
        const stored = state.moments.get(`${name}.${part}`);
        if (stored !== undefined && stored.shape.join() === entry.shape.join()) {
          return stored.values;
        }
        throw new RangeError(
          `Cannot restore Adam: ${part} moment of "${name}" must have shape [${entry.shape}], current value is ${
            stored === undefined ? "missing" : `[${stored.shape}]`
          }`,
        );
      });
      tf.tidy(() => {
        const make = (part: number): tf.Tensor =>
          tf.tensor(values[part]!.slice(), entry.shape, "float32");
        entry.moments.assign(make(0), make(1));
      });
      entry.updates = updates;
    }
  }

  /** Frees the moments. */
  dispose(): void {
    for (const { moments } of this.#memory.values()) moments.dispose();
    this.#memory.clear();
  }

  #updateOne(name: string, gradient: tf.Tensor, learningRate: number): void {
    const { beta1, beta2, epsilon, weightDecay } = this.#options;
    const parameter = this.#parameters.get(name);
    const entry = this.#memory.get(name)!;
    entry.updates += 1;
    // lr (m / c1) / (sqrt(v / c2) + eps), with the corrections folded into two numbers.
    const firstCorrection = 1 - beta1 ** entry.updates;
    const rootCorrection = Math.sqrt(1 - beta2 ** entry.updates);
    // Biases and norms are left alone: pulling them to zero is no regularisation.
    const isDecayed = weightDecay !== 0 && parameter.rank >= 2;
    entry.moments.update(parameter, gradient, {
      ...{ beta1, beta2, epsilon: epsilon * rootCorrection },
      stepSize: (learningRate * rootCorrection) / firstCorrection,
      decay: isDecayed ? 1 - learningRate * weightDecay : 1,
    });
  }
}
