import * as tf from "@tensorflow/tfjs-core";
import { AdamMemory, type AdamOptions } from "./adam.ts";
import { MuonMemory, suitsMuon } from "./muon.ts";
import {
  misfitOf,
  type ParameterSet,
  takeValues,
  type TensorValues,
} from "../tensors/parameter_set.ts";
import type { ParameterMemory } from "./parameter_memory.ts";
import type { TrainingConfig } from "./training_config.ts";

/** Which optimizer, and its hyper-parameters. */
export type OptimizerOptions = AdamOptions & Partial<Pick<TrainingConfig, "optimizer">>;

/** The optimizer's memory, as it is stored. */
export interface OptimizerState {
  /** `<parameter>.first`, and `<parameter>.second` where Adam updates the parameter. */
  readonly moments: ReadonlyMap<string, TensorValues>;
  /** Updates that each parameter has had; drives Adam's bias correction. */
  readonly updates: Readonly<Record<string, number>>;
}

interface Entry {
  readonly memory: ParameterMemory;
  readonly shape: number[];
  updates: number;
}

/**
 * Updates the parameters of a model: by Adam, or the matrices that `suitsMuon` names by Muon and the rest by Adam. A
 * parameter that a level does not use keeps its memory and its count.
 */
export class Optimizer {
  readonly #parameters: ParameterSet;
  readonly #entries = new Map<string, Entry>();

  /**
   * Starts with an empty memory.
   *
   * @param parameters What is optimised.
   * @param options Adam without `optimizer`; decay rates, epsilon, weight decay.
   */
  constructor(parameters: ParameterSet, options: OptimizerOptions) {
    this.#parameters = parameters;
    for (const [name, { shape }] of parameters.entries) {
      const memory = options.optimizer === "muon" && suitsMuon(name, shape)
        ? new MuonMemory(shape, options)
        : new AdamMemory(shape, options);
      this.#entries.set(name, { memory, shape, updates: 0 });
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
  async read(): Promise<OptimizerState> {
    const moments = new Map<string, TensorValues>();
    const updates: Record<string, number> = {};
    for (const [name, entry] of this.#entries) {
      const { memory } = entry;
      for (const [index, values] of (await takeValues(memory.tensors())).entries()) {
        moments.set(`${name}.${memory.parts[index]}`, values);
      }
      updates[name] = entry.updates;
    }
    return { moments, updates };
  }

  /**
   * Restores the memory.
   *
   * @param state What `read` returned, for the same parameters.
   * @throws {RangeError} if a parameter's memory is missing, has another shape or length, or cannot come from updates, or
   * there is other memory; nothing is changed then.
   */
  write(state: OptimizerState): void {
    // Earlier versions could average the weights; the parameters that they saved are not those that they trained. And
    // Adam's first moment is no momentum of Muon's.
    const own = new Set(
      [...this.#entries].flatMap(([name, { memory }]) =>
        memory.parts.map((part) => `${name}.${part}`)
      ),
    );
    const foreign = [...state.moments.keys()].find((name) => !own.has(name));
    if (foreign !== undefined) {
      throw new RangeError(
        `Cannot restore the optimizer: "${foreign}" is not what it keeps of a parameter`,
      );
    }
    const found = [...this.#entries].map(([name, entry]) => {
      const updates = Object.hasOwn(state.updates, name) ? state.updates[name]! : NaN;
      const isCount = Number.isSafeInteger(updates) && updates >= 0;
      if (!isCount || state.moments.get(`${name}.second`)?.values.some((v) => v < 0)) {
        throw new RangeError(
          `Cannot restore the optimizer: "${name}" must have a number of updates and no negative second moment`,
        );
      }
      const values = entry.memory.parts.map((part) => {
        const stored = state.moments.get(`${name}.${part}`);
        const misfit = misfitOf(entry.shape, stored);
        if (misfit === null) return stored!.values;
        throw new RangeError(`Cannot restore the optimizer: ${part} moment of "${name}" ${misfit}`);
      });
      return { entry, values, updates };
    });
    for (const { entry, values, updates } of found) {
      tf.tidy(() => {
        entry.memory.assign(values.map((part) => tf.tensor(part.slice(), entry.shape, "float32")));
      });
      entry.updates = updates;
    }
  }

  /** Frees the moments. */
  dispose(): void {
    for (const { memory } of this.#entries.values()) memory.dispose();
    this.#entries.clear();
  }

  #updateOne(name: string, gradient: tf.Tensor, learningRate: number): void {
    const entry = this.#entries.get(name)!;
    entry.updates += 1;
    const { memory, updates } = entry;
    memory.update(this.#parameters.get(name), gradient, { learningRate, updates });
  }
}
