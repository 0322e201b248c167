import * as tf from "@tensorflow/tfjs-core";
import { alexnetArchitecture } from "../architectures/alexnet.ts";
import { kernelLength } from "../architectures/count_layers.ts";
import { convolveWith } from "../classifiers/layer_weights.ts";
import { DynamicKernelClassifier } from "./dynamic_kernel_classifier.ts";
import { convolveWithGenerated } from "./per_sample_convolution.ts";
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
    const { hidden, kernel } = partsOf(layer);
    const vector = tf.relu(weights.linear(hidden, tf.mean<tf.Tensor2D>(input, [1, 2])));
    const { kernelSize, inputChannels, outputChannels } = layer;
    const taps = kernelSize * kernelSize * inputChannels;
    const filters = tf.reshape<tf.Rank.R3>(
      weights.linear(kernel, vector),
      [-1, taps, outputChannels],
    );
    return tf.reshape<tf.Rank.R5>(
      normalizeFilters(filters),
      [-1, kernelSize, kernelSize, inputChannels, outputChannels],
    );
  }

  convolve(layer: ConvolutionLayer, input: tf.Tensor4D): tf.Tensor4D {
    const { weights } = this.#storage;
    const { pointwise } = partsOf(layer);
    const dynamic = convolveWithGenerated(input, {
      kernels: (images) => this.kernels(layer, images),
      weights: this.#variables(layer),
      kernelLength: kernelLength(layer),
      stride: layer.stride,
    });
    return tf.add(dynamic, convolveWith(pointwise, input, weights.kernel(pointwise)));
  }

  multiplyAdds(layer: ConvolutionLayer, outputPositions: number): number {
    const { hidden, kernel, pointwise } = partsOf(layer);
    return hidden.inputs * hidden.outputs + kernel.inputs * kernel.outputs +
      (kernelLength(layer) + kernelLength(pointwise)) * outputPositions;
  }

  #variables(layer: ConvolutionLayer): tf.Variable[] {
    const { hidden, kernel } = partsOf(layer);
    return [hidden, kernel].flatMap(({ name }) =>
      ["weights", "bias"].map((part) => this.#storage.parameters.get(`${name}.${part}`))
    );
  }
}

/**
 * Gives every filter mean 0 and the deviation of He's initial values, sqrt(2 / taps), which keeps the scale of
 * feature maps through a network without norms.
 *
 * @param filters `[batch, taps, out]`.
 */
function normalizeFilters(filters: tf.Tensor3D): tf.Tensor3D {
  const centred = tf.sub(filters, tf.mean(filters, 1, true));
  const variance = tf.mean(tf.square(centred), 1, true);
  const deviation = Math.sqrt(2 / filters.shape[1]);
  return tf.mul(centred, tf.mul(tf.rsqrt(tf.add(variance, FILTER_EPSILON)), deviation));
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
