import type { Activation, LinearLayer, MaxPoolLayer } from "../architectures/layer.ts";
import type { BakedWeights } from "./baked_model.ts";
import type { GraphBuilder } from "./build_network.ts";
import type { PlacedConvolution } from "./placed_layer.ts";

/** An attribute in the JSON form of TensorFlow's protocol buffers: whole numbers are texts, bytes are base64. */
type Attribute =
  | { readonly type: string }
  | { readonly s: string }
  | { readonly i: string }
  | { readonly f: number }
  | { readonly b: boolean }
  | { readonly shape: { readonly dim: readonly { readonly size: string }[] } }
  | { readonly list: { readonly i: readonly string[] } | { readonly s: readonly string[] } };

/** An operation of a graph. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, Attribute>>;
}

/** A constant of a graph: its place in the file of weights follows from the order. */
export interface GraphWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32";
  readonly values: Float32Array | Int32Array;
}

const FLOAT: Attribute = { type: "DT_FLOAT" };

function text(value: string): string {
  return btoa(value);
}

/** Strides or window sizes: the same for height and width, 1 for batch and channels. */
function windows(length: number): Attribute {
  return { list: { i: ["1", String(length), String(length), "1"] } };
}

/** A shape; `-1` may be anything. */
export function shapeAttribute(sides: readonly number[]): {
  readonly shape: { readonly dim: readonly { readonly size: string }[] };
} {
  return { shape: { dim: sides.map((side) => ({ size: String(side) })) } };
}

/** Names of the activations in the graph. */
const OPERATIONS = { relu: "Relu", relu6: "Relu6" } as const;

/** A graph of TensorFlow's operations, as TensorFlow.js's converter writes them. */
export class TfjsGraph implements GraphBuilder<string> {
  /** The operations so far. */
  readonly nodes: GraphNode[] = [];
  /** The constants so far. */
  readonly weights: GraphWeight[] = [];

  /** Adds an operation; returns its name. */
  apply(
    op: string,
    input: readonly string[],
    attr: GraphNode["attr"],
    name: string = `value${this.nodes.length}`,
  ): string {
    this.nodes.push({ name, op, input, attr: { T: FLOAT, ...attr } });
    return name;
  }

  /** Adds a constant; returns its name. */
  constant(
    name: string,
    values: Float32Array | Int32Array,
    shape: readonly number[],
  ): string {
    const dtype = values instanceof Float32Array ? "float32" : "int32";
    const type = dtype === "float32" ? "DT_FLOAT" : "DT_INT32";
    this.nodes.push({
      ...{ name, op: "Const", input: [] },
      attr: { dtype: { type }, value: shapeAttribute([]) },
    });
    this.weights.push({ name, shape, dtype, values });
    return name;
  }

  convolve(input: string, layer: PlacedConvolution, weights: BakedWeights): string {
    const { name, stride, depthwise, activation } = layer;
    const kernel = this.constant(`${name}.weight`, weights.values, weights.shape);
    const shared = {
      strides: windows(stride),
      dilations: windows(1),
      // The same rule as ours, so it need not be spelt out.
      padding: { s: text("SAME") },
      data_format: { s: text("NHWC") },
    };
    if (weights.bias === null) {
      const op = depthwise ? "DepthwiseConv2dNative" : "Conv2D";
      return this.activate(this.apply(op, [input, kernel], shared), activation);
    }
    const bias = this.constant(`${name}.bias`, weights.bias, [weights.bias.length]);
    const fused = ["BiasAdd", ...(activation === "none" ? [] : [OPERATIONS[activation]])];
    return this.apply(
      depthwise ? "FusedDepthwiseConv2dNative" : "_FusedConv2D",
      [input, kernel, bias],
      {
        ...shared,
        fused_ops: { list: { s: fused.map(text) } },
        num_args: { i: "1" },
      },
    );
  }

  maxPool(input: string, { size, stride }: MaxPoolLayer): string {
    return this.apply("MaxPool", [input], {
      ksize: windows(size),
      strides: windows(stride),
      padding: { s: text("VALID") },
      data_format: { s: text("NHWC") },
    });
  }

  add(left: string, right: string): string {
    return this.apply("AddV2", [left, right], {});
  }

  concatenate(inputs: readonly string[]): string {
    const axis = this.constant(`axis${this.nodes.length}`, Int32Array.of(3), []);
    const attr = { N: { i: String(inputs.length) }, Tidx: { type: "DT_INT32" } };
    return this.apply("ConcatV2", [...inputs, axis], attr);
  }

  averagePool(input: string): string {
    const axes = this.constant(`axes${this.nodes.length}`, Int32Array.of(1, 2), [2]);
    const attr = { keep_dims: { b: false }, Tidx: { type: "DT_INT32" } };
    return this.apply("Mean", [input, axes], attr);
  }

  linear(input: string, { name }: LinearLayer, { values, shape, bias }: BakedWeights): string {
    const weight = this.constant(`${name}.weight`, values, shape);
    const offset = this.constant(`${name}.bias`, bias!, [bias!.length]);
    const product = this.apply("MatMul", [input, weight], {
      transpose_a: { b: false },
      transpose_b: { b: false },
    });
    return this.apply("AddV2", [product, offset], {});
  }

  activate(input: string, activation: Activation): string {
    if (activation === "none") return input;
    return this.apply(OPERATIONS[activation], [input], {});
  }

  /** Pixels 0..255 as the network sees them: (pixel / 255 - mean) / deviation per channel. */
  standardize(
    input: string,
    { mean, deviation }: {
      readonly mean: readonly number[];
      readonly deviation: readonly number[];
    },
  ): string {
    const centre = this.constant("pixel.mean", Float32Array.from(mean, (m) => 255 * m), [3]);
    const scale = this.constant(
      "pixel.deviation",
      Float32Array.from(deviation, (d) => 255 * d),
      [3],
    );
    return this.apply("RealDiv", [this.apply("Sub", [input, centre], {}), scale], {});
  }
}
