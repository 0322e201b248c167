import * as tf from "@tensorflow/tfjs-core";
import { differentiable, forwardOnly, type LayerCase, ONE_OPERATION } from "./layer_case.ts";

const four = (tensor: tf.Tensor) => tensor as tf.Tensor4D;

/** Shapes of convolutions: image, filter, stride. Odd sizes and the sizes of real layers. */
const CONVOLUTIONS = [
  [[4, 32, 32, 3], [3, 3, 3, 64], 1],
  [[4, 16, 16, 64], [3, 3, 64, 64], 1],
  [[2, 9, 7, 5], [3, 3, 5, 11], 1],
  [[2, 17, 17, 16], [3, 3, 16, 24], 2],
  [[2, 16, 16, 32], [1, 1, 32, 48], 1],
  [[2, 16, 16, 32], [1, 1, 32, 48], 2],
  [[2, 16, 16, 3], [7, 7, 3, 16], 2],
  [[2, 16, 16, 8], [5, 5, 8, 8], 1],
] as const;

/** Shapes of depthwise convolutions; the first is the parameter state's. */
const DEPTHWISE = [
  [[1, 64, 9, 64], [3, 3, 64, 1], 1],
  [[4, 16, 16, 32], [3, 3, 32, 1], 1],
  [[2, 17, 17, 24], [3, 3, 24, 1], 2],
] as const;

/** Shapes of max-pools: map, window, stride. */
const POOLS = [[[4, 16, 16, 64], 2, 2], [[2, 17, 15, 8], 2, 2], [[2, 15, 15, 16], 3, 2]] as const;

const MAP = [4, 16, 16, 32] as const;

function convolutions(): LayerCase[] {
  return [
    ...CONVOLUTIONS.map(([image, filter, stride]) =>
      differentiable(
        `convolution ${filter.join("x")} stride ${stride} of ${image.join("x")}`,
        [image, filter],
        (x, w) => tf.conv2d(four(x!), four(w!), stride, "same"),
      )
    ),
    ...DEPTHWISE.map(([image, filter, stride]) =>
      differentiable(
        `depthwise convolution stride ${stride} of ${image.join("x")}`,
        [image, filter],
        (x, w) => tf.depthwiseConv2d(four(x!), four(w!), stride, "same"),
      )
    ),
    ...POOLS.map(([image, size, stride]) =>
      differentiable(
        `max-pool ${size} stride ${stride} of ${image.join("x")}`,
        [image],
        (x) => tf.maxPool(four(x!), size, stride, "valid"),
      )
    ),
    differentiable(
      "average pool 2 of 4x16x16x32",
      [MAP],
      (x) => tf.avgPool(four(x!), 2, 2, "valid"),
    ),
  ];
}

function fused(): LayerCase[] {
  const activations = ["linear", "relu", "relu6"] as const;
  return activations.flatMap((activation) => [
    forwardOnly(
      `fused convolution, bias, ${activation}`,
      [[4, 16, 16, 32], [3, 3, 32, 48], [48]],
      (x, filter, bias) =>
        tf.fused.conv2d({
          ...{ x: four(x!), filter: four(filter!), strides: 1, pad: "same" },
          ...{ bias: bias!, activation },
        }),
    ),
    forwardOnly(
      `fused depthwise convolution, bias, ${activation}`,
      [[4, 16, 16, 32], [3, 3, 32, 1], [32]],
      (x, filter, bias) =>
        tf.fused.depthwiseConv2d({
          ...{ x: four(x!), filter: four(filter!), strides: 1, pad: "same" },
          ...{ bias: bias!, activation },
        }),
    ),
  ]);
}

