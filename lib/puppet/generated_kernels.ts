import * as tf from "@tensorflow/tfjs-core";
import { Puppeteer } from "../puppeteer/puppeteer.ts";
import { resizeKernel } from "./kernel_resizing.ts";
import type { ConvolutionLayer } from "../architectures/layer.ts";
import type { KernelSource } from "../models/kernel_source.ts";
import type { ComplexityLevel } from "../puppeteer/complexity_levels.ts";
import type { PuppeteerOptions } from "../puppeteer/puppeteer.ts";
import type { ParameterSet } from "../tensors/parameter_set.ts";

/**
 * Factor for kernels that no norm follows (Puppet-AlexNet; the paper does not say how their size is kept). States have
 * numbers of size one, and averaging m of them leaves 1 / sqrt(m): the factor brings kernels to the size of He's initial
 * values, sqrt(2 / fanIn). Without it the activations grow a thousandfold. A norm would cancel any factor.
 */
function scaleWithoutNorm(layer: ConvolutionLayer, state: tf.Tensor4D): number {
  const { kernelSize, inputChannels, outputChannels } = layer;
  const fanIn = kernelSize * kernelSize * inputChannels;
  const averaged = Math.max(state.size / (fanIn * outputChannels), 1);
  return Math.sqrt((2 * averaged) / fanIn);
}

/** The kernels of a puppet: state n of the trajectory, resized to layer n (section 3.3 of the paper). */
export class GeneratedKernels implements KernelSource {
  readonly #puppeteer: Puppeteer;

  /**
   * Adds the puppeteer's parameters.
   *
   * @param parameters Receives the puppeteer's parameters and owns them.
   * @param options What fixes the puppeteer.
   */
  constructor(parameters: ParameterSet, options: PuppeteerOptions) {
    this.#puppeteer = new Puppeteer(parameters, options);
  }

  kernels(
    convolutions: readonly ConvolutionLayer[],
    level: ComplexityLevel,
    options: { readonly recompute?: boolean } = {},
  ): tf.Tensor4D[] {
    // As many steps as kernels: equal to the level's depth for the plain backbone.
    const states = this.#puppeteer.states(
      { depth: convolutions.length, scale: level.scale },
      options,
    );
    return convolutions.map((layer, index) => {
      const kernel = resizeKernel(states[index]!, layer);
      return layer.norm ? kernel : tf.mul(kernel, scaleWithoutNorm(layer, states[index]!));
    });
  }

  dispose(): void {
    this.#puppeteer.dispose();
  }
}
