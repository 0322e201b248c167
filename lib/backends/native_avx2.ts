import * as tf from "@tensorflow/tfjs-core";
import { computesInBfloat16, currentMath } from "./bfloat16.ts";
import { floatType, type NativeBackend, onednnOperation } from "./native_operation.ts";
import {
  isSmallFilterGradient,
  SMALL_FILTER_AXES,
  SMALL_FILTER_PADDING,
} from "./small_filter_gradient.ts";

/** How a filter slid over maps, as TensorFlow.js says it. */
export interface FilterSlide {
  /** `[height, width, in, out]`. */
  readonly filterShape: readonly number[];
  /** Along height and width, or both at once. */
  readonly strides: unknown;
  /** "same", or another padding. */
  readonly pad: unknown;
  /** "NHWC", or another layout. */
  readonly dataFormat: unknown;
}

/** Gradients in a form that oneDNN computes faster with AVX2; `null` where its usual form is as fast. */
export interface Avx2Gradients {
  /**
   * A^T B, which is the gradient of a matrix.
   *
   * @param a `[1, k, m]` or `[k, m]`.
   * @param b `[1, k, n]` or `[k, n]`.
   */
  turnedProduct(a: tf.Tensor, b: tf.Tensor): tf.Tensor | null;
  /**
   * The gradient of a convolution's filter.
   *
   * @param x What was convolved, `[images, height, width, in]`.
   * @param dy Gradient of the result, `[images, height, width, out]`.
   * @param slide How the filter slid.
   */
  filterGradient(x: tf.Tensor, dy: tf.Tensor, slide: FilterSlide): tf.Tensor | null;
}

/**
 * With AVX2 oneDNN does not pack the operands of an m x n product where 1/m + 1/n is at least this, and then takes 1.7
 * times as long.
 */
const UNPACKED_FROM = 0.0038;

/** Columns are added by whole lines of 16 numbers. */
const LINE = 16;

/** Multiply-adds below which a copy of an operand costs what it saves. */
const LEAST_WORK = 2 ** 26;

/**
 * How many columns of zeros bring an m x n product over oneDNN's threshold.
 *
 * @param m Rows of the result.
 * @param n Its columns.
 * @param k Length of the sums.
 * @returns 0 where none are needed, where they do not help, and where they cost more than they bring.
 */
export function columnsToAdd(m: number, n: number, k: number): number {
  if (m * n * k < LEAST_WORK || 1 / m + 1 / n < UNPACKED_FROM) return 0;
  const rest = UNPACKED_FROM - 1 / m;
  if (rest <= 0) return 0;
  const wanted = LINE * (Math.floor(1 / rest / LINE) + 1);
  return wanted <= 1.125 * n ? wanted - n : 0;
}

function turnedProduct(a: tf.Tensor, b: tf.Tensor): tf.Tensor | null {
  const [k, n] = b.shape.slice(-2) as [number, number];
  if (a.size !== k * a.shape.at(-1)! || b.size !== k * n) return null;
  const added = columnsToAdd(a.shape.at(-1)!, n, k);
  if (added === 0) return null;
  return tf.tidy(() => {
    const before = b.shape.slice(1).map((): [number, number] => [0, 0]);
    const wide = tf.matMul(a, tf.pad(b, [...before, [0, added]]), true, false);
    return tf.slice(wide, wide.shape.map(() => 0), [...wide.shape.slice(0, -1), n]);
  });
}

function makeGradients(backend: NativeBackend): Avx2Gradients {
  const { TF_ATTR_STRING, TF_ATTR_INT } = backend.binding;
  const attributes = [
    floatType(backend),
    { name: "strides", type: TF_ATTR_INT!, value: [1, 1, 1, 1] },
    { name: "dilations", type: TF_ATTR_INT!, value: [1, 1, 1, 1] },
    { name: "padding", type: TF_ATTR_STRING!, value: "EXPLICIT" },
    { name: "explicit_paddings", type: TF_ATTR_INT!, value: SMALL_FILTER_PADDING },
    { name: "data_format", type: TF_ATTR_STRING!, value: "NHWC" },
  ];
  const filterGradient: Avx2Gradients["filterGradient"] = (x, dy, slide) => {
    const isSame = slide.pad === "same" && slide.dataFormat === "NHWC";
    const strides = [slide.strides].flat() as number[];
    if (!isSmallFilterGradient(x.shape, slide.filterShape, { strides, isSame })) return null;
    return tf.tidy(() => {
      const turned = [
        tf.transpose(x, [...SMALL_FILTER_AXES.input]),
        tf.transpose(dy, [...SMALL_FILTER_AXES.outputGradient]),
      ];
      const [gradient] = backend.executeMultipleOutputs("Conv2D", attributes, turned, 1);
      return tf.transpose(gradient!, [...SMALL_FILTER_AXES.filter]);
    });
  };
  return { turnedProduct, filterGradient };
}

/**
 * The gradients for the current backend, whatever the processor; for a test.
 *
 * @returns `null` where it is not TensorFlow with oneDNN on a processor.
 */
export const onednnGradients: () => Avx2Gradients | null = onednnOperation(
  makeGradients,
  ({ filterGradient }) => {
    const maps: tf.Tensor4D = tf.ones([16, 1, 1, 1]);
    filterGradient(maps, maps, {
      ...{ filterShape: [3, 3, 1, 1], strides: 1, pad: "same", dataFormat: "NHWC" },
    });
  },
);

/**
 * The gradients where they are worth it: float32 on a processor of x86-64 without AVX-512, which is told by oneDNN's having no
 * convolution in bfloat16 for it. (Deno does not let a program read what the system says of the processor.)
 *
 * @returns `null` elsewhere.
 */
export function avx2Gradients(): Avx2Gradients | null {
  if (currentMath() !== "float32" || computesInBfloat16() !== false) return null;
  return onednnGradients();
}
