import { plainArchitecture } from "../architectures/plain.ts";
import { convolutionsOf } from "../architectures/layer.ts";
import { ComplexityLevels } from "../puppeteer/complexity_levels.ts";
import { modelEntry } from "./model_registry.ts";
import { requireModelConfig } from "./require_model_config.ts";
import type { LayersEntry, ModelEntry, PlainEntry } from "./model_registry.ts";
import type { ConvolutionLayer, Layer } from "../architectures/layer.ts";
import type { ComplexityLevel } from "../puppeteer/complexity_levels.ts";
import type { ModelConfig } from "./model_config.ts";

/** The layers of a model, as data: nothing is on the device. */
export interface ModelLayers {
  /** The complexity levels. */
  readonly levels: ComplexityLevels;
  /** Index of the level of an image of the reference complexity. */
  readonly reference: number;
  /** Layers of the network that serves a level. */
  readonly layersOf: (level: ComplexityLevel) => Layer[];
  /** Which kernels are generated; `null` stores them all. */
  readonly isGenerated: ((layer: ConvolutionLayer) => boolean) | null;
}

/** Layers of a network whose depth does not follow the image. */
function fixedDepthOf(entry: ModelEntry, config: ModelConfig): number {
  if (entry.kind === "plain") return config.fixedDepth;
  if (entry.kind === "custom") return entry.depth;
  // The depth does not depend on the number of classes.
  const convolutions = convolutionsOf(entry.architecture(1));
  return convolutions.filter((layer) => entry.isGenerated?.(layer) ?? true).length;
}

/**
 * What fixes the levels of a model: its own depth where it has one, and adaptation only where it adapts.
 *
 * @param config What fixes the architecture.
 * @param entry The model of that name.
 * @returns The configuration with those values in place of the idle ones.
 */
export function levelOptionsOf(
  config: ModelConfig,
  entry: ModelEntry = modelEntry(config.name),
): ModelConfig {
  const { adapts } = entry;
  return {
    ...config,
    fixedDepth: fixedDepthOf(entry, config),
    depthAdaptation: adapts.depth && config.depthAdaptation,
    parameterAdaptation: adapts.parameters && config.parameterAdaptation,
  };
}

/**
 * Whether every image has a trajectory of its own: where the initial state follows no image, `exact` changes nothing, and
 * images would only be slow, one by one.
 *
 * @param config What fixes the architecture.
 * @returns Whether it is asked for and makes a difference.
 */
export function hasOwnTrajectories(config: ModelConfig): boolean {
  return config.exact && levelOptionsOf(config).parameterAdaptation;
}

/**
 * The levels that a configuration asks for; a model that does not look at complexity has one.
 *
 * @param config What fixes the architecture.
 * @param entry The model of that name.
 * @returns At least one level.
 */
export function levelsOfModel(
  config: ModelConfig,
  entry: ModelEntry = modelEntry(config.name),
): ComplexityLevels {
  return new ComplexityLevels(levelOptionsOf(config, entry));
}

/**
 * Whether a model has a puppeteer that generates kernels.
 *
 * @param entry The model.
 * @returns `false` for a model all of whose kernels are stored or made by its own layers.
 */
export function generatesKernels(entry: ModelEntry): boolean {
  return entry.kind === "plain"
    ? entry.generates
    : entry.kind === "layers" && entry.isGenerated !== null;
}

/**
 * Whether a model stores kernels of convolutions, all of them or some.
 *
 * @param entry The model.
 * @returns `false` for a model all of whose kernels are generated, by a puppeteer or by its own layers.
 */
export function storesKernels(entry: ModelEntry): boolean {
  if (entry.kind === "plain") return !entry.generates;
  if (entry.kind === "custom") return entry.name !== "dfn";
  return convolutionsOf(entry.architecture(1)).some((layer) => !entry.isGenerated?.(layer));
}

/**
 * Lays a model out without making it.
 *
 * @param config What fixes the architecture.
 * @param classes Number of classes.
 * @returns Layers by level; `null` for a model with a class of its own, which is more than layers.
 * @throws {RangeError} if a value of the configuration is out of range.
 */
export function layersOfModel(config: ModelConfig, classes: number): ModelLayers | null {
  const entry = modelEntry(config.name);
  requireModelConfig(config);
  return entry.kind === "custom" ? null : layersOfEntry(entry, config, classes);
}

/** The layers of a model that has been looked up and is nothing but layers. */
export function layersOfEntry(
  entry: PlainEntry | LayersEntry,
  config: ModelConfig,
  classes: number,
): ModelLayers {
  const { maxChannels, kernelSize, identityShortcuts, mirrorSymmetry } = config;
  const levels = levelsOfModel(config, entry);
  const shared = { levels, reference: levels.levelOf(config.referenceComplexity) };
  if (entry.kind === "layers") {
    const layers = entry.architecture(classes);
    return { ...shared, layersOf: () => layers, isGenerated: entry.isGenerated };
  }
  return {
    ...shared,
    layersOf: ({ depth }) =>
      plainArchitecture({
        depth,
        maxChannels,
        kernelSize,
        classes,
        identityShortcuts,
        mirrorSymmetry,
      }),
    isGenerated: entry.generates ? () => true : null,
  };
}
