import type * as tf from "@tensorflow/tfjs-core";
import type { ConvolutionLayer } from "../architectures/layer.ts";
import type { LayerWeights } from "../classifiers/layer_weights.ts";
import type { ParameterSet } from "../tensors/parameter_set.ts";

/** Where a generator keeps its parameters. */
export interface GeneratorStorage {
  /** Owns the parameters; a generator's are named `generators.<layer>.*`. */
  readonly parameters: ParameterSet;
  /** Adds and applies ordinary layers. */
  readonly weights: LayerWeights;
  /** Seed of the initial values. */
  readonly seed: number;
}

/** Makes the kernels of convolutions from the feature map that they are applied to, for every image by itself. */
export interface KernelGenerator {
  /** Whether the kernel of a layer is generated; others are stored. */
  isGenerated(layer: ConvolutionLayer): boolean;
  /** Adds the parameters that generate the kernel of a layer. */
  addParameters(layer: ConvolutionLayer): void;
  /**
   * The kernel of every image: the definition of the model.
   *
   * @returns `[batch, kernelSize, kernelSize, in, out]`, recorded for the gradient.
   */
  kernels(layer: ConvolutionLayer, input: tf.Tensor4D): tf.Tensor5D;
  /**
   * Convolves every image with its kernel, and adds what else belongs to the layer before bias and norm. It need not
   * hold the kernels in memory where there is a shorter way to the same numbers.
   */
  convolve(layer: ConvolutionLayer, input: tf.Tensor4D): tf.Tensor4D;
  /** Multiply-adds of one image in `convolve`: generation and convolution, without element-wise scaling. */
  multiplyAdds(layer: ConvolutionLayer, outputPositions: number): number;
}
