import { ownKernelLength, workOfLayers } from "../architectures/count_layers.ts";
import { convolutionsOf, linearsOf, ownInputs, ownOutputs } from "../architectures/layer.ts";
import { createCustomModel } from "./create_classifier.ts";
import { layersOfEntry, levelsOfModel } from "./model_layers.ts";
import { modelEntry } from "./model_registry.ts";
import { requireModelConfig } from "./require_model_config.ts";
import { leaveNothing } from "./require_image_size.ts";
import {
  evaluationsFor,
  parametersOfPuppeteer,
  workOfEvaluation,
  workOfResizing,
} from "../puppet/count_puppeteer.ts";
import { ParameterSet, type TensorValues } from "../tensors/parameter_set.ts";
import type { MapSize } from "../architectures/count_layers.ts";
import type { ConvolutionLayer, Layer } from "../architectures/layer.ts";
import type { ComplexityLevel } from "../puppeteer/complexity_levels.ts";
import type { ModelLayers } from "./model_layers.ts";
import type { ModelConfig } from "./model_config.ts";
import type { CustomEntry } from "./model_registry.ts";

/** Images of the paper's summaries: 178.07 M per image times 64 is the published 11.40 G of ResNet. */
const PAPER_BATCH = 64;

/** Options of `countModel`. */
export interface CountModelOptions {
  /** Number of classes. */
  readonly classes: number;
  /** Height and width of the images in pixels. */
  readonly image: MapSize;
  /**
   * Images of the tool's figure, and images that share one generation in ours; >= 1.
   *
   * @default 64
   */
  readonly batch?: number;
}

/** Our rule for the network of one level: multiply-adds of convolutions, linear layers, dynamics and resizing. */
export interface LevelWork {
  /** Index of the level. */
  readonly level: number;
  /** Complexity that stands for the level, in bits. */
  readonly complexity: number;
  /** Kernels that are generated. */
  readonly generatedKernels: number;
  /** Evaluations of f_theta that generate them. */
  readonly evaluations: number;
  /** Forward pass of one image, its kernels generated beforehand. */
  readonly forward: number;
  /** All evaluations of f_theta, once per level. */
  readonly dynamics: number;
  /** Resizing of all states to kernels, once per level. */
  readonly resizing: number;
  /** `forward`, and the share of one image in `dynamics` and `resizing` when a batch shares them. */
  readonly amortized: number;
}

/** Sizes and work of a model. */
export interface ModelCount {
  /** Trainable numbers: of the puppeteer without E (the paper's column), and all that are stored. */
  readonly parameters: { readonly puppeteer: number; readonly total: number };
  /** The same as float32, in millions of bytes. */
  readonly megabytes: { readonly puppeteer: number; readonly total: number };
  /** Images of the tool's figure, and that share one generation. */
  readonly batch: number;
  /**
   * Multiply-adds of a whole batch by the rule of the paper's tool, at the reference complexity. The tool does not see
   * convolutions with generated kernels: of a puppet it counts one generation, and nothing per image. The published
   * figures leave no room for a stored stem or a head beside it. `null` where the model is not a list of layers.
   */
  readonly multiplyAddsOfTool: number | null;
  /** Our rule, at the reference complexity. */
  readonly reference: LevelWork;
  /** Our rule by level. */
  readonly levels: readonly LevelWork[];
  /** Whether the network decides which work an image needs; its figures are those of the most expensive path. */
  readonly decides: boolean;
}

/** float32, and MB = 10^6 bytes, as the paper prints them. */
function megabytesOf(parameters: number): number {
  return (4 * parameters) / 1e6;
}

/** Kernels, biases, norms and linear layers of all levels together; a place that levels share counts once. */
function storedParameters({ levels, layersOf, isGenerated }: ModelLayers): number {
  const places = new Map<string, ConvolutionLayer>();
  for (const level of levels.list) {
    for (const layer of convolutionsOf(layersOf(level))) places.set(layer.name, layer);
  }
  let total = 0;
  for (const layer of places.values()) {
    total += isGenerated?.(layer) === true ? 0 : ownKernelLength(layer);
    total += layer.bias ? ownOutputs(layer) : 0;
    total += layer.norm ? 2 * ownOutputs(layer) : 0;
  }
  for (const layer of linearsOf(layersOf(levels.list[0]!))) {
    total += (ownInputs(layer) + 1) * layer.outputs;
  }
  return total;
}

/** What a state is resized to. */
function ownPart(layer: ConvolutionLayer): ConvolutionLayer {
  return { ...layer, outputChannels: ownOutputs(layer) };
}

function workOfLevel(
  config: Omit<ModelConfig, "name">,
  level: ComplexityLevel,
  options: { readonly model: ModelLayers; readonly image: MapSize; readonly batch: number },
): LevelWork {
  const { layersOf, isGenerated } = options.model;
  const layers = layersOf(level);
  const generated = convolutionsOf(layers).filter((layer) => isGenerated?.(layer) === true);
  const evaluations = evaluationsFor(generated.length, config);
  const { multiplyAdds: forward } = workOfLayers(layers, options.image);
  const dynamics = evaluations * workOfEvaluation(config).multiplyAdds;
  const resizing = generated.reduce(
    (total, layer) => total + workOfResizing(ownPart(layer), config),
    0,
  );
  return {
    level: level.index,
    complexity: level.complexity,
    generatedKernels: generated.length,
    evaluations,
    forward,
    dynamics,
    resizing,
    amortized: forward + (dynamics + resizing) / options.batch,
  };
}

