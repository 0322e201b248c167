import { GeneratedKernels } from "../puppet/generated_kernels.ts";
import { ParameterSet } from "../tensors/parameter_set.ts";
import { LevelClassifier } from "./level_classifier.ts";
import { layersOfModel, levelsOfModel } from "./model_layers.ts";
import { modelEntry } from "./model_registry.ts";
import type { Classifier } from "./classifier.ts";
import type { ModelConfig } from "./model_config.ts";
import type { ModelLayers } from "./model_layers.ts";

/** Number of classes, and the seed of the initial weights. */
export interface CreateClassifierOptions {
  /** Number of classes. */
  readonly classes: number;
  /** Seed of the initial weights. */
  readonly seed: number;
}

/** A network of layers, with the kernels of some of them generated. */
function createLevelClassifier(
  config: ModelConfig,
  { levels, layersOf, isGenerated }: ModelLayers,
  seed: number,
): LevelClassifier {
  // Before anything is made on the device: a layout that cannot be leaves nothing behind.
  for (const level of levels.list) layersOf(level);
  const parameters = new ParameterSet();
  const kernelSource = isGenerated === null ? null : new GeneratedKernels(parameters, {
    channels: config.maxChannels,
    taps: config.kernelSize * config.kernelSize,
    initialState: config.initialState,
    solver: config.solver,
    trajectorySteps: config.trajectorySteps,
    kernelResizing: config.kernelResizing,
    seed,
  });
  return new LevelClassifier({
    parameters,
    levels,
    layersOf,
    kernelSource,
    isGenerated: isGenerated ?? (() => false),
    seed,
  });
}

/**
 * Builds a classifier with initial weights on the current backend.
 *
 * @param config What fixes the architecture.
 * @param options Number of classes and the seed of the initial weights.
 * @returns The classifier; the caller disposes of it.
 * @throws {RangeError} if a value of the configuration is out of range.
 */
export function createClassifier(
  config: ModelConfig,
  options: CreateClassifierOptions,
): Classifier {
  const entry = modelEntry(config.name);
  if (entry.kind === "custom") {
    return entry.create({ ...options, levels: levelsOfModel(config) });
  }
  return createLevelClassifier(config, layersOfModel(config, options.classes)!, options.seed);
}
