import { kernelLength, sizeAfter } from "../architectures/count_layers.ts";
import { countModel } from "./count_model.ts";
import { layersOfModel } from "./model_layers.ts";
import { modelEntry } from "./model_registry.ts";
import type { MapSize } from "../architectures/count_layers.ts";
import type { ConvolutionLayer, Layer } from "../architectures/layer.ts";
import type { ModelCount } from "./count_model.ts";
import type { ModelConfig } from "./model_config.ts";
import type { ModelEntry } from "./model_registry.ts";

/** C of the paper's puppeteers: its prints say nothing of others. */
const PAPER_CHANNELS = 512;

/** A model of the list: what the registry says of it, and its figures. */
export interface ListedModel extends ModelCount {
  /** What `--model` takes. */
  readonly name: ModelEntry["name"];
  /** One line: what the model is. */
  readonly description: string;
  /** Where the model comes from. */
  readonly source: string;
  /** How our form relates to the paper's. */
  readonly ground: string;
  /** Size printed by the paper in MB for this number of classes; `null` if it prints none. */
  readonly paperMegabytes: number | null;
  /** What follows the complexity of the image. */
  readonly adapts: { readonly depth: boolean; readonly parameters: boolean };
}

/** One line of a model's list of layers. */
export interface LayerRow {
  /** Name of its parameters; empty where it has none. */
  readonly name: string;
  /** What it does. */
  readonly kind: string;
  /** `3 > 64`; empty where it keeps them. */
  readonly channels: string;
  /** `32 x 32`, in pixels. */
  readonly output: string;
  /** Numbers of its kernel or matrix. */
  readonly weights: number;
  /** Whether the weights are generated. */
  readonly generated: boolean;
}

/** One model with its layers. The contract of `models NAME --json`. */
export interface ModelDetails extends ListedModel {
  /** Its layers at the reference complexity; `null` where it is more than a list of layers. */
  readonly layers: readonly LayerRow[] | null;
}

type IsGenerated = (layer: ConvolutionLayer) => boolean;

function layerRow(layer: Layer, size: MapSize, isGenerated: IsGenerated): LayerRow {
  const { height, width } = sizeAfter(layer, size);
  const output = `${height} x ${width}`;
  const plain = { name: "", channels: "", output, weights: 0, generated: false };
  if (layer.kind === "convolution") {
    const { kernelSize, stride, depthwise, inputChannels, outputChannels } = layer;
    const form = depthwise ? "depthwise" : "convolution";
    return {
      name: layer.name,
      kind: `${form} ${kernelSize}x${kernelSize}${stride > 1 ? `, stride ${stride}` : ""}`,
      channels: `${inputChannels} > ${outputChannels}`,
      output,
      weights: kernelLength(layer),
      generated: isGenerated(layer),
    };
  }
  if (layer.kind === "linear") {
    const { name, inputs, outputs } = layer;
    const channels = `${inputs} > ${outputs}`;
    return { ...plain, name, kind: "linear", channels, output: "", weights: inputs * outputs };
  }
  if (layer.kind === "max-pool") {
    return { ...plain, kind: `max-pool ${layer.size}x${layer.size}, stride ${layer.stride}` };
  }
  if (layer.kind === "residual") {
    return { ...plain, kind: layer.shortcut.length === 0 ? "add input" : "add shortcut" };
  }
  if (layer.kind === "concatenation") return { ...plain, kind: "join branches" };
  return { ...plain, kind: "global average pool", output: "1 x 1" };
}

/**
 * Lists layers line by line: the layers of a nest come before the line that joins them.
 *
 * @param layers Layers in order.
 * @param size Height and width of the input.
 * @param isGenerated Whether the kernel of a convolution is generated.
 * @returns One row per layer.
 */
function layerRows(
  layers: readonly Layer[],
  size: MapSize,
  isGenerated: IsGenerated,
): LayerRow[] {
  let at = size;
  return layers.flatMap((layer) => {
    const branches = layer.kind === "residual"
      ? [layer.body, layer.shortcut]
      : layer.kind === "concatenation"
      ? layer.branches
      : [];
    const rows = branches.flatMap((branch) => layerRows(branch, at, isGenerated));
    rows.push(layerRow(layer, at, isGenerated));
    at = sizeAfter(layer, at);
    return rows;
  });
}

/**
 * What is said of a model, with its figures and the paper's print of the same number of classes.
 *
 * @param config Configuration of the model.
 * @param data Classes and size of the images in pixels.
 * @returns The model as a document.
 */
export async function listModel(
  config: ModelConfig,
  data: { readonly classes: number; readonly image: MapSize },
): Promise<ListedModel> {
  const { name, description, source, ground, adapts, paperMegabytes } = modelEntry(config.name);
  const count = await countModel(config, data);
  const isPrinted = count.parameters.puppeteer === 0 || config.maxChannels === PAPER_CHANNELS;
  const print = isPrinted ? paperMegabytes[data.classes] ?? null : null;
  return { name, description, source, ground, paperMegabytes: print, adapts, ...count };
}

/**
 * The layers of a model at the reference complexity.
 *
 * @param config Configuration of the model.
 * @param data Classes and size of the images in pixels.
 * @returns One row per layer; `null` for a model that is more than layers.
 */
export function listLayers(
  config: ModelConfig,
  data: { readonly classes: number; readonly image: MapSize },
): LayerRow[] | null {
  const model = layersOfModel(config, data.classes);
  if (model === null) return null;
  const layers = model.layersOf(model.levels.list[model.reference]!);
  return layerRows(layers, data.image, (layer) => model.isGenerated?.(layer) === true);
}
