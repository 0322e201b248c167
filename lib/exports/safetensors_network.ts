import { encodeSafetensors } from "../checkpoints/encode_safetensors.ts";
import { describeInput } from "./describe_input.ts";
import { toOihw } from "./onnx_graph.ts";
import type { SafeTensor } from "../checkpoints/safetensors_dtypes.ts";
import type { BakedModel, BakedNetwork } from "./baked_model.ts";
import type { PlacedLayer } from "./placed_layer.ts";

/** Layers as they are written: what a reader in another language needs, and no more. */
function describeLayer(layer: PlacedLayer): Record<string, unknown> {
  const { kind } = layer;
  switch (kind) {
    case "convolution": {
      const { name, stride, activation, depthwise, inputChannels } = layer;
      const { left, right, top, bottom } = layer.padding;
      // In the order of PyTorch's `pad`: the last axis first.
      const padding = [left, right, top, bottom];
      const groups = depthwise ? inputChannels : 1;
      return { kind, name, stride, padding, groups, activation };
    }
    case "linear":
      return { kind, name: layer.name, activation: layer.activation };
    case "residual": {
      const [body, shortcut] = [layer.body, layer.shortcut].map((part) => part.map(describeLayer));
      return { kind, body, shortcut, activation: layer.activation };
    }
    case "concatenation":
      return { kind, branches: layer.branches.map((branch) => branch.map(describeLayer)) };
    default:
      return { ...layer };
  }
}

/** `[in, out]` as `[out, in]`. */
function transposed(
  values: Float32Array,
  [rows, columns]: readonly [number, number],
): Float32Array {
  return Float32Array.from(
    values,
    (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!,
  );
}

function tensor(data: Float32Array, shape: readonly number[]): SafeTensor {
  return { dtype: "F32", shape, data };
}

/**
 * Writes the network of one level as safetensors in PyTorch's layout: `<layer>.weight` `[out, in, k, k]` of a convolution,
 * `[channels, 1, k, k]` of a depthwise one, `[out, in]` of a linear layer, and `<layer>.bias`. The metadata hold the
 * layers in order, the standardisation and the class names as JSON.
 *
 * @param model What the networks have in common.
 * @param network The network.
 * @param producerVersion Version of the toolkit.
 * @returns The bytes of a `.safetensors` file.
 */
export function encodeSafetensorsNetwork(
  model: BakedModel,
  network: BakedNetwork,
  producerVersion: string,
): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, SafeTensor>();
  for (const [name, { values, shape, bias }] of network.weights) {
    if (shape.length === 2) {
      const [rows, columns] = shape as [number, number];
      const weight = transposed(values, [rows, columns]);
      tensors.set(`${name}.weight`, tensor(weight, [columns, rows]));
    } else {
      const kernel = toOihw({ values, shape }, isDepthwise(network.layers, name));
      tensors.set(`${name}.weight`, tensor(kernel.values, kernel.shape));
    }
    if (bias !== null) tensors.set(`${name}.bias`, tensor(bias, [bias.length]));
  }
  return encodeSafetensors(tensors, {
    format: "pt",
    producer: `puppet-cnn ${producerVersion}`,
    model: model.name,
    input: describeInput(model, "safetensors"),
    level: String(network.level.index),
    layers: JSON.stringify(network.layers.map(describeLayer)),
    standardization: JSON.stringify(model.standardization),
    classes: JSON.stringify(model.classNames),
  });
}

/** Whether the layer of a name is a depthwise convolution. */
function isDepthwise(layers: readonly PlacedLayer[], name: string): boolean {
  return layers.some((layer) => {
    if (layer.kind === "convolution") return layer.name === name && layer.depthwise;
    if (layer.kind === "residual") {
      return isDepthwise(layer.body, name) || isDepthwise(layer.shortcut, name);
    }
    if (layer.kind === "concatenation") {
      return layer.branches.some((branch) => isDepthwise(branch, name));
    }
    return false;
  });
}
