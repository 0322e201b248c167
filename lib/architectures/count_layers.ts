import { ownOutputs } from "./layer.ts";
import type { ConvolutionLayer, Layer } from "./layer.ts";

/** Height and width of a feature map, in pixels. */
export interface MapSize {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
}

/** Multiply-adds of an architecture on one image, by two rules. */
export interface LayerWork {
  /** Weights times output positions: what has to be computed; biases and norms are left out. */
  readonly multiplyAdds: number;
  /**
   * The rule of the paper's tool: (weights + biases) times output positions for convolutions; parameters, counted
   * once, for linear layers and norms.
   */
  readonly multiplyAddsOfTool: number;
}

/** Numbers that a convolution's kernel holds. */
export function kernelLength(layer: ConvolutionLayer): number {
  const inputs = layer.depthwise ? 1 : layer.inputChannels;
  return layer.kernelSize ** 2 * inputs * layer.outputChannels;
}

/** Numbers that fix a convolution's kernel: half of it where its channels are mirror pairs. */
export function ownKernelLength(layer: ConvolutionLayer): number {
  return layer.mirror === "none" ? kernelLength(layer) : kernelLength(layer) / 2;
}

/** Size of a feature map after a layer. */
export function sizeAfter(layer: Layer, size: MapSize): MapSize {
  if (layer.kind === "convolution") {
    const scale = (length: number) => Math.ceil(length / layer.stride);
    return { height: scale(size.height), width: scale(size.width) };
  }
  if (layer.kind === "max-pool") {
    const scale = (length: number) => Math.floor((length - layer.size) / layer.stride) + 1;
    return { height: scale(size.height), width: scale(size.width) };
  }
  if (layer.kind === "residual") {
    return layer.body.reduce((at, inner) => sizeAfter(inner, at), size);
  }
  return size;
}

function sum(parts: readonly LayerWork[]): LayerWork {
  return {
    multiplyAdds: parts.reduce((total, part) => total + part.multiplyAdds, 0),
    multiplyAddsOfTool: parts.reduce((total, part) => total + part.multiplyAddsOfTool, 0),
  };
}

/** Multiply-adds of a convolution at so many output positions. */
export type ConvolutionWork = (layer: ConvolutionLayer, positions: number) => number;

const plainConvolution: ConvolutionWork = (layer, positions) => kernelLength(layer) * positions;

function workOfLayer(layer: Layer, size: MapSize, work: ConvolutionWork): LayerWork {
  if (layer.kind === "convolution") {
    const { height, width } = sizeAfter(layer, size);
    const weights = kernelLength(layer);
    const biases = layer.bias ? ownOutputs(layer) : 0;
    const norms = layer.norm ? 2 * ownOutputs(layer) : 0;
    return {
      multiplyAdds: work(layer, height * width),
      multiplyAddsOfTool: (weights + biases) * height * width + norms,
    };
  }
  if (layer.kind === "linear") {
    const weights = layer.inputs * layer.outputs;
    return { multiplyAdds: weights, multiplyAddsOfTool: weights + layer.outputs };
  }
  if (layer.kind === "residual") {
    return sum([workOfLayers(layer.body, size, work), workOfLayers(layer.shortcut, size, work)]);
  }
  if (layer.kind === "concatenation") {
    return sum(layer.branches.map((branch) => workOfLayers(branch, size, work)));
  }
  return { multiplyAdds: 0, multiplyAddsOfTool: 0 };
}

/**
 * Counts the multiply-adds of layers on one image.
 *
 * @param layers Layers in order.
 * @param size Height and width of the input.
 * @param work What `multiplyAdds` counts for a convolution, where its kernel is not simply there.
 * @returns The work by both rules.
 */
export function workOfLayers(
  layers: readonly Layer[],
  size: MapSize,
  work: ConvolutionWork = plainConvolution,
): LayerWork {
  let at = size;
  const parts = layers.map((layer) => {
    const part = workOfLayer(layer, at, work);
    at = sizeAfter(layer, at);
    return part;
  });
  return sum(parts);
}
