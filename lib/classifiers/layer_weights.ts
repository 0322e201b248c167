import * as tf from "@tensorflow/tfjs-core";
import { ownInputs, ownOutputs } from "../architectures/layer.ts";
import { completeKernel, pairUp } from "../layers/mirror_pairs.ts";
import { constantValues, uniformFanIn, uniformHe } from "../tensors/initial_values.ts";
import type { ConvolutionLayer, LinearLayer } from "../architectures/layer.ts";
import type { ParameterSet } from "../tensors/parameter_set.ts";
import type { NormSite } from "./classifier.ts";

/**
 * Stored parameters of layers: biases, batch norm, linear layers, and kernels where they are not generated. Initial values
 * are PyTorch's defaults, and He's for kernels before an activation that no norm follows. Hidden linear layers keep
 * PyTorch's, which shrink a signal by a factor of 2.4 each: He's made no difference to a SqueezeNet over two epochs.
 */
export class LayerWeights {
  readonly #parameters: ParameterSet;
  readonly #seed: number;

  /**
   * Starts without any layer.
   *
   * @param parameters Receives the parameters and owns them.
   * @param seed Seed of the initial values.
   */
  constructor(parameters: ParameterSet, seed: number) {
    this.#parameters = parameters;
    this.#seed = seed;
  }

  /**
   * Adds `kernels.<layer>`, `[k, k, in, out]`, or `[k, k, channels, 1]` for a depthwise layer; of mirror pairs, here and
   * below, one of two.
   */
  addKernel(layer: ConvolutionLayer): void {
    const { kernelSize, inputChannels, depthwise, norm, activation } = layer;
    const channels = depthwise ? [inputChannels, 1] : [inputChannels, ownOutputs(layer)];
    const name = `kernels.${layer.name}`;
    const shape = [kernelSize, kernelSize, ...channels];
    const uniform = norm || activation === "none" ? uniformFanIn : uniformHe;
    this.#parameters.add(name, uniform(shape, { fanIn: fanInOf(layer), seed: this.#seed, name }));
  }

  /** Adds `biases.<layer>` and `norms.<layer>.*` where the layer has them. */
  addBiasAndNorm(layer: ConvolutionLayer): void {
    if (layer.bias) {
      this.#addUniform(`biases.${layer.name}`, [ownOutputs(layer)], fanInOf(layer));
    }
    if (layer.norm) this.addNorm(layer.name, ownOutputs(layer));
  }

  /** Adds `norms.<name>.scale` and `.offset`. */
  addNorm(name: string, channels: number): void {
    this.#parameters.add(`norms.${name}.scale`, constantValues([channels], 1));
    this.#parameters.add(`norms.${name}.offset`, constantValues([channels], 0));
  }

  /** Adds `<name>.weights`, `[in, out]`, and `<name>.bias`. */
  addLinear(layer: Pick<LinearLayer, "name" | "inputs" | "outputs" | "mirror">): void {
    this.#addUniform(`${layer.name}.weights`, [ownInputs(layer), layer.outputs], ownInputs(layer));
    this.#addUniform(`${layer.name}.bias`, [layer.outputs], ownInputs(layer));
  }

  /** The whole kernel of a layer whose kernel is stored. */
  kernel(layer: ConvolutionLayer): tf.Tensor4D {
    return completeKernel(
      this.#parameters.get<tf.Rank.R4>(`kernels.${layer.name}`),
      layer.mirror,
    );
  }

  /** The bias of a layer, `[out]`; `null` if it has none. */
  bias(layer: ConvolutionLayer): tf.Tensor1D | null {
    if (!layer.bias) return null;
    const bias = this.#parameters.get<tf.Rank.R1>(`biases.${layer.name}`);
    return layer.mirror === "none" ? bias : pairUp(bias);
  }

  /** The batch norm of a name, with statistics of that name or of another. */
  norm(name: string, statisticsName: string = name): NormSite {
    return {
      name: statisticsName,
      scale: this.#parameters.get<tf.Rank.R1>(`norms.${name}.scale`),
      offset: this.#parameters.get<tf.Rank.R1>(`norms.${name}.offset`),
    };
  }

  /** Weights of a linear layer, `[in, out]`. */
  linearWeights({ name, mirror }: Pick<LinearLayer, "name" | "mirror">): tf.Tensor2D {
    const weights = this.#parameters.get<tf.Rank.R2>(`${name}.weights`);
    return mirror === true ? tf.mul(pairUp(weights), 0.5) : weights;
  }

  /** Affine map of vectors: `[batch, in] -> [batch, out]`. */
  linear(layer: Pick<LinearLayer, "name" | "mirror">, input: tf.Tensor2D): tf.Tensor2D {
    const product = tf.matMul(input, this.linearWeights(layer));
    return tf.add(product, this.#parameters.get(`${layer.name}.bias`));
  }

  #addUniform(name: string, shape: readonly number[], fanIn: number): void {
    this.#parameters.add(name, uniformFanIn(shape, { fanIn, seed: this.#seed, name }));
  }
}

/** Inputs of one output of a convolution. */
function fanInOf({ kernelSize, inputChannels, depthwise }: ConvolutionLayer): number {
  return kernelSize * kernelSize * (depthwise ? 1 : inputChannels);
}

/** Convolution of any layer with a given kernel, "same" padding, without bias. */
export function convolveWith(
  layer: Pick<ConvolutionLayer, "depthwise" | "stride">,
  input: tf.Tensor4D,
  kernel: tf.Tensor4D,
): tf.Tensor4D {
  return layer.depthwise
    ? tf.depthwiseConv2d(input, kernel, layer.stride, "same")
    : tf.conv2d(input, kernel, layer.stride, "same");
}
