import * as tf from "@tensorflow/tfjs-core";
import { floatType, nativeBackend } from "../native_operation.ts";

/** 1 where a tensor is positive and, for ReLU6, below its ceiling; otherwise 0. */
function passes(output: tf.Tensor, ceiling: number): tf.Tensor {
  const positive = tf.step(output);
  return ceiling === Infinity
    ? positive
    : tf.mul(positive, tf.cast(tf.less(output, ceiling), "float32"));
}

/**
 * Gradient of a rectifier from its output, which the next layer keeps anyway. TensorFlow.js keeps the input and computes
 * the step function, which takes the native backend twenty times as long as its own gradient operation.
 */
function rectifierGradient(kernelName: string, ceiling: number): tf.GradConfig {
  return {
    kernelName,
    outputsToSave: [true],
    gradFunc: (dy, saved) => {
      const gradient = dy as tf.Tensor;
      const output = saved[0]!;
      const native = nativeBackend();
      return {
        x: () =>
          native === null
            ? tf.mul(gradient, passes(output, ceiling))
            : native.executeMultipleOutputs(
              `${kernelName}Grad`,
              [floatType(native)],
              [gradient, output],
              1,
            )[0]!,
      };
    },
  };
}

/** Repeats the gradient of a reduction along the axes that were reduced. */
function repeatAlong(dy: tf.Tensor, shape: number[], axes: readonly number[]): tf.Tensor {
  const kept = shape.map((length, axis) => axes.includes(axis) ? 1 : length);
  // By adding zeros: `tf.tile` takes WASM a hundred times as long.
  return tf.add(tf.reshape(dy, kept), tf.fill(shape, 0));
}

/** Gradient of a sum or mean by repetition. TensorFlow.js multiplies with ones that it makes one by one in JavaScript. */
function reductionGradient(kernelName: "Sum" | "Mean"): tf.GradConfig {
  return {
    kernelName,
    // Only the shape is wanted, but a gradient function is not told it in another way.
    inputsToSave: ["x"],
    gradFunc: (dy, saved, attributes) => {
      const { shape } = saved[0]!;
      const axes = tf.util.parseAxisParam(attributes["axis"] as number | number[], shape);
      const count = axes.reduce((product, axis) => product * shape[axis]!, 1);
      return {
        x: () => {
          const gradient = dy as tf.Tensor;
          const share = kernelName === "Mean" ? tf.div(gradient, count) : gradient;
          return repeatAlong(share, shape, axes);
        },
      };
    },
  };
}

/** Gradients of rectifiers, sums and means. Together they were a third of a training step. */
export const LEAN_GRADIENTS: readonly tf.GradConfig[] = [
  rectifierGradient("Relu", Infinity),
  rectifierGradient("Relu6", 6),
  reductionGradient("Sum"),
  reductionGradient("Mean"),
];
