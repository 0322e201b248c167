import { sizeAfter } from "../architectures/count_layers.ts";
import type { MapSize } from "../architectures/count_layers.ts";
import type {
  ConcatenationLayer,
  ConvolutionLayer,
  Layer,
  ResidualLayer,
} from "../architectures/layer.ts";

/** Rows and columns of zeros around a feature map. */
export interface Padding {
  /** Above. */
  readonly top: number;
  /** Below. */
  readonly bottom: number;
  /** To the left. */
  readonly left: number;
  /** To the right. */
  readonly right: number;
}

/** A convolution whose "same" padding is spelt out: it depends on the size of the map, and frameworks disagree on it. */
export interface PlacedConvolution extends ConvolutionLayer {
  /** Zeros around the input. */
  readonly padding: Padding;
}

/** A layer of a network for images of one size. */
export type PlacedLayer =
  | PlacedConvolution
  | Exclude<Layer, ConvolutionLayer | ResidualLayer | ConcatenationLayer>
  | (Omit<ResidualLayer, "body" | "shortcut"> & {
    readonly body: readonly PlacedLayer[];
    readonly shortcut: readonly PlacedLayer[];
  })
  | (Omit<ConcatenationLayer, "branches"> & {
    readonly branches: readonly (readonly PlacedLayer[])[];
  });

/** Zeros before and after an axis, so that ceil(length / stride) windows fit; the odd one comes last, as in TensorFlow. */
function paddingOf(
  length: number,
  { kernelSize, stride }: ConvolutionLayer,
): [before: number, after: number] {
  const windows = Math.ceil(length / stride);
  const zeros = Math.max((windows - 1) * stride + kernelSize - length, 0);
  return [Math.floor(zeros / 2), Math.ceil(zeros / 2)];
}

function placeLayer(layer: Layer, size: MapSize): PlacedLayer {
  switch (layer.kind) {
    case "convolution": {
      const [top, bottom] = paddingOf(size.height, layer);
      const [left, right] = paddingOf(size.width, layer);
      return { ...layer, padding: { top, bottom, left, right } };
    }
    case "residual": {
      const { body, shortcut } = layer;
      return { ...layer, body: placeLayers(body, size), shortcut: placeLayers(shortcut, size) };
    }
    case "concatenation":
      return { ...layer, branches: layer.branches.map((branch) => placeLayers(branch, size)) };
    default:
      return layer;
  }
}

/**
 * Spells out the padding of every convolution.
 *
 * @param layers An architecture.
 * @param size Height and width of its input in pixels.
 * @returns The same layers, in the same order.
 */
export function placeLayers(layers: readonly Layer[], size: MapSize): PlacedLayer[] {
  let current = size;
  return layers.map((layer) => {
    const placed = placeLayer(layer, current);
    current = sizeAfter(layer, current);
    return placed;
  });
}
