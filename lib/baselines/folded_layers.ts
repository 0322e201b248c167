import * as tf from "@tensorflow/tfjs-core";
import { convolutionsOf } from "../architectures/layer.ts";
import { BATCH_NORM_EPSILON } from "../layers/batch_norm.ts";
import { convolveWith } from "../models/layer_weights.ts";
import type { ConvolutionLayer, Layer } from "../architectures/layer.ts";
import type { LayerOperations } from "../layers/run_layers.ts";
import type { LayerWeights } from "../models/layer_weights.ts";
import type { StatisticsOfLevel } from "../models/level_statistics.ts";

/** A convolution with its bias and batch norm folded in. */
interface FoldedConvolution {
  readonly kernel: tf.Tensor4D;
  /** `null` if there is neither bias nor norm. */
  readonly bias: tf.Tensor1D | null;
}

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
      tf.tidy(() => {
        const folded = layer.norm ? this.#foldNorm(layer, name) : {
          // Clones of their own: stored parameters must survive the disposal of this.
          kernel: tf.clone(this.#weights.kernel(layer)),
          bias: this.#weights.bias(layer)?.clone() ?? null,
        };
        tf.keep(folded.kernel);
        if (folded.bias !== null) tf.keep(folded.bias);
        this.#convolutions.set(name, folded);
      });
    }
  }

  /** Operations for `runLayers` in one pass. */
  operations(pass: string = ""): LayerOperations {
    return {
      convolve: (layer, input) => {
        const { kernel, bias } = this.#convolutions.get(layer.name + pass)!;
        if (bias === null) return convolveWith(layer, input, kernel);
        const fused = layer.depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
        return fused({ x: input, filter: kernel, strides: layer.stride, pad: "same", bias });
      },
      linear: (layer, input) => this.#weights.linear(layer, input),
    };
  }

  /** Frees the folded kernels. */
  dispose(): void {
    for (const { kernel, bias } of this.#convolutions.values()) {
      kernel.dispose();
      bias?.dispose();
    }
    this.#convolutions.clear();
  }

  /** scale (w * x + b - mean) / deviation + offset, as one kernel and one bias. */
  #foldNorm(layer: ConvolutionLayer, name: string): FoldedConvolution {
    const statistics = this.#statistics.get(name);
    if (statistics === undefined) {
      throw new RangeError(
        `Cannot prepare for inference: batch norm "${name}" has no statistics; compute them with the current model`,
      );
    }
    const { scale, offset } = this.#weights.norm(layer.name);
    const deviation = tf.sqrt(tf.add(tf.tensor1d(statistics.variance), BATCH_NORM_EPSILON));
    const factor = tf.div<tf.Tensor1D>(scale, deviation);
    // A depthwise kernel has its channels on the third axis, any other on the fourth.
    const kernelFactor = layer.depthwise ? tf.reshape(factor, [-1, 1]) : factor;
    const centre = tf.sub(this.#weights.bias(layer) ?? 0, tf.tensor1d(statistics.mean));
    return {
      kernel: tf.mul<tf.Tensor4D>(this.#weights.kernel(layer), kernelFactor),
      bias: tf.add<tf.Tensor1D>(offset, tf.mul(centre, factor)),
    };
  }
}
