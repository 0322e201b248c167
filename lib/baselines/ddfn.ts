import * as tf from "@tensorflow/tfjs-core";
import { alexnetArchitecture } from "../architectures/alexnet.ts";
import { kernelLength } from "../architectures/count_layers.ts";
import { convolveWith } from "../classifiers/layer_weights.ts";
import { DynamicKernelClassifier } from "./dynamic_kernel_classifier.ts";
import { convolveWithCombined } from "./per_sample_convolution.ts";
import type { ConvolutionLayer, LinearLayer } from "../architectures/layer.ts";
import type { DynamicKernelOptions } from "./dynamic_kernel_classifier.ts";
import type { GeneratorStorage, KernelGenerator } from "./kernel_generator.ts";

/** Length of the hidden vector of every generator. */
const HIDDEN = 32;

/** Added to the variance of a filter before the root is taken. */
const FILTER_EPSILON = 1e-5;

/** Kernels that a small network makes out of the map's mean, normalised filter by filter. */
class FilterGenerator implements KernelGenerator {
  readonly #storage: GeneratorStorage;

  constructor(storage: GeneratorStorage) {
    this.#storage = storage;
  }

  isGenerated(): boolean {
    return true;
  }

  addParameters(layer: ConvolutionLayer): void {
    const { weights } = this.#storage;
    const { hidden, kernel, pointwise } = partsOf(layer);
    weights.addLinear(hidden);
    weights.addLinear(kernel);
    weights.addKernel(pointwise);
  }

