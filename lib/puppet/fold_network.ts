import * as tf from "@tensorflow/tfjs-core";
import { convolutionsOf } from "../architectures/layer.ts";
import { disposeFolded, foldConvolution } from "../classifiers/folded_convolution.ts";
import type { ConvolutionLayer } from "../architectures/layer.ts";
import type { FoldedConvolution } from "../classifiers/folded_convolution.ts";
import type { StatisticsOfLevel } from "../classifiers/level_statistics.ts";
import type { ComplexityLevel } from "../puppeteer/complexity_levels.ts";
import type { LevelNetworks } from "./level_networks.ts";

/**
 * Folds a layer's bias and norm into its kernel.
 *
 * @param classifier The model.
 * @param layer The layer.
 * @param parts Its kernel, which is not disposed of, and the batch-norm statistics of its level.
 * @returns Tensors of their own; the caller disposes of them.
 * @throws {RangeError} if the norm has no statistics, or those of another layer.
 */
export function foldLayer(
  { weights }: Pick<LevelNetworks, "weights">,
  layer: ConvolutionLayer,
  parts: { readonly kernel: tf.Tensor4D; readonly statistics: StatisticsOfLevel | undefined },
): FoldedConvolution {
  return foldConvolution(layer, {
    kernel: parts.kernel,
    bias: weights.bias(layer),
    norm: layer.norm ? weights.norm(layer.name) : null,
    statistics: parts.statistics?.get(layer.name),
  });
}

/**
 * Generates the kernels of a level and folds biases and norms into them.
 *
 * @param classifier The model.
 * @param level The level.
 * @param options Batch-norm statistics of the level, and who is told of every step of the generation.
 * @returns The convolutions by name of their layer, in order; the caller disposes of them.
 * @throws {RangeError} if statistics are missing, or of another layer.
 */
export function foldNetwork(
  classifier: LevelNetworks,
  level: ComplexityLevel,
  options: {
    readonly statistics: StatisticsOfLevel | undefined;
    readonly onStep?: (done: number, steps: number) => void;
  },
): Map<string, FoldedConvolution> {
  const { statistics, onStep } = options;
  const convolutions = new Map<string, FoldedConvolution>();
  try {
    tf.tidy(() => {
      const kernels = classifier.kernelsOf(level, onStep && { onStep });
      for (const layer of convolutionsOf(classifier.layersOf(level))) {
        const parts = { kernel: kernels.get(layer.name)!, statistics };
        convolutions.set(layer.name, foldLayer(classifier, layer, parts));
      }
    });
  } catch (error) {
    disposeFolded(convolutions.values());
    throw error;
  }
  return convolutions;
}
