import type * as tf from "@tensorflow/tfjs-core";
import { uniformFanIn } from "../tensors/initial_values.ts";
import type { ConvolutionLayer } from "../architectures/layer.ts";
import type { ParameterSet } from "../tensors/parameter_set.ts";
import type { KernelSource } from "./kernel_source.ts";

/** The kernels of an ordinary CNN: one stored parameter `kernels.<layer>` for each convolution. */
export class StoredKernels implements KernelSource {
  readonly #parameters: ParameterSet;

  /**
   * Adds one parameter for each convolution.
   *
   * @param parameters Receives the kernels and owns them.
   * @param convolutions All convolutions that any level uses.
   * @param seed Seed of the initial values.
   */
  constructor(
    parameters: ParameterSet,
    convolutions: readonly ConvolutionLayer[],
    seed: number,
  ) {
    this.#parameters = parameters;
    for (const { name: layer, kernelSize, inputChannels, outputChannels } of convolutions) {
      const name = `kernels.${layer}`;
      const shape = [kernelSize, kernelSize, inputChannels, outputChannels];
      const fanIn = kernelSize * kernelSize * inputChannels;
      parameters.add(name, uniformFanIn(shape, { fanIn, seed, name }));
    }
  }

  kernels(convolutions: readonly ConvolutionLayer[]): tf.Tensor4D[] {
    return convolutions.map(({ name }) => this.#parameters.get<tf.Rank.R4>(`kernels.${name}`));
  }

  dispose(): void {
    // All kernels are parameters; the set frees them.
  }
}
