import * as tf from "@tensorflow/tfjs-core";
import { decodeSafetensors } from "../checkpoints/decode_safetensors.ts";
import { activate } from "../layers/run_layers.ts";
import type { Activation } from "../architectures/layer.ts";

/** A layer as the file describes it. */
interface WrittenLayer {
  readonly kind: string;
  readonly name: string;
  readonly activation?: Activation;
  readonly stride: number;
  readonly size: number;
  readonly groups: number;
  readonly padding: readonly [left: number, right: number, top: number, bottom: number];
  readonly body: readonly WrittenLayer[];
  readonly shortcut: readonly WrittenLayer[];
  readonly branches: readonly (readonly WrittenLayer[])[];
}

type Weights = (name: string) => tf.Tensor | null;

function convolve(layer: WrittenLayer, maps: tf.Tensor4D, weights: Weights): tf.Tensor4D {
  const { name, stride, groups, padding: [left, right, top, bottom] } = layer;
  const padded = tf.pad4d(maps, [[0, 0], [top, bottom], [left, right], [0, 0]]);
  const weight = weights(`${name}.weight`) as tf.Tensor4D;
  const output = groups === 1
    ? tf.conv2d(padded, tf.transpose(weight, [2, 3, 1, 0]), stride, "valid")
    : tf.depthwiseConv2d(padded, tf.transpose(weight, [2, 3, 0, 1]), stride, "valid");
  const bias = weights(`${name}.bias`);
  return bias === null ? output : tf.add(output, bias);
}

function runLayer(layer: WrittenLayer, input: tf.Tensor, weights: Weights): tf.Tensor {
  const maps = input as tf.Tensor4D;
  switch (layer.kind) {
    case "convolution":
      return convolve(layer, maps, weights);
    case "max-pool":
      return tf.maxPool(maps, layer.size, layer.stride, "valid");
    case "global-average-pool":
      return tf.mean(maps, [1, 2]);
    case "linear": {
      const weight = weights(`${layer.name}.weight`) as tf.Tensor2D;
      const product = tf.matMul(input as tf.Tensor2D, weight, false, true);
      return tf.add(product, weights(`${layer.name}.bias`)!);
    }
    case "residual":
      return tf.add(
        runWritten(layer.body, input, weights),
        runWritten(layer.shortcut, input, weights),
      );
    case "concatenation":
      return tf.concat(layer.branches.map((branch) => runWritten(branch, input, weights)), 3);
    default:
      throw new TypeError(`Cannot run a layer of kind ${layer.kind}`);
  }
}

function runWritten(
  layers: readonly WrittenLayer[],
  input: tf.Tensor,
  weights: Weights,
): tf.Tensor {
  return layers.reduce(
    (at, layer) => activate(runLayer(layer, at, weights), layer.activation ?? "none"),
    input,
  );
}

/**
 * Runs a file by what is in it alone, as a reader in another language would, on the current backend.
 *
 * @param bytes A `.safetensors` file that `encodeSafetensorsNetwork` wrote.
 * @param images `[batch, height, width, 3]`, RGB, 0..255.
 * @returns Logits `[batch, classes]`.
 */
export async function runSafetensors(
  bytes: Uint8Array,
  images: { readonly values: Float32Array; readonly shape: readonly number[] },
): Promise<Float32Array> {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const { mean, deviation } = JSON.parse(metadata.get("standardization")!);
  const layers = JSON.parse(metadata.get("layers")!) as readonly WrittenLayer[];
  const logits = tf.tidy(() => {
    const weights = (name: string): tf.Tensor | null => {
      const found = tensors.get(name);
      return found === undefined
        ? null
        : tf.tensor(found.data as Float32Array, [...found.shape], "float32");
    };
    const pixels = tf.div(tf.tensor(images.values, [...images.shape]), 255);
    return runWritten(layers, tf.div(tf.sub(pixels, mean), deviation), weights);
  });
  const values = await logits.data<"float32">();
  logits.dispose();
  return values;
}
