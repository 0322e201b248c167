import * as tf from "@tensorflow/tfjs-core";
import { gradientOf, sumToShape } from "./gradient.ts";

function isTrue(condition: tf.Tensor): tf.Tensor {
  return tf.cast(condition, "float32");
}

/** Gradient of an operation on two tensors of which one may be repeated to fit the other. */
function binary(
  kernelName: string,
  parts: (
    gradient: tf.Tensor,
    a: tf.Tensor,
    b: tf.Tensor,
  ) => { readonly a: () => tf.Tensor; readonly b: () => tf.Tensor },
): tf.GradConfig {
  return gradientOf(kernelName, { inputs: ["a", "b"] }, (gradient, { saved: [a, b] }) => {
    const of = parts(gradient, a!, b!);
    return { a: () => sumToShape(of.a(), a!.shape), b: () => sumToShape(of.b(), b!.shape) };
  });
}

/** Gradient of a function of single numbers, from its argument. */
function fromInput(
  kernelName: string,
  derivative: (gradient: tf.Tensor, x: tf.Tensor) => tf.Tensor,
): tf.GradConfig {
  return gradientOf(kernelName, { inputs: ["x"] }, (gradient, { saved: [x] }) => ({
    x: () => derivative(gradient, x!),
  }));
}

/** Gradient of a function of single numbers, from its value. */
function fromOutput(
  kernelName: string,
  derivative: (gradient: tf.Tensor, y: tf.Tensor) => tf.Tensor,
): tf.GradConfig {
  return gradientOf(kernelName, { output: true }, (gradient, { saved: [y] }) => ({
    x: () => derivative(gradient, y!),
  }));
}

/** Gradient of a sum of any number of tensors: each one's is that of the sum. */
const sumOfMany = gradientOf(
  "AddN",
  { list: true },
  (gradient, { saved }) =>
    Object.fromEntries(saved.map((_, index) => [String(index), () => tf.clone(gradient)])),
);

/** With s the softmax: ds = s (dy - sum(s dy)). */
const softmax = gradientOf("Softmax", { output: true }, (gradient, { saved: [y] }) => ({
  logits: () => {
    const weighted = tf.mul(gradient, y!);
    return tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), y!));
  },
}));

/** Gradients of what is computed number by number. */
export const ELEMENTWISE_GRADIENTS: readonly tf.GradConfig[] = [
  binary("Add", (dy) => ({ a: () => dy, b: () => dy })),
  binary("Sub", (dy) => ({ a: () => dy, b: () => tf.neg(dy) })),
  binary("Multiply", (dy, a, b) => ({ a: () => tf.mul(dy, b), b: () => tf.mul(dy, a) })),
  binary("RealDiv", (dy, a, b) => ({
    a: () => tf.div(dy, b),
    b: () => tf.neg(tf.div(tf.mul(dy, a), tf.square(b))),
  })),
  binary("Maximum", (dy, a, b) => ({
    a: () => tf.mul(dy, isTrue(tf.greaterEqual(a, b))),
    b: () => tf.mul(dy, isTrue(tf.less(a, b))),
  })),
  binary("Minimum", (dy, a, b) => ({
    a: () => tf.mul(dy, isTrue(tf.lessEqual(a, b))),
    b: () => tf.mul(dy, isTrue(tf.greater(a, b))),
  })),
  sumOfMany,
  softmax,
  fromInput("Abs", (dy, x) => tf.mul(dy, tf.sub(isTrue(tf.greater(x, 0)), isTrue(tf.less(x, 0))))),
  fromInput("Cast", (dy) => tf.cast(dy, "float32")),
  fromInput("Identity", (dy) => tf.clone(dy)),
  fromInput("Log", (dy, x) => tf.div(dy, x)),
  fromInput("Neg", (dy) => tf.neg(dy)),
  fromInput("Sin", (dy, x) => tf.mul(dy, tf.cos(x))),
  fromInput("Square", (dy, x) => tf.mul(dy, tf.mul(x, 2))),
  fromOutput("Exp", (dy, y) => tf.mul(dy, y)),
  // y = x^(-1/2), so dy/dx = -y^3 / 2, and likewise below.
  fromOutput("Rsqrt", (dy, y) => tf.mul(dy, tf.mul(tf.mul(tf.square(y), y), -0.5))),
  fromOutput("Sigmoid", (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y)))),
  fromOutput("Sqrt", (dy, y) => tf.div(dy, tf.mul(y, 2))),
  fromOutput("Tanh", (dy, y) => tf.mul(dy, tf.sub(1, tf.square(y)))),
];