function elementwise(): LayerCase[] {
  const half = (x: tf.Tensor) => tf.add(tf.abs(x), 0.5);
  return [
    differentiable("ReLU", [MAP], (x) => tf.relu(x!)),
    differentiable("ReLU6", [MAP], (x) => tf.relu6(tf.mul(x!, 4))),
    differentiable("sigmoid", [MAP], (x) => tf.sigmoid(x!)),
    differentiable("softmax", [[64, 40]], (x) => tf.softmax(x!)),
    differentiable("log-softmax", [[64, 40]], (x) => tf.logSoftmax(x!)),
    differentiable("exp, log", [MAP], (x) => tf.log(tf.add(tf.exp(x!), 1))),
    differentiable(
      "square root, reciprocal root",
      [MAP],
      (x) => tf.add(tf.sqrt(half(x!)), tf.rsqrt(half(x!))),
    ),
    differentiable(
      "add, subtract, multiply, divide",
      [MAP, MAP],
      (x, y) => tf.div(tf.mul(tf.add(x!, y!), tf.sub(x!, 2)), half(y!)),
      1e-4,
    ),
    differentiable(
      "channels broadcast",
      [MAP, [32], [32]],
      (x, scale, offset) => tf.add(tf.mul(x!, scale!), offset!),
    ),
    differentiable(
      "minimum, maximum",
      [MAP, MAP],
      (x, y) => tf.add(tf.minimum(x!, y!), tf.maximum(x!, 0.5)),
    ),
    differentiable(
      "square, negate, mean of rows",
      [[64, 512]],
      (x) => tf.neg(tf.mean(tf.square(x!), 1)),
    ),
    differentiable("sum of all", [MAP], (x) => tf.sum(x!)),
    differentiable("mean over height and width", [MAP], (x) => tf.mean(x!, [1, 2])),
  ];
}

function shapes(): LayerCase[] {
  return [
    differentiable(
      "matrix product",
      [[100, 70], [70, 50]],
      (a, b) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D),
    ),
    differentiable(
      "matrix product, transposed",
      [[100, 70], [50, 70]],
      (a, b) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, false, true),
    ),
    differentiable(
      "batched matrix product",
      [[6, 30, 20], [6, 20, 40]],
      (a, b) => tf.matMul(a!, b!),
    ),
    differentiable("concatenate channels", [MAP, MAP], (x, y) => tf.concat([x!, y!], 3)),
    differentiable("split and add", [MAP], (x) => tf.addN(tf.split(x!, 4))),
    differentiable("pad", [MAP], (x) => tf.pad(x!, [[0, 0], [1, 1], [2, 1], [0, 0]])),
    differentiable("transpose", [[9, 48, 64]], (x) => tf.transpose(x!, [1, 0, 2])),
    differentiable(
      "slice and stack",
      [[8, 40, 40]],
      (x) => tf.stack([tf.slice(x!, [0, 0, 0], [4, 40, 40]), tf.slice(x!, [4, 0, 0], [4, 40, 40])]),
    ),
    differentiable(
      "gather rows",
      [[20, 64]],
      (x) => tf.gather(x!, tf.tensor1d([3, 0, 19, 3, 7], "int32")),
    ),
    forwardOnly("reverse", [[40, 50]], (x) => tf.reverse(x!, 0)),
    forwardOnly("largest of rows and its place", [[100, 40]], (x) => [
      tf.max(x!, 1),
      tf.cast(tf.argMax(x!, 1), "float32"),
      ...Object.values(tf.topk(x!, 5)).map((tensor) => tf.cast(tensor, "float32")),
    ]),
    forwardOnly("comparisons", [[50, 60], [50, 60]], (x, y) =>
      [
        ...[tf.greater(x!, y!), tf.greaterEqual(x!, y!), tf.less(x!, y!), tf.lessEqual(x!, y!)],
        ...[tf.equal(tf.step(x!), tf.step(y!)), tf.isFinite(x!), tf.all(tf.isFinite(x!))],
      ].map((tensor) => tf.cast(tensor, "float32"))),
    forwardOnly("one-hot, zeros, fill", [[50, 60]], (x) => [
      tf.cast(tf.oneHot(tf.argMax(x!, 1) as tf.Tensor1D, 60), "float32"),
      tf.add(tf.zerosLike(x!), tf.fill([50, 60], 1.5)),
    ], ONE_OPERATION),
  ];
}

/** Every operation that models and their training use, on sizes that do not fall back to the CPU. */
export function operationCases(): LayerCase[] {
  return [...convolutions(), ...fused(), ...elementwise(), ...shapes()];
}
