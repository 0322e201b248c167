import * as tf from "@tensorflow/tfjs-core";
import { batchNormWithMoments } from "../layers/batch_norm.ts";
import { normalizePairs } from "../layers/mirror_pairs.ts";
import type { ConvolutionLayer } from "../architectures/layer.ts";
import type { ForwardOptions, Normalization } from "./classifier.ts";
import type { LayerWeights } from "./layer_weights.ts";
import type { StatisticsOfLevel } from "./level_statistics.ts";

/**
 * What follows a convolution of a forward pass, up to its activation: bias, batch norm, and channels that are dropped.
 *
 * @param layer The layer.
 * @param output What the convolution gave, `[batch, height, width, out]`, float32.
 * @param options Where bias, scale and offset are, what norms do, what is dropped, and what is added to the name of the
 * statistics where a layer is passed several times.
 * @returns Maps of the same shape.
 */
export function finishConvolution(
  layer: ConvolutionLayer,
  output: tf.Tensor4D,
  options: Pick<ForwardOptions, "normalize" | "drop"> & {
    readonly weights: LayerWeights;
    readonly pass?: string;
  },
): tf.Tensor4D {
  const { weights, normalize, drop, pass = "" } = options;
  const bias = weights.bias(layer);
  const biased = bias === null ? output : tf.add<tf.Tensor4D>(output, bias);
  const site = layer.norm ? weights.norm(layer.name, layer.name + pass) : null;
  const normed = site === null
    ? biased
    : normalizePairs(layer.mirror, biased, (maps) => normalize(site, maps));
  return drop?.maps(normed) ?? normed;
}

/**
 * Batch norms by statistics that were computed before.
 *
 * @param statistics Those of the level, with every norm of the network.
 * @returns What a forward pass takes.
 */
export function normalizeByStatistics(statistics: StatisticsOfLevel): Normalization {
  return (site, input) => {
    const { mean, variance } = statistics.get(site.name)!;
    const moments = { mean: tf.tensor1d(mean), variance: tf.tensor1d(variance) };
    return batchNormWithMoments(input, moments, site);
  };
}
