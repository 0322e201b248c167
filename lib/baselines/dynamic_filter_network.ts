import * as tf from "@tensorflow/tfjs-core";
import { kernelLength } from "../architectures/count_layers.ts";
import { vggArchitecture } from "../architectures/vgg.ts";
import { convolveWith } from "../classifiers/layer_weights.ts";
import { uniformFanIn } from "../tensors/initial_values.ts";
import { DynamicKernelClassifier } from "./dynamic_kernel_classifier.ts";
import type { ConvolutionLayer } from "../architectures/layer.ts";
import type { DynamicKernelOptions } from "./dynamic_kernel_classifier.ts";
import type { GeneratorStorage, KernelGenerator } from "./kernel_generator.ts";

/** Added to the mean square of an image's channel means. */
const MEANS_EPSILON = 1e-5;

/** Weights `[kernelSize, kernelSize, in, out]` of a grouped 1x1 convolution with one input channel per group, and its bias. */
interface GroupedPointwise {
  readonly weights: tf.Variable<tf.Rank.R4>;
  readonly bias: tf.Variable<tf.Rank.R4>;
}

/** Kernels that are an affine function of the mean of their own input channel. */
class ChannelwiseGenerator implements KernelGenerator {
  readonly #storage: GeneratorStorage;

  constructor(storage: GeneratorStorage) {
    this.#storage = storage;
  }

  isGenerated(): boolean {
    return true;
  }

  addParameters(layer: ConvolutionLayer): void {
    const { name, kernelSize, inputChannels, outputChannels } = layer;
    const shape = [kernelSize, kernelSize, inputChannels, outputChannels];
    // A kernel is the sum of two terms of about equal size, each of which has so many inputs.
    const fanIn = 2 * kernelSize * kernelSize * inputChannels;
    const { parameters, seed } = this.#storage;
    for (const part of ["weights", "bias"]) {
      const full = `generators.${name}.${part}`;
      parameters.add(full, uniformFanIn(shape, { fanIn, seed, name: full }));
    }
  }

  kernels(layer: ConvolutionLayer, input: tf.Tensor4D): tf.Tensor5D {
    const { weights, bias } = this.#parametersOf(layer);
    const means = tf.reshape(channelMeans(input), [-1, 1, 1, layer.inputChannels, 1]);
    return tf.add(tf.mul(means, weights), bias);
  }

  /**
   * A kernel's part that belongs to input channel c is weights_c mean_c + bias_c, and a convolution is linear in its
   * kernel: it is the fixed kernel `weights` on the map scaled by its means, plus the fixed kernel `bias` on the map.
   * On two CPU cores 16 images took, with kernels made and convolved one by one, 1.1 to 4 times as long on TensorFlow
   * and 1.6 to 36 times on WASM, forward and backward; the more, the more channels.
   */
  convolve(layer: ConvolutionLayer, input: tf.Tensor4D): tf.Tensor4D {
    const { weights, bias } = this.#parametersOf(layer);
    const scaled = tf.mul<tf.Tensor4D>(input, channelMeans(input));
    return tf.add(convolveWith(layer, scaled, weights), convolveWith(layer, input, bias));
  }

  multiplyAdds(layer: ConvolutionLayer, outputPositions: number): number {
    return 2 * kernelLength(layer) * outputPositions;
  }

  #parametersOf({ name }: ConvolutionLayer): GroupedPointwise {
    const { parameters } = this.#storage;
    return {
      weights: parameters.get<tf.Rank.R4>(`generators.${name}.weights`),
      bias: parameters.get<tf.Rank.R4>(`generators.${name}.bias`),
    };
  }
}

/**
 * Mean of every channel, relative to the root mean square of the image's means: `[batch, 1, 1, channels]`. With plain
 * means a map twice as large has an output four times as large; the strongest images of a batch outgrow the others
 * layer by layer until batch norm sees nothing else. The network then learned nothing at a rate of 1e-3.
 */
function channelMeans(input: tf.Tensor4D): tf.Tensor4D {
  const means = tf.mean<tf.Tensor4D>(input, [1, 2], true);
  const square = tf.mean(tf.square(means), 3, true);
  return tf.mul(means, tf.rsqrt(tf.add(square, MEANS_EPSILON)));
}

/**
 * Makes the dynamic filter network of the comparison (after Jia, De Brabandere, Tuytelaars and Van Gool 2016): VGG-11 in
 * which every kernel is generated for the image. The map's mean passes a grouped 1x1 convolution with one group per
 * input channel and bias, which gives the 9 x out numbers of the kernel that belong to this channel. Batch norm and
 * ReLU follow. No kernel is held in memory, as two fixed convolutions give the same numbers.
 *
 * Ground: the size, 75.89 MB, is exact: twice the parameters of VGG's convolutions. The form is the probable one; a
 * stored kernel beside filters generated per output channel would have the same size. Ours are the initial values, and
 * that the means are divided by their root mean square, without which the network does not learn at the rates of the
 * other models.
 *
 * @param options Classes, seed, levels; layers for another size.
 * @returns The classifier: 18,971,402 parameters for ten classes.
 */
export function createDynamicFilterNetwork(options: DynamicKernelOptions): DynamicKernelClassifier {
  return new DynamicKernelClassifier(options.layers ?? vggArchitecture(options.classes), {
    ...options,
    createGenerator: (storage) => new ChannelwiseGenerator(storage),
  });
}
