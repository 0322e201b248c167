import * as tf from "@tensorflow/tfjs-core";
import { Puppeteer } from "../puppeteer/puppeteer.ts";
import { ownOutputs } from "../architectures/layer.ts";
import { completeKernel } from "../layers/mirror_pairs.ts";
import { evaluationsFor, workOfEvaluation, workOfResizing } from "./count_puppeteer.ts";
import { resizeKernel } from "./kernel_resizing.ts";
import type { ConvolutionLayer } from "../architectures/layer.ts";
import type { ComplexityLevel } from "../puppeteer/complexity_levels.ts";
import type { PuppeteerOptions, TrajectoryOptions } from "../puppeteer/puppeteer.ts";
import type { ParameterSet } from "../tensors/parameter_set.ts";

/** A kernel, and the state that it was made of. */
export interface GeneratedKernel {
  /** The layer that it is for. */
  readonly layer: ConvolutionLayer;
  /** K_n, `[1, C_in, taps, C_out]`, float32. */
  readonly state: tf.Tensor4D;
  /** `[kernelSize, kernelSize, in, out]`, float32. */
  readonly kernel: tf.Tensor4D;
}

/** The kernels of a puppet: state n of the trajectory, resized to layer n (section 3.3 of the paper). */
export class GeneratedKernels {
  /** What generates the states. */
  readonly puppeteer: Puppeteer;
  readonly #options: PuppeteerOptions;

  /**
   * Adds the puppeteer's parameters.
   *
   * @param parameters Receives the puppeteer's parameters and owns them.
   * @param options What fixes the puppeteer.
   */
  constructor(parameters: ParameterSet, options: PuppeteerOptions) {
    this.puppeteer = new Puppeteer(parameters, options);
    this.#options = options;
  }

  /**
   * Counts the work of generating kernels once.
   *
   * @param convolutions Layers that need a kernel.
   * @returns Multiply-adds of all evaluations of f_theta, and of resizing the states.
   */
  workOf(convolutions: readonly ConvolutionLayer[]): number {
    const { channels, taps } = this.#options;
    const sizes = { ...this.#options, maxChannels: channels, kernelSize: Math.sqrt(taps) };
    return convolutions.reduce(
      (work, layer) =>
        work + workOfResizing({ ...layer, outputChannels: ownOutputs(layer) }, sizes),
      evaluationsFor(convolutions.length, sizes) * workOfEvaluation(sizes).multiplyAdds,
    );
  }

  /**
   * The kernels of a network, recorded for the gradient. Called within `tf.tidy`, which frees what is computed on the way.
   *
   * @param convolutions Layers that need a kernel, in order.
   * @param level Complexity level of the images.
   * @param options `recompute` trades time for memory.
   * @returns One kernel per layer, `[kernelSize, kernelSize, in, out]`, float32.
   */
  kernels(
    convolutions: readonly ConvolutionLayer[],
    level: ComplexityLevel,
    options: TrajectoryOptions = {},
  ): tf.Tensor4D[] {
    return Array.from(this.kernelsStepwise(convolutions, level, options), ({ kernel }) => kernel);
  }

  /**
   * The same, each when it is asked for, with the state that it was made of.
   *
   * @param convolutions Layers that need a kernel, in order.
   * @param level Complexity level of the images.
   * @param options As of `kernels`.
   */
  *kernelsStepwise(
    convolutions: readonly ConvolutionLayer[],
    level: ComplexityLevel,
    options: TrajectoryOptions = {},
  ): Generator<GeneratedKernel> {
    // As many steps as kernels: equal to the level's depth for the plain backbone.
    const { scale } = level;
    const states = this.puppeteer.statesStepwise({ depth: convolutions.length, scale }, options);
    let index = 0;
    for (const state of states) {
      const layer = convolutions[index++]!;
      const own = { ...layer, outputChannels: ownOutputs(layer) };
      const kernel = completeKernel(resizeKernel(state, own), layer.mirror);
      yield {
        layer,
        state,
        kernel: layer.norm
          ? kernel
          : tf.mul(kernel, this.#scaleWithoutNorm(own, state, index / convolutions.length)),
      };
    }
  }

  /** Frees what is not a parameter. */
  dispose(): void {
    this.puppeteer.dispose();
  }

  /**
   * Factor for kernels that no norm follows: all of Puppet-AlexNet and the 1x1 shortcuts of Puppet-ResNet. The paper does
   * not say how their size is kept. States have numbers of the size of E's, or of what f_theta has added until s where
   * that is more (1 at s = 1), and averaging m of them leaves 1 / sqrt(m) of it. Where a layer has m times as many inputs
   * as the state, m equal channels meet m equal weights: their sum is sqrt(m) times as large as that of different ones.
   * The factor brings kernels to the size of the initial values of stored ones: sqrt(2 / fanIn) before a ReLU (He et al.
   * 2015), sqrt(1 / (3 fanIn)) where nothing follows (PyTorch's default). Without it the activations of Puppet-AlexNet
   * grow a thousandfold; with He's size the shortcuts of Puppet-ResNet drown what is beside them. A norm would cancel any
   * factor.
   */
  #scaleWithoutNorm(layer: ConvolutionLayer, state: tf.Tensor4D, s: number): number {
    const { kernelSize, inputChannels, outputChannels, activation } = layer;
    const fanIn = kernelSize * kernelSize * inputChannels;
    const [, stateInputs, stateTaps, stateOutputs] = state.shape;
    // Axis by axis: where the layer is longer than the state, numbers are repeated, which makes up for no average.
    const averaged = Math.max(stateInputs / inputChannels, 1) *
      Math.max(stateTaps / kernelSize ** 2, 1) * Math.max(stateOutputs / outputChannels, 1);
    const repeated = Math.max(inputChannels / stateInputs, 1);
    const gain = activation === "none" ? 1 / 3 : 2;
    return Math.sqrt((gain * averaged) / (repeated * fanIn)) /
      Math.max(this.#options.initialStateSize, s);
  }
}