/** An image that poolings shrink to nothing would count as no work at all. */
function checkImage(name: string, ways: readonly (readonly Layer[])[], image: MapSize): void {
  if (ways.some((layers) => leaveNothing(layers, image))) {
    throw new RangeError(
      `Cannot count ${name}: its poolings leave nothing of images of ${image.height} x ${image.width} pixels; larger ones are needed`,
    );
  }
}

/**
 * Counts a network that is given as layers, in the registry or not: other depths of a template, for example.
 *
 * @param config Sizes of the puppeteer, and a name for messages; the layers are those of `model`.
 * @param options The layers by level, size of the images, images that share a generation (default 64).
 * @returns The figures.
 * @throws {RangeError} if the image is too small for the poolings.
 */
export function countModelLayers(
  config: Omit<ModelConfig, "name"> & { readonly name: string },
  options: Omit<CountModelOptions, "classes"> & { readonly model: ModelLayers },
): ModelCount {
  const { model, image, batch = PAPER_BATCH } = options;
  checkImage(config.name, model.levels.list.map(model.layersOf), image);
  const levels = model.levels.list.map((level) =>
    workOfLevel(config, level, { model, image, batch })
  );
  const reference = levels[model.reference]!;
  const generates = model.isGenerated !== null;
  const { dynamics, initialState } = generates
    ? parametersOfPuppeteer(config)
    : { dynamics: 0, initialState: 0 };
  const total = dynamics + initialState + storedParameters(model);
  const layers = model.layersOf(model.levels.list[model.reference]!);
  return {
    parameters: { puppeteer: dynamics, total },
    megabytes: { puppeteer: megabytesOf(dynamics), total: megabytesOf(total) },
    batch,
    multiplyAddsOfTool: generates
      ? reference.evaluations * workOfEvaluation(config).multiplyAddsOfTool
      : workOfLayers(layers, image).multiplyAddsOfTool * batch,
    reference,
    levels,
    decides: false,
  };
}

/** Notes how many numbers a model would store, and stores none. */
class CountedParameters extends ParameterSet {
  #total = 0;

  override add(_name: string, { shape }: TensorValues): void {
    this.#total += shape.reduce((product, length) => product * length, 1);
  }

  override count(): number {
    return this.#total;
  }
}

/** A model that is not a list of layers counts itself; every level costs the same. */
function countCustom(
  entry: CustomEntry,
  config: ModelConfig,
  options: Required<CountModelOptions>,
): ModelCount {
  const counted = new CountedParameters();
  const { classes, image } = options;
  checkImage(entry.name, entry.backbone === null ? [] : [entry.backbone(classes)], image);
  const model = createCustomModel(entry, config, { classes, seed: 0, parameters: counted });
  const multiplyAdds = model.workOf(image);
  const parameters = counted.count();
  const levels = levelsOfModel(config, entry).list.map(({ index, complexity }): LevelWork => ({
    level: index,
    complexity,
    generatedKernels: 0,
    evaluations: 0,
    forward: multiplyAdds,
    dynamics: 0,
    resizing: 0,
    amortized: multiplyAdds,
  }));
  return {
    parameters: { puppeteer: 0, total: parameters },
    megabytes: { puppeteer: 0, total: megabytesOf(parameters) },
    batch: options.batch,
    multiplyAddsOfTool: null,
    reference: levels[0]!,
    levels,
    decides: entry.decides,
  };
}

/**
 * Counts the parameters of a model, and its multiply-adds by two rules. Nothing is computed, and no backend is needed.
 *
 * Our rule counts weights times output positions. Kernels are generated once per level, whatever the number of images,
 * so that generation stands apart from the work per image.
 *
 * @param config What fixes the model.
 * @param options Number of classes, size of the images, images that share a generation.
 * @returns The figures.
 * @throws {RangeError} if the configuration is out of range, `batch` is not an integer >= 1, or the image is too small for
 * the model's poolings.
 */
// deno-lint-ignore require-await -- errors come as rejections, as the type promises
export async function countModel(
  config: ModelConfig,
  options: CountModelOptions,
): Promise<ModelCount> {
  const complete = { batch: PAPER_BATCH, ...options };
  if (!Number.isInteger(complete.batch) || complete.batch < 1) {
    throw new RangeError(
      `Cannot count a model: batch must be an integer >= 1, current value is ${complete.batch}`,
    );
  }
  const entry = modelEntry(config.name);
  requireModelConfig(config);
  return entry.kind === "custom" ? countCustom(entry, config, complete) : countModelLayers(config, {
    ...complete,
    model: layersOfEntry(entry, config, complete.classes),
  });
}
