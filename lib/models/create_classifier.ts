import { convolutionsOf } from "../architectures/layer.ts";
import { plainArchitecture } from "../architectures/plain.ts";
import { ComplexityLevels } from "../puppeteer/complexity_levels.ts";
import { GeneratedKernels } from "../puppet/generated_kernels.ts";
import { ParameterSet } from "../tensors/parameter_set.ts";
import { LevelClassifier } from "./level_classifier.ts";
import { StoredKernels } from "./stored_kernels.ts";
import type { ModelConfig } from "./model_config.ts";

/** The levels that a configuration asks for; a fixed CNN has one. */
export function levelsOfModel(config: ModelConfig): ComplexityLevels {
  const adapts = config.name === "puppet-cnn";
  return new ComplexityLevels({
    ...config,
    depthAdaptation: adapts && config.depthAdaptation,
    parameterAdaptation: adapts && config.parameterAdaptation,
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
  options: { readonly classes: number; readonly seed: number },
): LevelClassifier {
  const { maxChannels, kernelSize, identityShortcuts } = config;
  const { classes, seed } = options;
  const parameters = new ParameterSet();
  const levels = levelsOfModel(config);
  const architecture = (depth: number) =>
    plainArchitecture({ depth, maxChannels, kernelSize, classes, identityShortcuts });
  // Before anything is made on the device: a layout that cannot be leaves nothing behind.
  const convolutions = convolutionsOf(architecture(config.fixedDepth));
  const kernelSource = config.name === "fixed-cnn"
    ? new StoredKernels(parameters, convolutions, seed)
    : new GeneratedKernels(parameters, {
      channels: maxChannels,
      taps: kernelSize * kernelSize,
      initialState: config.initialState,
      solver: config.solver,
      seed,
    });
  return new LevelClassifier({ parameters, levels, architecture, kernelSource, seed });
}
