import * as tf from "@tensorflow/tfjs-core";
import type { ConvolutionLayer, Layer, LinearLayer } from "../architectures/layer.ts";

/** How the layers with weights are computed; the rest of a network is the same in every mode. */
export interface LayerOperations {
  /** Convolution and batch norm, before shortcut and ReLU: `[batch, h, w, in] -> [batch, h, w, out]`. */
  convolve(layer: ConvolutionLayer, input: tf.Tensor4D): tf.Tensor4D;
  /** Affine map: `[batch, in] -> [batch, out]`. */
  linear(layer: LinearLayer, input: tf.Tensor2D): tf.Tensor2D;
}

function runSpatialLayer(
  layer: Exclude<Layer, LinearLayer | { kind: "global-average-pool" }>,
  input: tf.Tensor4D,
  operations: LayerOperations,
): tf.Tensor4D {
  if (layer.kind === "max-pool") return tf.maxPool(input, layer.size, layer.size, "valid");
  const output = operations.convolve(layer, input);
  return tf.relu(layer.identityShortcut ? tf.add<tf.Tensor4D>(output, input) : output);
}

/**
 * Runs a list of layers.
 *
 * @param layers An architecture that ends in global average pooling and linear layers.
 * @param images `[batch, height, width, 3]`, float32, standardised.
 * @param operations Computes the layers that have weights.
 * @returns Logits `[batch, classes]`.
 */
export function runLayers(
  layers: readonly Layer[],
  images: tf.Tensor4D,
  operations: LayerOperations,
): tf.Tensor2D {
  let spatial = images;
  let vector: tf.Tensor2D | null = null;
  for (const layer of layers) {
    if (layer.kind === "global-average-pool") {
      vector = tf.mean<tf.Tensor2D>(spatial, [1, 2]);
    } else if (layer.kind === "linear") {
      vector = operations.linear(layer, vector ?? tf.mean<tf.Tensor2D>(spatial, [1, 2]));
    } else {
      spatial = runSpatialLayer(layer, spatial, operations);
    }
  }
  return vector ?? tf.mean<tf.Tensor2D>(spatial, [1, 2]);
}
