import type * as tf from "@tensorflow/tfjs-core";

/** Where an update stands. */
export interface UpdateStep {
  /** Rate of this step, >= 0. */
  readonly learningRate: number;
  /** Updates of the parameter, with this one: 1, 2, ... */
  readonly updates: number;
}

/** What an optimizer keeps of one parameter, and how it updates it. */
export interface ParameterMemory {
  /** Names of the tensors that it keeps, each of the parameter's shape. */
  readonly parts: readonly ("first" | "second")[];
  /**
   * Updates the parameter in place.
   *
   * @param parameter The parameter.
   * @param gradient Its gradient. Not disposed.
   * @param step Rate and count.
   */
  update(parameter: tf.Variable, gradient: tf.Tensor, step: UpdateStep): void;
  /** The tensors, in the order of `parts`, for the caller to read and dispose. */
  tensors(): tf.Tensor[];
  /** Replaces the tensors; those given stay the caller's. */
  assign(tensors: readonly tf.Tensor[]): void;
  /** Frees the memory. */
  dispose(): void;
}
