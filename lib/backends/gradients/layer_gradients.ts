import * as tf from "@tensorflow/tfjs-core";
import { avx2Gradients } from "../native_avx2.ts";
import { nativeMaxPoolGradient, type PoolWindows } from "../native_max_pool.ts";
import { gradientOf, type GradientParts, runKernel } from "./gradient.ts";

/** TensorFlow.js's kernels for the gradients of a convolution do not spread the filter. */
function requireDense({ attributes }: GradientParts, what: string): void {
  const dilations = [attributes["dilations"] ?? 1].flat();
  if (dilations.every((dilation) => dilation === 1)) return;
  throw new RangeError(
    `Cannot differentiate a ${what} with dilations: they must be 1, current value is ${dilations}`,
  );
}

function convolutionGradient(depthwise: boolean): tf.GradConfig {
  const kernel = depthwise ? "DepthwiseConv2dNative" : "Conv2D";
  const backprop = depthwise ? "DepthwiseConv2dNativeBackprop" : "Conv2DBackprop";
  return gradientOf(kernel, { inputs: ["x", "filter"] }, (dy, parts) => {
    requireDense(parts, depthwise ? "depthwise convolution" : "convolution");
    const [x, filter] = parts.saved as [tf.Tensor, tf.Tensor];
    const { strides, pad, dilations, dimRoundingMode } = parts.attributes;
    const dataFormat = parts.attributes["dataFormat"] ?? "NHWC";
    const shared = { strides, pad, dilations, dimRoundingMode, dataFormat };
    return {
      x: () => runKernel(`${backprop}Input`, { dy, filter }, { ...shared, inputShape: x.shape }),
      filter: () => {
        const options = { ...shared, filterShape: filter.shape };
        const native = depthwise ? null : avx2Gradients()?.filterGradient(x, dy, options);
        return native ?? runKernel(`${backprop}Filter`, { x, dy }, options);
      },
    };
  });
}

const averagePool = gradientOf("AvgPool", { inputs: ["x"] }, (dy, { saved: [x], attributes }) => ({
  x: () => {
    const { filterSize, strides, pad } = attributes;
    return runKernel("AvgPoolGrad", { dy, input: x! }, { filterSize, strides, pad });
  },
}));

const maxPool = gradientOf(
  "MaxPool",
  { inputs: ["x"], output: true },
  (dy, { saved: [input, output], attributes }) => ({
    x: () => {
      const { filterSize, strides, pad, dimRoundingMode } = attributes;
      const native = typeof pad === "string" ? nativeMaxPoolGradient() : null;
      if (native !== null) {
        const windows = { filterSize, strides, pad } as PoolWindows;
        return native(dy, { input: input!, output: output! }, windows);
      }
      const options = { filterSize, strides, pad, dimRoundingMode };
      return runKernel("MaxPoolGrad", { dy, input: input!, output: output! }, options);
    },
  }),
);

/** With C = A B: dA = dC B^T and dB = A^T dC; turned operands turn their gradients. */
const matrixProduct = gradientOf(
  "BatchMatMul",
  { inputs: ["a", "b"] },
  (dy, { saved: [a, b], attributes }) => {
    const turnedA = attributes["transposeA"] === true;
    const turnedB = attributes["transposeB"] === true;
    return {
      a: () => turnedA ? tf.matMul(b!, dy, turnedB, true) : tf.matMul(dy, b!, false, !turnedB),
      b: () => {
        if (turnedB) return tf.matMul(dy, a!, true, turnedA);
        const native = turnedA ? null : avx2Gradients()?.turnedProduct(a!, dy);
        return native ?? tf.matMul(a!, dy, !turnedA, false);
      },
    };
  },
);

function sumOfChannels(maps: tf.Tensor, like: tf.Tensor): tf.Tensor {
  if (like.rank !== 1) return maps;
  return tf.sum(maps, [...maps.shape.keys()].slice(0, -1));
}

/** Batch norm with given moments: y = (x - mean) r scale + offset, r = (variance + epsilon)^(-1/2). */
const batchNorm = gradientOf(
  "FusedBatchNorm",
  { inputs: ["x", "mean", "variance", "scale"] },
  (dy, { saved, attributes }) => {
    const [x, mean, variance] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    const scale = saved[3] ?? tf.scalar(1);
    const rate = tf.rsqrt(tf.add(variance, attributes["varianceEpsilon"] as number));
    const centred = () => tf.sub(x, mean);
    return {
      x: () => tf.mul(dy, tf.mul(rate, scale)),
      mean: () => tf.mul(sumOfChannels(dy, mean), tf.neg(tf.mul(rate, scale))),
      variance: () => {
        const factor = tf.mul(tf.mul(tf.mul(tf.square(rate), rate), -0.5), scale);
        return tf.mul(sumOfChannels(tf.mul(dy, centred()), mean), factor);
      },
      scale: () => tf.mul(sumOfChannels(tf.mul(dy, centred()), mean), rate),
      offset: () => sumOfChannels(dy, mean),
    };
  },
);

/** Gradients of convolutions, matrix products, poolings and batch norm. */
export const LAYER_GRADIENTS: readonly tf.GradConfig[] = [
  convolutionGradient(false),
  convolutionGradient(true),
  averagePool,
  maxPool,
  matrixProduct,
  batchNorm,
];
