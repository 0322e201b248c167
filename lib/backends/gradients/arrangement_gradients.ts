import * as tf from "@tensorflow/tfjs-core";
import { gradientOf, type GradientParts, runKernel } from "./gradient.ts";

/** Gradient of an operation that puts the numbers of its one input elsewhere. */
function moves(
  kernelName: string,
  back: (gradient: tf.Tensor, shape: number[], parts: GradientParts) => tf.Tensor,
  input = "x",
): tf.GradConfig {
  return gradientOf(kernelName, { inputs: [input] }, (gradient, parts) => ({
    [input]: () => back(gradient, parts.saved[0]!.shape, parts),
  }));
}

function inverseOf(permutation: readonly number[]): number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}

/** What the axes of the parts add up to is cut apart again. */
const concat = gradientOf("Concat", { list: true }, (gradient, { saved, attributes }) => {
  const axis = tf.util.parseAxisParam(attributes["axis"] as number, saved[0]!.shape)[0]!;
  const lengths = saved.map(({ shape }) => shape[axis]!);
  const parts = tf.split(gradient, lengths, axis);
  return Object.fromEntries(parts.map((part, index) => [String(index), () => part]));
});

const pack = gradientOf("Pack", { list: true }, (gradient, { attributes }) => {
  const parts = tf.unstack(gradient, attributes["axis"] as number);
  return Object.fromEntries(parts.map((part, index) => [String(index), () => part]));
});

/** Operations with several outputs have a gradient for each. */
function severalOutputs(
  kernelName: string,
  input: string,
  join: (gradients: tf.Tensor[], axis: number) => tf.Tensor,
): tf.GradConfig {
  return {
    kernelName,
    gradFunc: (gradients, _saved, attributes) => ({
      [input]: () => join(gradients as tf.Tensor[], attributes["axis"] as number),
    }),
  };
}

/** Rows that were taken several times get the sum; the gathered axis is brought to the front for it. */
const gather = gradientOf(
  "GatherV2",
  { inputs: ["x", "indices"] },
  (gradient, { saved: [x, indices], attributes }) => ({
    x: () => {
      if (((attributes["batchDims"] as number | undefined) ?? 0) !== 0) {
        throw new RangeError("Cannot differentiate a gather within the rows of a batch");
      }
      const axis = tf.util.parseAxisParam(attributes["axis"] as number, x!.shape)[0]!;
      const count = indices!.size;
      const shape = x!.shape;
      // [before.., indices.., after..] with the indices as one axis in front.
      const flat = tf.reshape(gradient, [...shape.slice(0, axis), count, ...shape.slice(axis + 1)]);
      const toFront = [axis, ...shape.keys().filter((other) => other !== axis)];
      const sums = runKernel("UnsortedSegmentSum", {
        x: tf.transpose(flat, toFront),
        segmentIds: tf.reshape(indices!, [count]),
      }, { numSegments: shape[axis]! });
      return tf.transpose(sums, inverseOf(toFront));
    },
  }),
);

/** Gradients of what moves numbers without changing them. */
export const ARRANGEMENT_GRADIENTS: readonly tf.GradConfig[] = [
  moves("Reshape", (gradient, shape) => tf.reshape(gradient, shape)),
  moves("ExpandDims", (gradient, shape) => tf.reshape(gradient, shape), "input"),
  moves(
    "Transpose",
    (gradient, _shape, { attributes }) =>
      tf.transpose(gradient, inverseOf(attributes["perm"] as number[])),
  ),
  moves(
    "Reverse",
    (gradient, shape, { attributes }) =>
      tf.reverse(gradient, tf.util.parseAxisParam(attributes["dims"] as number[], shape)),
  ),
  moves("Slice", (gradient, shape, { attributes }) => {
    // A number, or fewer than there are axes: the rest begin at 0.
    const begin = [attributes["begin"] as number | number[]].flat();
    const margins = shape.map((length, axis) => {
      const before = begin[axis] ?? 0;
      return [before, length - before - gradient.shape[axis]!] as [number, number];
    });
    return tf.pad(gradient, margins);
  }),
  moves("PadV2", (gradient, shape, { attributes }) => {
    const margins = attributes["paddings"] as [number, number][];
    return tf.slice(gradient, margins.map(([before]) => before), shape);
  }),
  concat,
  pack,
  gather,
  severalOutputs("SplitV", "x", (gradients, axis) => tf.concat(gradients, axis)),
  severalOutputs("Unpack", "value", (gradients, axis) => tf.stack(gradients, axis)),
];
