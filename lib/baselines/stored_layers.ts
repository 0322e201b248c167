import { convolutionsOf, linearsOf } from "../architectures/layer.ts";
import { finishConvolution } from "../classifiers/finish_convolution.ts";
import { convolveWith } from "../classifiers/layer_weights.ts";
import type { Layer } from "../architectures/layer.ts";
import type { LayerOperations } from "../layers/run_layers.ts";
import type { ForwardOptions } from "../classifiers/classifier.ts";
import type { LayerWeights } from "../classifiers/layer_weights.ts";

/**
 * Adds the parameters of layers whose kernels are stored.
 *
 * @param weights Receives the parameters.
 * @param layers Layers, nested or not.
 */
export function addStoredLayers(weights: LayerWeights, layers: readonly Layer[]): void {
  for (const layer of convolutionsOf(layers)) {
    weights.addKernel(layer);
    weights.addBiasAndNorm(layer);
  }
  for (const layer of linearsOf(layers)) weights.addLinear(layer);
}

/**
 * How stored layers are computed in training, recorded for the gradient.
 *
 * @param weights Parameters of the layers.
 * @param options What batch norms do, and what is dropped.
 * @param pass Added to the names of the statistics where a layer is passed several times; "" otherwise.
 * @returns Operations for `runLayers`.
 */
export function storedOperations(
  weights: LayerWeights,
  { normalize, drop }: Pick<ForwardOptions, "normalize" | "drop">,
  pass: string = "",
): LayerOperations {
  return {
    convolve: (layer, input) => {
      const output = convolveWith(layer, input, weights.kernel(layer));
      return finishConvolution(layer, output, { weights, normalize, drop, pass });
    },
    linear: (layer, input) => weights.linear(layer, drop?.vectors(input) ?? input),
  };
}
