import * as tf from "@tensorflow/tfjs-core";
import { splitAtHead } from "../architectures/layer.ts";
import type { Activation, ConvolutionLayer, Layer, LinearLayer } from "../architectures/layer.ts";

/** How the layers with weights are computed; the rest of a network is the same in every mode. */
export interface LayerOperations {
  /** Convolution, bias and batch norm: `[batch, h, w, in] -> [batch, h', w', out]`. */
  convolve(layer: ConvolutionLayer, input: tf.Tensor4D): tf.Tensor4D;
  /**
   * Whether `convolve` applies the layer's activation too, as fused operations do.
   *
   * @default false
   */
  readonly activates?: boolean;
  /**
   * What happens to feature maps between two layers of the list, counted from 0 behind the first. A list of one layer on
   * feature maps has its one place behind it.
   *
   * @default nothing
   */
  between?(maps: tf.Tensor4D, place: number, places: number): tf.Tensor4D;
  /** Affine map, before the activation: `[batch, in] -> [batch, out]`. */
  linear(layer: LinearLayer, input: tf.Tensor2D): tf.Tensor2D;
}

/** Applies an activation. */
export function activate<T extends tf.Tensor>(input: T, activation: Activation): T {
  switch (activation) {
    case "none":
      return input;
    case "relu":
      return tf.relu(input);
    case "relu6":
      return tf.relu6(input);
  }
}

/** Whether the activation of a layer may follow the next layer instead. */
function canWait(layer: Layer, next: Layer | undefined, operations: LayerOperations): boolean {
  if (next?.kind !== "max-pool") return false;
  return layer.kind === "residual" ||
    (layer.kind === "convolution" && operations.activates !== true);
}

/**
 * Runs layers on images or feature maps. An activation before a max-pool is computed after it, from a quarter of the
 * numbers: activations never fall, so they and a maximum change places without a difference.
 *
 * @param layers Layers that keep height and width as axes: everything before the global pooling.
 * @param input `[batch, height, width, channels]`, float32.
 * @param operations Computes the layers that have weights.
 * @returns `[batch, height', width', channels']`.
 * @throws {TypeError} if a layer works on vectors.
 */
export function runSpatialLayers(
  layers: readonly Layer[],
  input: tf.Tensor4D,
  operations: LayerOperations,
): tf.Tensor4D {
  let current = input;
  let waiting: Activation = "none";
  for (const [index, layer] of layers.entries()) {
    let now = layer;
    let next: Activation = "none";
    if ("activation" in layer && canWait(layer, layers[index + 1], operations)) {
      next = layer.activation;
      now = { ...layer, activation: "none" };
    }
    current = activate(runSpatialLayer(now, current, operations), waiting);
    waiting = next;
  }
  return current;
}

function runSpatialLayer(
  layer: Layer,
  input: tf.Tensor4D,
  operations: LayerOperations,
): tf.Tensor4D {
  switch (layer.kind) {
    case "convolution":
      // What the gradient needs is kept by the tape; the rest, half of the memory, is freed here.
      return tf.tidy(() => {
        const output = operations.convolve(layer, input);
        return operations.activates === true ? output : activate(output, layer.activation);
      });
    case "max-pool":
      return tf.maxPool(input, layer.size, layer.stride, "valid");
    case "residual": {
      const body = runSpatialLayers(layer.body, input, operations);
      const shortcut = runSpatialLayers(layer.shortcut, input, operations);
      return activate(tf.add<tf.Tensor4D>(body, shortcut), layer.activation);
    }
    case "concatenation":
      return tf.concat4d(
        layer.branches.map((branch) => runSpatialLayers(branch, input, operations)),
        3,
      );
    default:
      throw new TypeError(`Cannot run a ${layer.kind} layer on feature maps: it works on vectors`);
  }
}

/**
 * Runs the layers from global average pooling on.
 *
 * @param layers Global average pooling, then linear layers.
 * @param features `[batch, height, width, channels]`, float32.
 * @param operations Computes the linear layers.
 * @returns Logits `[batch, classes]`.
 */
export function runHead(
  layers: readonly Layer[],
  features: tf.Tensor4D,
  operations: Pick<LayerOperations, "linear">,
): tf.Tensor2D {
  return layers.reduce<tf.Tensor2D>(
    (current, layer) =>
      layer.kind === "linear"
        ? activate(operations.linear(layer, current), layer.activation)
        : current,
    tf.mean<tf.Tensor2D>(features, [1, 2]),
  );
}

/** Runs layers one by one, with `between` between them. */
function runWithPauses(
  layers: readonly Layer[],
  input: tf.Tensor4D,
  operations: LayerOperations & Required<Pick<LayerOperations, "between">>,
): tf.Tensor4D {
  const places = Math.max(layers.length - 1, 1);
  return layers.reduce((current, layer, index) => {
    const output = runSpatialLayer(layer, current, operations);
    return index === places ? output : operations.between(output, index, places);
  }, input);
}

/**
 * Runs an architecture.
 *
 * @param layers Layers with a global average pooling followed by linear layers.
 * @param images `[batch, height, width, 3]`, float32, standardised.
 * @param operations Computes the layers that have weights.
 * @returns Logits `[batch, classes]`.
 */
export function runLayers(
  layers: readonly Layer[],
  images: tf.Tensor4D,
  operations: LayerOperations,
): tf.Tensor2D {
  const { body, head } = splitAtHead(layers);
  const features = operations.between === undefined
    ? runSpatialLayers(body, images, operations)
    : runWithPauses(body, images, { ...operations, between: operations.between });
  return runHead(head, features, operations);
}
