import * as tf from "@tensorflow/tfjs-core";

/** What a gradient is computed from. */
export interface GradientParts {
  /** What the kernel's `keeps` names, in that order. */
  readonly saved: readonly tf.Tensor[];
  /** Attributes of the kernel. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Gradient of a kernel with respect to each of its inputs; a function each, as only what is asked for is computed. */
export type GradientRule = (
  outputGradient: tf.Tensor,
  parts: GradientParts,
) => Record<string, () => tf.Tensor>;

/** What a kernel keeps for its gradient. */
export interface KeptTensors {
  /** Names of inputs. @default none */
  readonly inputs?: readonly string[];
  /** Keeps the inputs that come as a list. @default false */
  readonly list?: boolean;
  /** Keeps the first output. @default false */
  readonly output?: boolean;
}

/**
 * Describes the gradient of a kernel with one output.
 *
 * @param kernelName Name of the kernel in TensorFlow.js.
 * @param keeps What of the forward pass the gradient needs; inputs come before the output.
 * @param rule The gradient.
 * @returns What `tf.registerGradient` takes.
 */
export function gradientOf(
  kernelName: string,
  keeps: KeptTensors,
  rule: GradientRule,
): tf.GradConfig {
  const { inputs = [], list = false, output = false } = keeps;
  return {
    kernelName,
    inputsToSave: [...inputs],
    saveAllInputs: list,
    outputsToSave: output ? [true] : [],
    gradFunc: (dy, saved, attributes) => rule(dy as tf.Tensor, { saved, attributes }),
  };
}

/**
 * Sums a gradient over the axes along which an input was repeated to fit the other one.
 *
 * @param gradient Of the shape of the output.
 * @param shape Shape of the input.
 * @returns Gradient of the shape of the input.
 */
export function sumToShape(gradient: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes([...shape], gradient.shape);
  const summed = axes.length === 0 ? gradient : tf.sum(gradient, axes);
  return tf.reshape(summed, [...shape]);
}

/**
 * Runs a kernel that has no function of its own in TensorFlow.js.
 *
 * @param name Name of the kernel.
 * @param inputs Its inputs by name.
 * @param attributes Its attributes by name.
 * @returns Its output.
 */
export function runKernel(
  name: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Readonly<Record<string, unknown>>,
): tf.Tensor {
  return tf.engine().runKernel(name, { ...inputs }, { ...attributes } as tf.NamedAttrMap);
}
