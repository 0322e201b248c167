import { convolutionsOf } from "../architectures/layer.ts";
import {
  disposeFolded,
  foldConvolution,
  foldedOperations,
} from "../classifiers/folded_convolution.ts";
import type { Layer } from "../architectures/layer.ts";
import type { LayerOperations } from "../layers/run_layers.ts";
import type { FoldedConvolution } from "../classifiers/folded_convolution.ts";
import type { LayerWeights } from "../classifiers/layer_weights.ts";
import type { StatisticsOfLevel } from "../classifiers/level_statistics.ts";

/**
 * Stored layers for inference: batch norm with fixed statistics is an affine map per channel and is folded into kernel
 * and bias. A layer that is passed several times with statistics of its own each time is folded once per pass.
 */
export class FoldedLayers {
  readonly #weights: LayerWeights;
  readonly #statistics: StatisticsOfLevel;
  readonly #convolutions = new Map<string, FoldedConvolution>();

  /**
   * Starts without any layer.
   *
   * @param weights Parameters; must outlive this, whose linear layers are theirs.
   * @param statistics Batch-norm statistics by name; may be empty where no layer has a norm.
   */
  constructor(weights: LayerWeights, statistics: StatisticsOfLevel) {
    this.#weights = weights;
    this.#statistics = statistics;
  }

  /**
   * Folds the convolutions of layers.
   *
   * @param layers Layers, nested or not.
   * @param pass Added to the names of the statistics, as in `storedOperations`.
   * @throws {RangeError} if a norm has no statistics.
   */
  add(layers: readonly Layer[], pass: string = ""): void {
    for (const layer of convolutionsOf(layers)) {
      const name = layer.name + pass;
      const folded = foldConvolution(layer, {
        kernel: this.#weights.kernel(layer),
        bias: this.#weights.bias(layer),
        norm: layer.norm ? this.#weights.norm(layer.name, name) : null,
        statistics: this.#statistics.get(name),
      });
      this.#convolutions.set(name, folded);
    }
  }

  /** Operations for `runLayers` in one pass. */
  operations(pass: string = ""): LayerOperations {
    return {
      ...foldedOperations((layer) => this.#convolutions.get(layer.name + pass)!),
      linear: (layer, input) => this.#weights.linear(layer, input),
    };
  }

  /** Frees the folded kernels. */
  dispose(): void {
    disposeFolded(this.#convolutions.values());
    this.#convolutions.clear();
  }
}
