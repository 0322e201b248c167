import { buildNetwork } from "./build_network.ts";
import { describeInput } from "./describe_input.ts";
import { shapeAttribute, TfjsGraph } from "./tfjs_graph.ts";
import type { BakedModel, BakedNetwork } from "./baked_model.ts";

/** The two files of a graph model. */
export interface TfjsFiles {
  /** `model.json`: the operations, and where the weights are. */
  readonly topology: TfjsTopology;
  /** `weights.bin`: all constants one after the other, little-endian. */
  readonly weights: Uint8Array<ArrayBuffer>;
}

/** Content of `model.json`. */
export interface TfjsTopology {
  readonly format: "graph-model";
  readonly generatedBy: string;
  readonly convertedBy: null;
  readonly signature: Readonly<Record<"inputs" | "outputs", Readonly<Record<string, unknown>>>>;
  readonly userDefinedMetadata: Readonly<Record<string, unknown>>;
  readonly modelTopology: Readonly<Record<string, unknown>>;
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly {
      readonly name: string;
      readonly shape: number[];
      readonly dtype: "float32" | "int32";
    }[];
  }[];
}

/** Name of the file of weights, beside `model.json`. */
export const TFJS_WEIGHTS_FILE = "weights.bin";

function joinBytes(parts: readonly (Float32Array | Int32Array)[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const { buffer, byteOffset, byteLength } of parts) {
    joined.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
    offset += byteLength;
  }
  return joined;
}

function tensorInfo(name: string, sides: readonly number[]): Record<string, unknown> {
  return { name: `${name}:0`, dtype: "DT_FLOAT", tensorShape: shapeAttribute(sides).shape };
}

/**
 * Writes the network of one level as a graph model, which `tf.loadGraphModel` reads. Input `images`
 * `[batch, height, width, 3]`, float32, RGB, 0..255, as `tf.browser.fromPixels` gives it; output `logits`
 * `[batch, classes]`.
 *
 * @param model What the networks have in common.
 * @param network The network.
 * @param producerVersion Version of the toolkit.
 * @returns The two files.
 */
export function encodeTfjs(
  model: BakedModel,
  network: BakedNetwork,
  producerVersion: string,
): TfjsFiles {
  const { height, width } = model.image;
  const [inputShape, outputShape] = [[-1, height, width, 3], [-1, model.classNames.length]];
  const graph = new TfjsGraph();
  graph.apply(
    "Placeholder",
    [],
    { dtype: { type: "DT_FLOAT" }, shape: shapeAttribute(inputShape) },
    "images",
  );
  const logits = buildNetwork(graph, network, graph.standardize("images", model.standardization));
  graph.apply("Identity", [logits], {}, "logits");
  return {
    topology: {
      format: "graph-model",
      generatedBy: `puppet-cnn ${producerVersion}`,
      convertedBy: null,
      signature: {
        inputs: { images: tensorInfo("images", inputShape) },
        outputs: { logits: tensorInfo("logits", outputShape) },
      },
      userDefinedMetadata: {
        model: model.name,
        input: describeInput(model, "tfjs"),
        classes: model.classNames,
        level: network.level.index,
        depth: network.level.depth,
      },
      modelTopology: { node: graph.nodes, library: {}, versions: { producer: 0, minConsumer: 0 } },
      weightsManifest: [{
        paths: [TFJS_WEIGHTS_FILE],
        weights: graph.weights.map(({ name, shape, dtype }) => ({
          ...{ name, shape: [...shape], dtype },
        })),
      }],
    },
    weights: joinBytes(graph.weights.map(({ values }) => values)),
  };
}
