import { buildNetwork } from "./build_network.ts";
import { describeInput } from "./describe_input.ts";
import { graphAttribute, OnnxGraph, OnnxWeights } from "./onnx_graph.ts";
import { ElementType, encodeOnnx } from "./onnx_messages.ts";
import type { BakedModel, BakedNetwork } from "./baked_model.ts";
import type { GraphMessage, ModelMessage, NodeMessage, ValueMessage } from "./onnx_messages.ts";

/** Operator set and file version: every onnxruntime from 1.12 (2022) on reads them. */
const ONNX_VERSIONS = { opset: 17, ir: 8 } as const;

/** Largest file of the format: protobuf counts bytes in 31 bits. */
const MAX_BYTES = 2 ** 31 - 1;

function floatValue(
  name: string,
  sides: readonly (number | string)[],
  docString = "",
): ValueMessage {
  return {
    name,
    docString,
    type: {
      tensorType: {
        elemType: ElementType.float,
        shape: {
          dim: sides.map((side) =>
            typeof side === "number" ? { dimValue: BigInt(side) } : { dimParam: side }
          ),
        },
      },
    },
  };
}

/** Everything of a file but its graph. */
function modelOf(
  model: BakedModel,
  graph: GraphMessage,
  options: { readonly producerVersion: string; readonly docString: string; readonly level: string },
): ModelMessage {
  const { producerVersion, docString, level } = options;
  const metadata = {
    model: model.name,
    classes: JSON.stringify(model.classNames),
    complexity: `${model.complexity.measure} in ${model.complexity.unit}`,
    level,
  };
  return {
    irVersion: BigInt(ONNX_VERSIONS.ir),
    opsetImport: [{ domain: "", version: BigInt(ONNX_VERSIONS.opset) }],
    producerName: "puppet-cnn",
    producerVersion,
    docString,
    graph,
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  };
}

function encodeBounded(message: ModelMessage): Uint8Array {
  const weights = message.graph.initializer.reduce((sum, { rawData }) => sum + rawData.length, 0);
  // Names and operations are thousands of bytes.
  if (weights > MAX_BYTES - 1e7) {
    throw new RangeError(
      `Cannot write ONNX: a file holds at most 2 GB, the weights are ${
        (weights / 1e9).toFixed(1)
      } GB; export one level at a time (--level)`,
    );
  }
  return encodeOnnx(message);
}

/** The input of the images. */
function imagesInput(model: BakedModel, batch: number | string): ValueMessage {
  const { height, width } = model.image;
  return floatValue("images", [batch, 3, height, width], describeInput(model, "onnx"));
}

/**
 * Writes the network of one level. Input `images` `[batch, 3, height, width]`, float32, RGB, 0..255, any batch;
 * output `logits` `[batch, classes]`.
 *
 * @param model What the networks have in common.
 * @param network The network.
 * @param producerVersion Version of the toolkit.
 * @returns The bytes of a `.onnx` file.
 * @throws {RangeError} if it would be larger than the format allows.
 */
export function encodeOnnxNetwork(
  model: BakedModel,
  network: BakedNetwork,
  producerVersion: string,
): Uint8Array {
  const weights = new OnnxWeights();
  const graph = new OnnxGraph(weights, "");
  const logits = buildNetwork(graph, network, graph.standardize("images", model.standardization));
  graph.apply("Identity", [logits], [], "logits");
  const { index, depth } = network.level;
  const docString = `${model.name}, level ${index}, depth ${depth}`;
  return encodeBounded(modelOf(
    model,
    {
      name: `${model.name}-level-${index}`,
      node: graph.nodes,
      initializer: weights.list,
      input: [imagesInput(model, "batch")],
      output: [floatValue("logits", ["batch", model.classNames.length])],
    },
    { producerVersion, docString, level: String(index) },
  ));
}

/** A branch of `If`: a graph without inputs, which sees the values around it. */
function branch(name: string, node: readonly NodeMessage[], output: ValueMessage): GraphMessage {
  return { name, node, initializer: [], input: [], output: [output] };
}

/** Halves the levels by a comparison until one is left. */
function buildChoice(
  model: BakedModel,
  networks: readonly BakedNetwork[],
  weights: OnnxWeights,
): GraphMessage {
  const first = networks[0]!.level.index;
  const name = networks.length === 1
    ? `level${first}`
    : `levels${first}_${first + networks.length - 1}`;
  const graph = new OnnxGraph(weights, `${name}.`);
  const output = floatValue(`${name}.logits`, [1, model.classNames.length]);
  if (networks.length === 1) {
    const logits = buildNetwork(graph, networks[0]!, "standardized");
    graph.apply("Identity", [logits], [], output.name);
    return branch(name, graph.nodes, output);
  }
  const middle = Math.ceil(networks.length / 2);
  const { from } = model.levels[networks[middle]!.level.index]!;
  const bound = weights.add(`${name}.bound`, Float64Array.of(from), [1]);
  const isBelow = graph.apply("Less", ["complexity", bound]);
  graph.apply("If", [isBelow], [
    graphAttribute("then_branch", buildChoice(model, networks.slice(0, middle), weights)),
    graphAttribute("else_branch", buildChoice(model, networks.slice(middle), weights)),
  ], output.name);
  return branch(name, graph.nodes, output);
}

/**
 * Writes all levels into one file that picks the network by the image's complexity. Inputs `images`
 * `[1, 3, height, width]` and `complexity` `[1]`, float64, as the model's measure gives it; output `logits`
 * `[1, classes]`.
 *
 * @param model What the networks have in common.
 * @param networks The networks of all levels, in order.
 * @param producerVersion Version of the toolkit.
 * @returns The bytes of a `.onnx` file.
 * @throws {RangeError} if it would be larger than the format allows.
 */
export function encodeAdaptiveOnnx(
  model: BakedModel,
  networks: readonly BakedNetwork[],
  producerVersion: string,
): Uint8Array {
  const weights = new OnnxWeights();
  const graph = new OnnxGraph(weights, "");
  const standardized = graph.standardize("images", model.standardization);
  graph.apply("Identity", [standardized], [], "standardized");
  const choice = buildChoice(model, networks, weights);
  graph.apply("Identity", [choice.output[0]!.name], [], "logits");
  const { measure, unit } = model.complexity;
  const complexity: ValueMessage = {
    name: "complexity",
    docString: `complexity of the image: ${measure}, in ${unit}`,
    type: { tensorType: { elemType: ElementType.double, shape: { dim: [{ dimValue: 1n }] } } },
  };
  return encodeBounded(modelOf(
    model,
    {
      name: `${model.name}-adaptive`,
      node: [...graph.nodes.slice(0, -1), ...choice.node, graph.nodes.at(-1)!],
      initializer: weights.list,
      input: [imagesInput(model, 1), complexity],
      output: [floatValue("logits", [1, model.classNames.length])],
    },
    { producerVersion, docString: `${model.name}, all levels`, level: "by complexity" },
  ));
}
