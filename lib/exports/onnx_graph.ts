import { AttributeType, ElementType } from "./onnx_messages.ts";
import type { Activation, LinearLayer, MaxPoolLayer } from "../architectures/layer.ts";
import type { BakedWeights } from "./baked_model.ts";
import type { GraphBuilder } from "./build_network.ts";
import type {
  AttributeMessage,
  GraphMessage,
  NodeMessage,
  TensorMessage,
} from "./onnx_messages.ts";
import type { PlacedConvolution } from "./placed_layer.ts";

function int(name: string, i: number): AttributeMessage {
  return { name, type: AttributeType.int, i: BigInt(i) };
}

function ints(name: string, values: readonly number[]): AttributeMessage {
  return { name, type: AttributeType.ints, ints: values.map(BigInt) };
}

/** An attribute that is a graph: a branch of `If`. */
export function graphAttribute(name: string, g: GraphMessage): AttributeMessage {
  return { name, type: AttributeType.graph, g };
}

/** Kernels `[k, k, in, out]` (TensorFlow) as `[out, in, k, k]` (ONNX, PyTorch); depthwise ones as `[channels, 1, k, k]`. */
export function toOihw(
  { values, shape }: Pick<BakedWeights, "values" | "shape">,
  depthwise: boolean,
): { readonly values: Float32Array; readonly shape: readonly number[] } {
  const [height, width, inputs, outputs] = shape as [number, number, number, number];
  // A depthwise kernel has its channels third and a 1 last: they change places with each other.
  const [first, second] = depthwise ? [inputs, 1] : [outputs, inputs];
  const result = new Float32Array(values.length);
  const taps = height * width;
  for (let tap = 0; tap < taps; tap++) {
    for (let input = 0; input < inputs; input++) {
      for (let output = 0; output < outputs; output++) {
        const row = depthwise ? input : output;
        const column = depthwise ? 0 : input;
        result[(row * second + column) * taps + tap] =
          values[(tap * inputs + input) * outputs + output]!;
      }
    }
  }
  return { values: result, shape: [first, second, height, width] };
}

/** Weights of a file; graphs within `If` see those of the graph around them. */
export class OnnxWeights {
  readonly #tensors = new Map<string, TensorMessage>();

  /** All tensors, in the order in which they came. */
  get list(): readonly TensorMessage[] {
    return [...this.#tensors.values()];
  }

  /** Adds numbers under a name that is new, float32 or float64; returns the name. */
  add(name: string, values: Float32Array | Float64Array, shape: readonly number[]): string {
    const { buffer, byteOffset, byteLength } = values;
    this.#tensors.set(name, {
      name,
      dims: shape.map(BigInt),
      dataType: values instanceof Float32Array ? ElementType.float : ElementType.double,
      rawData: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
    });
    return name;
  }
}

/** Operations of one graph; every name starts with a prefix of its own, since graphs share one space of names. */
export class OnnxGraph implements GraphBuilder<string> {
  /** The operations so far. */
  readonly nodes: NodeMessage[] = [];
  readonly #weights: OnnxWeights;
  readonly #prefix: string;

  /**
   * Starts an empty graph.
   *
   * @param weights Receives the weights.
   * @param prefix Starts every name.
   */
  constructor(weights: OnnxWeights, prefix: string) {
    this.#weights = weights;
    this.#prefix = prefix;
  }

  /** Adds an operation with one output; returns the output's name. */
  apply(
    opType: string,
    input: readonly string[],
    attribute: readonly AttributeMessage[] = [],
    output: string = `${this.#prefix}value${this.nodes.length}`,
  ): string {
    this.nodes.push({ name: `${output}.${opType}`, opType, input, output: [output], attribute });
    return output;
  }

  /** Adds weights of this graph; returns their name. */
  constant(name: string, values: Float32Array, shape: readonly number[]): string {
    return this.#weights.add(`${this.#prefix}${name}`, values, shape);
  }

  convolve(input: string, layer: PlacedConvolution, weights: BakedWeights): string {
    const { name, kernelSize, stride, padding, depthwise, activation } = layer;
    const kernel = toOihw(weights, depthwise);
    const inputs = [input, this.constant(`${name}.weight`, kernel.values, kernel.shape)];
    if (weights.bias !== null) {
      inputs.push(this.constant(`${name}.bias`, weights.bias, [weights.bias.length]));
    }
    const output = this.apply("Conv", inputs, [
      ints("kernel_shape", [kernelSize, kernelSize]),
      ints("strides", [stride, stride]),
      ints("pads", [padding.top, padding.left, padding.bottom, padding.right]),
      int("group", depthwise ? layer.inputChannels : 1),
    ]);
    return this.activate(output, activation);
  }

  maxPool(input: string, { size, stride }: MaxPoolLayer): string {
    const sizes = [ints("kernel_shape", [size, size]), ints("strides", [stride, stride])];
    return this.apply("MaxPool", [input], sizes);
  }

  add(left: string, right: string): string {
    return this.apply("Add", [left, right]);
  }

  concatenate(inputs: readonly string[]): string {
    return this.apply("Concat", inputs, [int("axis", 1)]);
  }

  averagePool(input: string): string {
    return this.apply("Flatten", [this.apply("GlobalAveragePool", [input])], [int("axis", 1)]);
  }

  linear(input: string, { name }: LinearLayer, { values, shape, bias }: BakedWeights): string {
    return this.apply("Gemm", [
      input,
      this.constant(`${name}.weight`, values, shape),
      this.constant(`${name}.bias`, bias!, [bias!.length]),
    ]);
  }

  activate(input: string, activation: Activation): string {
    switch (activation) {
      case "none":
        return input;
      case "relu":
        return this.apply("Relu", [input]);
      case "relu6": {
        const bounds = [0, 6].map((value) =>
          this.constant(`bound${value}`, Float32Array.of(value), [])
        );
        return this.apply("Clip", [input, ...bounds]);
      }
    }
  }

  /** Pixels 0..255 as the network sees them: (pixel / 255 - mean) / deviation per channel. */
  standardize(
    input: string,
    { mean, deviation }: {
      readonly mean: readonly number[];
      readonly deviation: readonly number[];
    },
  ): string {
    const shape = [1, 3, 1, 1];
    const centre = this.constant("pixel.mean", Float32Array.from(mean, (m) => 255 * m), shape);
    const scale = this.constant(
      "pixel.deviation",
      Float32Array.from(deviation, (d) => 255 * d),
      shape,
    );
    return this.apply("Div", [this.apply("Sub", [input, centre]), scale]);
  }
}
