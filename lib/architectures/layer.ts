/** Functions applied after a layer; none of them ever falls. */
export type Activation = "none" | "relu" | "relu6";

/**
 * Whether the channels of feature maps come in mirror pairs, channel c and channel c + C/2: mirroring the image then mirrors
 * every map and exchanges the two of a pair (a group convolution over the reflections of the image; Cohen and Welling 2016).
 * `lifting` makes pairs from channels that are none, those of the image; `group` takes pairs and makes pairs.
 */
export type MirrorPairs = "none" | "lifting" | "group";

/** Convolution with "same" padding, then bias, batch norm and activation where asked for. */
export interface ConvolutionLayer {
  /** Tells the kinds of layer apart. */
  readonly kind: "convolution";
  /** Unique within the architecture; names the layer's parameters (`stage2.conv1`). */
  readonly name: string;
  /** Side of the kernel in taps. */
  readonly kernelSize: number;
  /** Channels of the input. */
  readonly inputChannels: number;
  /** Channels of the output. */
  readonly outputChannels: number;
  /** Distance of the windows in pixels. */
  readonly stride: number;
  /** Every channel has its own kernel and sees only itself; needs equal channel counts. */
  readonly depthwise: boolean;
  /** Adds a number per output channel before the norm. */
  readonly bias: boolean;
  /** Batch norm with affine parameters. */
  readonly norm: boolean;
  /** Whether the channels are mirror pairs; then half of the kernel fixes the other half. */
  readonly mirror: MirrorPairs;
  /** Applied last. */
  readonly activation: Activation;
}

/** Max-pooling without padding: odd rests are dropped. */
export interface MaxPoolLayer {
  /** Tells the kinds of layer apart. */
  readonly kind: "max-pool";
  /** Side of the window in pixels. */
  readonly size: number;
  /** Distance of the windows in pixels. */
  readonly stride: number;
}

/** Mean over height and width. */
export interface GlobalAveragePoolLayer {
  /** Tells the kinds of layer apart. */
  readonly kind: "global-average-pool";
}

/** Affine map of a vector. */
export interface LinearLayer {
  /** Tells the kinds of layer apart. */
  readonly kind: "linear";
  /** Names the parameters `<name>.weights` and `<name>.bias`. */
  readonly name: string;
  /** Length of the input. */
  readonly inputs: number;
  /** Length of the output. */
  readonly outputs: number;
  /**
   * Whether the input comes in mirror pairs, both of which have the same weight.
   *
   * @default false
   */
  readonly mirror?: boolean;
  /** Applied last. */
  readonly activation: Activation;
}

/** A chain of layers beside a shortcut; both are added. */
export interface ResidualLayer {
  /** Tells the kinds of layer apart. */
  readonly kind: "residual";
  /** The chain. */
  readonly body: readonly Layer[];
  /** Layers of the shortcut; none is the identity. */
  readonly shortcut: readonly Layer[];
  /** Applied to the sum. */
  readonly activation: Activation;
}

/** Chains of layers side by side whose outputs are joined along the channels. */
export interface ConcatenationLayer {
  /** Tells the kinds of layer apart. */
  readonly kind: "concatenation";
  /** The chains. */
  readonly branches: readonly (readonly Layer[])[];
}

/** One row of an architecture: data only, no tensors. */
export type Layer =
  | ConvolutionLayer
  | MaxPoolLayer
  | GlobalAveragePoolLayer
  | LinearLayer
  | ResidualLayer
  | ConcatenationLayer;

/** All layers of an architecture without nesting, in the order in which their kernels are generated. */
export function flattenLayers(layers: readonly Layer[]): Layer[] {
  return layers.flatMap((layer): Layer[] => {
    if (layer.kind === "residual") {
      return [...flattenLayers(layer.body), ...flattenLayers(layer.shortcut)];
    }
    return layer.kind === "concatenation" ? flattenLayers(layer.branches.flat()) : [layer];
  });
}

/** The convolutions of an architecture, in the order in which their kernels are generated. */
export function convolutionsOf(layers: readonly Layer[]): ConvolutionLayer[] {
  return flattenLayers(layers).filter((layer) => layer.kind === "convolution");
}

/** The linear layers of an architecture, in order. */
export function linearsOf(layers: readonly Layer[]): LinearLayer[] {
  return flattenLayers(layers).filter((layer) => layer.kind === "linear");
}

/** A convolution with stride 1, batch norm and ReLU, changed where asked for. */
export function convolution(
  name: string,
  shape: Pick<ConvolutionLayer, "kernelSize" | "inputChannels" | "outputChannels">,
  changes: Partial<Omit<ConvolutionLayer, "kind" | "name">> = {},
): ConvolutionLayer {
  return {
    kind: "convolution",
    name,
    ...shape,
    stride: 1,
    depthwise: false,
    bias: false,
    norm: true,
    mirror: "none",
    activation: "relu",
    ...changes,
  };
}

/** Channels that fix all output channels of a convolution: one of every mirror pair. */
export function ownOutputs({ outputChannels, mirror }: ConvolutionLayer): number {
  return mirror === "none" ? outputChannels : outputChannels / 2;
}

/** Numbers of an input that have a weight of their own: one of every mirror pair. */
export function ownInputs({ inputs, mirror }: Pick<LinearLayer, "inputs" | "mirror">): number {
  return mirror === true ? inputs / 2 : inputs;
}

/**
 * A head: global average pooling, then linear layers with ReLU between them.
 *
 * @param widths Length of the pooled vector, of the hidden layers, and the number of classes last.
 * @param mirror Whether the pooled vector comes in mirror pairs.
 */
export function classifierHead(widths: readonly number[], mirror = false): Layer[] {
  const last = widths.length - 2;
  return [
    { kind: "global-average-pool" },
    ...widths.slice(1).map((outputs, index): LinearLayer => ({
      kind: "linear",
      name: index === last ? "head" : `hidden${index + 1}`,
      inputs: widths[index]!,
      outputs,
      mirror: mirror && index === 0,
      activation: index === last ? "none" : "relu",
    })),
  ];
}

/**
 * Splits an architecture at its global pooling, with which the head begins.
 *
 * @throws {TypeError} if there is none.
 */
export function splitAtHead(layers: readonly Layer[]): { body: Layer[]; head: Layer[] } {
  const start = layers.findIndex(({ kind }) => kind === "global-average-pool");
  if (start < 0) {
    throw new TypeError("Cannot split layers: an architecture needs a global average pooling");
  }
  return { body: layers.slice(0, start), head: layers.slice(start) };
}
