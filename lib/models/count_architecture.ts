import { plainArchitecture } from "../architectures/plain.ts";
import { levelsOfModel } from "./create_classifier.ts";
import { modelEntry } from "./model_registry.ts";
import type { ConvolutionLayer, Layer } from "../architectures/layer.ts";
import type { ComplexityLevel } from "../puppeteer/complexity_levels.ts";
import type { ModelConfig } from "./model_config.ts";

/** The layers of a model, as data: nothing is on the device. */
export interface ModelLayers {
  /** The complexity levels. */
  readonly levels: readonly ComplexityLevel[];
  /** Index of the level of an image of the reference complexity. */
  readonly reference: number;
  /** Layers of the network that serves a level. */
  readonly layersOf: (level: ComplexityLevel) => Layer[];
  /** Which kernels are generated; `null` stores them all. */
  readonly isGenerated: ((layer: ConvolutionLayer) => boolean) | null;
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
  if (entry.kind === "custom") return null;
  const { maxChannels, kernelSize, identityShortcuts } = config;
  const levels = levelsOfModel(config);
  const shared = {
    levels: levels.list,
    reference: levels.levelOf(config.referenceComplexity),
  };
  if (entry.kind === "layers") {
    const layers = entry.architecture(classes);
    return { ...shared, layersOf: () => layers, isGenerated: entry.isGenerated };
  }
  return {
    ...shared,
    layersOf: ({ depth }) =>
      plainArchitecture({ depth, maxChannels, kernelSize, classes, identityShortcuts }),
    isGenerated: entry.generates ? () => true : null,
  };
}
