import * as tf from "@tensorflow/tfjs-core";
import { kernelLength } from "../architectures/count_layers.ts";
import { resnetArchitecture } from "../architectures/resnet.ts";
import { convolveWith } from "../classifiers/layer_weights.ts";
import { uniformFanIn } from "../tensors/initial_values.ts";
import { DynamicKernelClassifier } from "./dynamic_kernel_classifier.ts";
import type { ConvolutionLayer, LinearLayer } from "../architectures/layer.ts";
import type { DynamicKernelOptions } from "./dynamic_kernel_classifier.ts";
import type { GeneratorStorage, KernelGenerator } from "./kernel_generator.ts";

/** Activations per output channel, which is the number of groups of input channels (M = G = 2 of the original). */
const GROUPS = 2;

/** Smallest length of the reduced vector, and the factor by which it is reduced. */
const REDUCTION = { smallest: 16, factor: 16 } as const;

/** Kernels whose halves, for every output channel, are scaled by an activation each. */
class WeightNetGenerator implements KernelGenerator {
  readonly #storage: GeneratorStorage;

  constructor(storage: GeneratorStorage) {
    this.#storage = storage;
  }

  /** The convolutions of blocks; stem and shortcuts are ordinary. */
  isGenerated({ name }: ConvolutionLayer): boolean {
    return /\.conv\d+$/.test(name);
  }

  addParameters(layer: ConvolutionLayer): void {
    const { kernelSize, inputChannels, outputChannels } = layer;
    if (inputChannels % GROUPS !== 0) {
      throw new RangeError(
        `Cannot make WeightNet: input channels of layer "${layer.name}" must be even, current value is ${inputChannels}`,
      );
    }
    const { parameters, weights, seed } = this.#storage;
    const { reduce, expand, kernel } = partsOf(layer);
    weights.addLinear(reduce);
    weights.addLinear(expand);
    const shape = [kernelSize, kernelSize, inputChannels, outputChannels];
    // Activations start at about 1/2: weights of twice the usual size give kernels of the usual size.
    const fanIn = kernelSize * kernelSize * inputChannels / 4;
    parameters.add(kernel, uniformFanIn(shape, { fanIn, seed, name: kernel }));
  }

  kernels(layer: ConvolutionLayer, input: tf.Tensor4D): tf.Tensor5D {
    const activations = this.#activations(layer, input);
    const parts = this.#halves(layer).map((half, group) =>
      tf.mul<tf.Tensor5D>(tf.expandDims(half, 0), tf.expandDims(activations[group]!, 1))
    );
    return tf.concat(parts, 3);
  }

  /**
   * An activation scales all that an output channel takes from a half of the input channels, and a convolution is
   * linear in its kernel: each half is convolved with its fixed weights, then scaled. On two CPU cores 16 images took,
   * with kernels made and convolved one by one, 1.5 to 7 times as long on TensorFlow and 3 to 230 times on WASM.
   */
  convolve(layer: ConvolutionLayer, input: tf.Tensor4D): tf.Tensor4D {
    const activations = this.#activations(layer, input);
    const maps = tf.split(input, GROUPS, 3) as tf.Tensor4D[];
    const parts = this.#halves(layer).map((half, group) =>
      tf.mul<tf.Tensor4D>(convolveWith(layer, maps[group]!, half), activations[group]!)
    );
    return tf.addN(parts);
  }

  multiplyAdds(layer: ConvolutionLayer, outputPositions: number): number {
    const { reduce, expand } = partsOf(layer);
    return reduce.inputs * reduce.outputs + expand.inputs * expand.outputs +
      kernelLength(layer) * outputPositions;
  }

  /** For each half of the input channels one activation per output channel, `[batch, 1, 1, out]` in 0..1. */
  #activations(layer: ConvolutionLayer, input: tf.Tensor4D): tf.Tensor4D[] {
    const { weights } = this.#storage;
    const { reduce, expand } = partsOf(layer);
    const reduced = weights.linear(reduce, tf.mean<tf.Tensor2D>(input, [1, 2]));
    const activations = tf.sigmoid(weights.linear(expand, reduced));
    const byChannel = tf.reshape(activations, [-1, layer.outputChannels, GROUPS]);
    return tf.split(byChannel, GROUPS, 2)
      .map((part) => tf.reshape<tf.Rank.R4>(part, [-1, 1, 1, layer.outputChannels]));
  }

  /** The weights by halves of the input channels, `[kernelSize, kernelSize, in / 2, out]`. */
  #halves(layer: ConvolutionLayer): tf.Tensor4D[] {
    const weights = this.#storage.parameters.get<tf.Rank.R4>(partsOf(layer).kernel);
    return tf.split(weights, GROUPS, 2) as tf.Tensor4D[];
  }
}

/** The two linear layers of a generator, and the name of the weights that its activations scale. */
function partsOf({ name, inputChannels, outputChannels }: ConvolutionLayer): {
  readonly reduce: Pick<LinearLayer, "name" | "inputs" | "outputs">;
  readonly expand: Pick<LinearLayer, "name" | "inputs" | "outputs">;
  readonly kernel: string;
} {
  const reduced = Math.max(REDUCTION.smallest, Math.floor(inputChannels / REDUCTION.factor));
  return {
    reduce: { name: `generators.${name}.reduce`, inputs: inputChannels, outputs: reduced },
    expand: {
      name: `generators.${name}.expand`,
      inputs: reduced,
      outputs: GROUPS * outputChannels,
    },
    kernel: `generators.${name}.kernel`,
  };
}

/**
 * Makes WeightNet (Ma, Zhang, Huang and Sun 2020) on the ResNet-18 of the comparison. For each of the 16 convolutions of
 * its blocks the map's mean passes two linear layers, to max(16, in / 16) and to 2 out numbers, and a sigmoid; a grouped
 * 1x1 convolution without bias, one group per activation, gives the image's kernel. Stem, shortcuts and head are
 * ordinary.
 *
 * Ground: exact (45.87 MB) with the constants of the original, M = G = 2 and a reduction by 16. That the weights start at
 * twice the usual size, which makes up for activations of one half, is ours.
 *
 * @param options Classes, seed, levels; layers for another size.
 * @returns The classifier: 11,468,154 parameters for ten classes.
 */
export function createWeightNet(options: DynamicKernelOptions): DynamicKernelClassifier {
  return new DynamicKernelClassifier(options.layers ?? resnetArchitecture(options.classes), {
    ...options,
    createGenerator: (storage) => new WeightNetGenerator(storage),
  });
}
