import * as tf from "@tensorflow/tfjs-core";
import type { ParameterSet, TensorValues } from "../tensors/parameter_set.ts";

/** Steps over which the average is young: its decay rises from 0.1 to what was asked for. */
const WARM_UP = 10;

/**
 * Exponential moving average of a model's parameters (Polyak and Juditsky 1992): after step t, counted from 0,
 * average = d average + (1 - d) parameter, where d = min(decay, (1 + t) / (10 + t)), so that the first weights are
 * soon forgotten. Training goes on with the parameters themselves; what is validated, saved as the model and used
 * afterwards is the average.
 */
export class WeightAverage {
  readonly #parameters: ParameterSet;
  readonly #decay: number;
  readonly #averages = new Map<string, tf.Variable>();
  #inUse = false;

  /**
   * Starts with the parameters' current values.
   *
   * @param parameters What is averaged.
   * @param decay Share of the average that stays at a step, 0 < decay < 1; about 1 / (1 - decay) steps count.
   */
  constructor(parameters: ParameterSet, decay: number) {
    this.#parameters = parameters;
    this.#decay = decay;
    for (const [name, variable] of parameters.entries) {
      this.#averages.set(name, tf.variable(variable, false));
    }
  }

  /**
   * Takes the parameters of a step in.
   *
   * @param step Number of the step that was made, from 0.
   */
  update(step: number): void {
    const decay = Math.min(this.#decay, (1 + step) / (WARM_UP + step));
    for (const [name, average] of this.#averages) {
      const value = tf.tidy(() =>
        tf.add(tf.mul(average, decay), tf.mul(this.#parameters.get(name), 1 - decay))
      );
      average.assign(value);
      value.dispose();
    }
  }

  /**
   * Does something while the model's parameters hold the average; within it, further calls change nothing.
   *
   * @param action Uses the model, and must not train it.
   * @returns What the action returns.
   */
  async use<Result>(action: () => Promise<Result>): Promise<Result> {
    if (this.#inUse) return await action();
    this.#exchange();
    this.#inUse = true;
    try {
      return await action();
    } finally {
      this.#inUse = false;
      this.#exchange();
    }
  }

  /** Reads the average from the device, by name of the parameter. */
  async read(): Promise<Map<string, TensorValues>> {
    return await this.use(() => this.#parameters.read());
  }

  /**
   * Replaces the average.
   *
   * @param stored One entry for every parameter, with its shape, and no other.
   * @throws {RangeError} naming the first that is missing, unknown or of another shape; nothing is changed then.
   */
  write(stored: ReadonlyMap<string, TensorValues>): void {
    this.#exchange();
    try {
      this.#parameters.write(stored);
    } finally {
      this.#exchange();
    }
  }

  /** Frees the average. */
  dispose(): void {
    for (const average of this.#averages.values()) average.dispose();
    this.#averages.clear();
  }

  /** No numbers are copied: variables only refer to them. */
  #exchange(): void {
    for (const [name, average] of this.#averages) {
      const parameter = this.#parameters.get(name);
      const held = tf.clone(parameter);
      parameter.assign(average);
      average.assign(held);
      held.dispose();
    }
  }
}
