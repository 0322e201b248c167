import type { Activation, LinearLayer, MaxPoolLayer } from "../architectures/layer.ts";
import type { BakedNetwork, BakedWeights } from "./baked_model.ts";
import type { PlacedConvolution, PlacedLayer } from "./placed_layer.ts";

/** What a format has to offer so that a network can be written in it. `Node` names a value in its graph. */
export interface GraphBuilder<Node> {
  /** Convolution with its padding, bias and activation. */
  convolve(input: Node, layer: PlacedConvolution, weights: BakedWeights): Node;
  /** Max-pooling without padding. */
  maxPool(input: Node, layer: MaxPoolLayer): Node;
  /** The sum of two maps. */
  add(left: Node, right: Node): Node;
  /** Maps joined along the channels. */
  concatenate(inputs: readonly Node[]): Node;
  /** Mean over height and width: a vector per image. */
  averagePool(input: Node): Node;
  /** Affine map of vectors, without the activation. */
  linear(input: Node, layer: LinearLayer, weights: BakedWeights): Node;
  /** An activation by itself. */
  activate(input: Node, activation: Activation): Node;
}

function buildLayer<Node>(
  builder: GraphBuilder<Node>,
  layer: PlacedLayer,
  at: { readonly input: Node; readonly weights: BakedNetwork["weights"] },
): Node {
  const { input, weights } = at;
  const chain = (layers: readonly PlacedLayer[]) => buildLayers(builder, layers, at);
  switch (layer.kind) {
    case "convolution":
      return builder.convolve(input, layer, weights.get(layer.name)!);
    case "max-pool":
      return builder.maxPool(input, layer);
    case "global-average-pool":
      return builder.averagePool(input);
    case "linear": {
      const output = builder.linear(input, layer, weights.get(layer.name)!);
      return builder.activate(output, layer.activation);
    }
    case "residual": {
      const sum = builder.add(chain(layer.body), chain(layer.shortcut));
      return builder.activate(sum, layer.activation);
    }
    case "concatenation":
      return builder.concatenate(layer.branches.map(chain));
  }
}

function buildLayers<Node>(
  builder: GraphBuilder<Node>,
  layers: readonly PlacedLayer[],
  at: { readonly input: Node; readonly weights: BakedNetwork["weights"] },
): Node {
  return layers.reduce(
    (input, layer) => buildLayer(builder, layer, { ...at, input }),
    at.input,
  );
}

/**
 * Writes a network into a graph.
 *
 * @param builder Adds operations to the graph.
 * @param network Layers and weights.
 * @param input Standardised images.
 * @returns The logits.
 */
export function buildNetwork<Node>(
  builder: GraphBuilder<Node>,
  network: BakedNetwork,
  input: Node,
): Node {
  return buildLayers(builder, network.layers, { input, weights: network.weights });
}
