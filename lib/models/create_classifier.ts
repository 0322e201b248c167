import { BranchyNet } from "../baselines/branchynet.ts";
import { createDdfn } from "../baselines/ddfn.ts";
import { Drnn } from "../baselines/drnn.ts";
import { createDynamicFilterNetwork } from "../baselines/dynamic_filter_network.ts";
import { SkipNet } from "../baselines/skipnet.ts";
import { createWeightNet } from "../baselines/weightnet.ts";
import { GeneratedKernels } from "../puppet/generated_kernels.ts";
import { ParameterSet } from "../tensors/parameter_set.ts";
import { LevelClassifier } from "../puppet/level_classifier.ts";
import { layersOfEntry, levelsOfModel } from "./model_layers.ts";
import { modelEntry } from "./model_registry.ts";
import { requireModelConfig } from "./require_model_config.ts";
import type { CustomEntry } from "./model_registry.ts";
import type { Classifier, CountingClassifier, CustomOptions } from "../classifiers/classifier.ts";
import type { ModelConfig } from "./model_config.ts";
import type { ModelLayers } from "./model_layers.ts";

/** Number of classes, and the seed of the initial weights. */
export interface CreateClassifierOptions {
  /** Number of classes. */
  readonly classes: number;
  /** Seed of the initial weights. */
  readonly seed: number;
}

/** Models with a class of their own. */
const CUSTOM_MODELS: Readonly<
  Record<
    CustomEntry["name"],
    (options: CustomOptions) => CountingClassifier
  >
> = {
  "dfn": createDynamicFilterNetwork,
  "weightnet": createWeightNet,
  "ddfn-sw": createDdfn,
  "branchynet": (options) => new BranchyNet(options),
  "skipnet": (options) => new SkipNet(options),
  "drnn": (options) => new Drnn(options),
};

/**
 * Builds a model with a class of its own.
 *
 * @param entry The model of the configuration's name.
 * @param config What fixes the architecture.
 * @param options Number of classes, seed, where the parameters go.
 * @returns The classifier; the caller disposes of it.
 */
export function createCustomModel(
  entry: CustomEntry,
  config: ModelConfig,
  options: Omit<CustomOptions, "levels">,
): CountingClassifier {
  return CUSTOM_MODELS[entry.name]({ ...options, levels: levelsOfModel(config, entry) });
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
    initialStateSize: config.initialStateSize,
    solver: config.solver,
    trajectorySteps: config.trajectorySteps,
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
 * @throws {RangeError} if a value of the configuration is out of range, or the number of classes is none.
 */
export function createClassifier(
  config: ModelConfig,
  options: CreateClassifierOptions,
): Classifier {
  const entry = modelEntry(config.name);
  requireModelConfig(config);
  if (!Number.isSafeInteger(options.classes) || options.classes < 1) {
    throw new RangeError(
      `Cannot make a model: classes must be a whole number of at least 1, current value is ${options.classes}`,
    );
  }
  if (entry.kind === "custom") {
    return createCustomModel(entry, config, options);
  }
  return createLevelClassifier(config, layersOfEntry(entry, config, options.classes), options.seed);
}