  kernels(layer: ConvolutionLayer, input: tf.Tensor4D): tf.Tensor5D {
    const { weights } = this.#storage;
    const { kernel } = partsOf(layer);
    const { kernelSize, inputChannels, outputChannels } = layer;
    const taps = kernelSize * kernelSize * inputChannels;
    const filters = tf.reshape<tf.Rank.R3>(
      weights.linear(kernel, this.#vector(layer, input)),
      [-1, taps, outputChannels],
    );
    return tf.reshape<tf.Rank.R5>(
      normalizeFilters(filters),
      [-1, kernelSize, kernelSize, inputChannels, outputChannels],
    );
  }

  /**
   * A filter is a sum of 33 fixed ones, the rows of the second linear layer and its bias. So those are given mean 0, once
   * for all images, and deviations come from their 33 x 33 products; what is left to do with every kernel is to make it
   * and to convolve with it. The deviation is the output's, since a convolution is linear in its kernel.
   */
  convolve(layer: ConvolutionLayer, input: tf.Tensor4D): tf.Tensor4D {
    const { parameters, weights } = this.#storage;
    const { kernel, pointwise } = partsOf(layer);
    const { kernelSize, inputChannels, outputChannels } = layer;
    const taps = kernelSize * kernelSize * inputChannels;
    const vector = this.#vector(layer, input);
    const codes = tf.concat2d([vector, tf.ones([vector.shape[0], 1])], 1);
    const terms = tf.reshape<tf.Rank.R3>(
      tf.concat([
        parameters.get(`${kernel.name}.weights`),
        tf.reshape(parameters.get(`${kernel.name}.bias`), [1, -1]),
      ], 0),
      [HIDDEN + 1, taps, outputChannels],
    );
    const basis = tf.sub<tf.Tensor3D>(terms, tf.mean(terms, 1, true));
    const dynamic = convolveWithCombined(input, {
      codes,
      basis: tf.reshape(basis, [-1, kernelSize, kernelSize, inputChannels, outputChannels]),
      stride: layer.stride,
    });
    const factors = filterFactors(varianceOfSums(codes, basis), taps);
    const scaled = tf.mul(dynamic, tf.reshape(factors, [-1, 1, 1, outputChannels]));
    return tf.add(scaled, convolveWith(pointwise, input, weights.kernel(pointwise)));
  }

  multiplyAdds(layer: ConvolutionLayer, outputPositions: number): number {
    const { hidden, kernel, pointwise } = partsOf(layer);
    return hidden.inputs * hidden.outputs + kernel.inputs * kernel.outputs +
      (kernelLength(layer) + kernelLength(pointwise)) * outputPositions;
  }

  /** The hidden numbers of every image, `[batch, 32]`. */
  #vector(layer: ConvolutionLayer, input: tf.Tensor4D): tf.Tensor2D {
    const { hidden } = partsOf(layer);
    return tf.relu(this.#storage.weights.linear(hidden, tf.mean<tf.Tensor2D>(input, [1, 2])));
  }
}

/** What brings filters of a variance to the deviation of He's initial values, sqrt(2 / taps). */
function filterFactors<T extends tf.Tensor>(variance: T, taps: number): T {
  return tf.mul(tf.rsqrt(tf.add(variance, FILTER_EPSILON)), Math.sqrt(2 / taps));
}

/**
 * Gives every filter mean 0 and the deviation of He's initial values, which keeps the scale of feature maps through a
 * network without norms. Together with the 1x1 convolution beside it, which starts at He's size too, maps grow by 1.5 a
 * layer at the start; halving the variance of both made no difference in a network of a quarter of the channels.
 *
 * @param filters `[batch, taps, out]`.
 */
function normalizeFilters(filters: tf.Tensor3D): tf.Tensor3D {
  const centred = tf.sub(filters, tf.mean(filters, 1, true));
  const variance = tf.mean(tf.square(centred), 1, true);
  return tf.mul(centred, filterFactors(variance, filters.shape[1]));
}

/**
 * Variance over the taps of sums of centred filters: `code' G code`, where G holds the filters' products.
 *
 * @param codes `[batch, terms]`.
 * @param basis `[terms, taps, out]`, mean 0 over the taps.
 * @returns `[batch, out]`.
 */
function varianceOfSums(codes: tf.Tensor2D, basis: tf.Tensor3D): tf.Tensor2D {
  const [terms, taps, outputs] = basis.shape;
  const byOutput = tf.transpose(basis, [2, 0, 1]);
  const products = tf.div(tf.matMul(byOutput, byOutput, false, true), taps);
  const byTerm = tf.reshape(tf.transpose(products, [1, 0, 2]), [terms, outputs * terms]);
  const halves = tf.reshape(tf.matMul(codes, byTerm as tf.Tensor2D), [-1, outputs, terms]);
  const sums = tf.sum<tf.Tensor2D>(tf.mul(halves, tf.expandDims(codes, 1)), 2);
  // Rounding can leave less than nothing.
  return tf.relu(sums);
}

/** The two linear layers of a generator, and the stored 1x1 convolution beside it. */
function partsOf(layer: ConvolutionLayer): {
  readonly hidden: Pick<LinearLayer, "name" | "inputs" | "outputs">;
  readonly kernel: Pick<LinearLayer, "name" | "inputs" | "outputs">;
  readonly pointwise: ConvolutionLayer;
} {
  const { name, inputChannels } = layer;
  return {
    hidden: { name: `generators.${name}.hidden`, inputs: inputChannels, outputs: HIDDEN },
    kernel: { name: `generators.${name}.kernel`, inputs: HIDDEN, outputs: kernelLength(layer) },
    pointwise: { ...layer, name: `${name}.pointwise`, kernelSize: 1 },
  };
}

/**
 * Makes DDFN-SW, decoupled dynamic filters in their sample-wise form (after Zhou, Jampani, Pi, Liu and Yang 2021): AlexNet
 * in which every convolution is the sum of a 3x3 convolution with the image's own kernel and a stored 1x1 convolution. The
 * kernel comes from the map's mean by two linear layers with ReLU between them, 32 hidden numbers wide, and is
 * normalised.
 *
 * Ground: a reading that meets the size, 300.83 MB. The original's filters act on each channel by itself and would make
 * at most 54 MB. Open and chosen by us: that the 1x1 convolution stands beside the generated one and not after it; that
 * a filter, for the normalisation, is all 9 x in numbers of an output channel; its fixed deviation, where the original
 * learns one.
 *
 * @param options Classes, seed, levels; layers for another size.
 * @returns The classifier: 75,206,410 parameters for ten classes.
 */
export function createDdfn(options: DynamicKernelOptions): DynamicKernelClassifier {
  return new DynamicKernelClassifier(options.layers ?? alexnetArchitecture(options.classes), {
    ...options,
    createGenerator: (storage) => new FilterGenerator(storage),
  });
}
