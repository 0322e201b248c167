import { plainArchitecture } from "../architectures/plain.ts";
import { ComplexityLevels } from "../puppeteer/complexity_levels.ts";
import { GeneratedKernels } from "../puppet/generated_kernels.ts";
import { ParameterSet } from "../tensors/parameter_set.ts";
import { LevelClassifier } from "./level_classifier.ts";
import { modelEntry } from "./model_registry.ts";
import type { ConvolutionLayer, Layer } from "../architectures/layer.ts";
import type { Classifier } from "./classifier.ts";
import type { ModelConfig } from "./model_config.ts";

/** Number of classes, and the seed of the initial weights. */
export interface CreateClassifierOptions {
  /** Number of classes. */
  readonly classes: number;
  /** Seed of the initial weights. */
  readonly seed: number;
}

/** The levels that a configuration asks for; a model that does not look at complexity has one. */
export function levelsOfModel(config: ModelConfig): ComplexityLevels {
  const { adapts } = modelEntry(config.name);
  return new ComplexityLevels({
    ...config,
    depthAdaptation: adapts.depth && config.depthAdaptation,
    parameterAdaptation: adapts.parameters && config.parameterAdaptation,
  });
}

/** A network of layers, with the kernels of some of them generated. */
function createLevelClassifier(
  config: ModelConfig,
  options: CreateClassifierOptions & {
    readonly architecture: (depth: number) => Layer[];
    readonly isGenerated: ((layer: ConvolutionLayer) => boolean) | null;
  },
): LevelClassifier {
  const { seed, architecture, isGenerated } = options;
  const parameters = new ParameterSet();
  const kernelSource = isGenerated === null ? null : new GeneratedKernels(parameters, {
    channels: config.maxChannels,
    taps: config.kernelSize * config.kernelSize,
    initialState: config.initialState,
    solver: config.solver,
    seed,
  });
  return new LevelClassifier({
    parameters,
    levels: levelsOfModel(config),
    architecture,
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
  const { maxChannels, kernelSize, identityShortcuts } = config;
  const { classes } = options;
  if (entry.kind === "plain") {
    const architecture = (depth: number) =>
      plainArchitecture({ depth, maxChannels, kernelSize, classes, identityShortcuts });
    const isGenerated = entry.generates ? () => true : null;
    return createLevelClassifier(config, { ...options, architecture, isGenerated });
  }
  if (entry.kind === "layers") {
    const architecture = () => entry.architecture(classes);
    return createLevelClassifier(config, {
      ...options,
      architecture,
      isGenerated: entry.isGenerated,
    });
  }
  return entry.create({ ...options, levels: levelsOfModel(config) });
}
