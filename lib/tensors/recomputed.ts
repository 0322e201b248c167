import * as tf from "@tensorflow/tfjs-core";

/** The part of TensorFlow.js's engine state that a nested gradient would overwrite. */
interface TapeState {
  activeTape: readonly { readonly saved: readonly tf.Tensor[] }[] | null;
}

/**
 * Gradient inside a gradient function. TensorFlow.js drops its tape when a nested gradient ends, and the
 * outer gradient then fails on it: the tape is put back.
 *
 * @param compute The function, of the sources and of nothing else that needs a gradient.
 * @param sources Where the gradient is wanted.
 * @param outputGradient Gradient of the function's value.
 * @returns One gradient per source; zeros where the function does not use it.
 */
export function nestedGradients(
  compute: () => tf.Tensor,
  sources: tf.Tensor[],
  outputGradient: tf.Tensor,
): tf.Tensor[] {
  const state = tf.engine().state as unknown as TapeState;
  const tape = state.activeTape;
  try {
    const { grads } = tf.engine().gradients(compute, sources, outputGradient, true);
    return grads.map((gradient, index) => gradient ?? tf.zerosLike(sources[index]!));
  } catch (error) {
    // TensorFlow.js frees what it kept for the gradient only where that is found.
    if (state.activeTape !== tape) state.activeTape?.forEach(({ saved }) => tf.dispose([...saved]));
    throw error;
  } finally {
    state.activeTape = tape;
  }
}

/**
 * Applies a function without keeping its intermediate values for the gradient, which computes them again
 * (activation checkpointing: Chen et al., "Training deep nets with sublinear memory cost", 2016).
 *
 * @param compute The function; may use `weights` through closures.
 * @param input Its argument.
 * @param weights Variables that the function uses and whose gradient is wanted.
 * @returns compute(input), with the same gradient.
 */
export function recomputed<Input extends tf.Tensor, Output extends tf.Tensor>(
  compute: (input: Input) => Output,
  input: Input,
  weights: readonly tf.Variable[],
): Output {
  const operation = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const source = inputs[0] as Input;
    const save = inputs[inputs.length - 1] as tf.GradSaveFunc;
    save([source]);
    return {
      value: compute(source),
      gradFunc: (outputGradient: tf.Tensor, saved: tf.Tensor[]) => {
        const again = saved[0] as Input;
        return nestedGradients(() => compute(again), [again, ...weights], outputGradient);
      },
    };
  });
  return operation(input, ...weights) as Output;
}
