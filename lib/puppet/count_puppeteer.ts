import { solvers } from "../puppeteer/solvers/solver_registry.ts";
import type { ConvolutionLayer } from "../architectures/layer.ts";
import type { InitialStateKind } from "../puppeteer/initial_state.ts";
import type { SolverName } from "../puppeteer/solvers/solver_registry.ts";

/** Taps of the depthwise kernel of the dynamics, whatever the side of the generated kernels. */
const DEPTHWISE_TAPS = 9;

/** Sizes that fix the cost of a puppeteer. */
export interface PuppeteerConfig {
  /** C. */
  readonly maxChannels: number;
  /** Side of the state's kernels in taps. */
  readonly kernelSize: number;
  /** How E is made. */
  readonly initialState: InitialStateKind;
  /** Explicit Runge-Kutta method. */
  readonly solver: SolverName;
  /** Steps of one trajectory that every depth reads; `null` takes a step a kernel. */
  readonly trajectorySteps: number | null;
}

/**
 * Counts the parameters of a puppeteer.
 *
 * @param config Sizes and the kind of initial state.
 * @returns `dynamics`: C^2 + 15 C, the published column; `initialState`: C^2 k^2 where E is learned, otherwise 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const config = { maxChannels: 512, kernelSize: 3, initialState: "learned" } as const;
 * assert.deepEqual(parametersOfPuppeteer(config), { dynamics: 269_824, initialState: 2_359_296 });
 * ```
 */
export function parametersOfPuppeteer(
  config: Pick<PuppeteerConfig, "maxChannels" | "kernelSize" | "initialState">,
): { readonly dynamics: number; readonly initialState: number } {
  const { maxChannels, kernelSize, initialState } = config;
  return {
    dynamics: maxChannels ** 2 + 15 * maxChannels,
    initialState: initialState === "learned" ? maxChannels ** 2 * kernelSize ** 2 : 0,
  };
}

/**
 * Evaluations of f_theta that generate a number of kernels: one per stage of the solver and step, with a step for every
 * kernel unless the trajectory has steps of its own.
 */
export function evaluationsFor(
  kernels: number,
  config: Pick<PuppeteerConfig, "solver" | "trajectorySteps">,
): number {
  if (kernels === 0) return 0;
  return (config.trajectorySteps ?? kernels) * solvers[config.solver].stages.length;
}

/**
 * Multiply-adds of one evaluation of f_theta: a depthwise 3x3 and a pointwise convolution over a state of C x k^2
 * positions. Its norms are left out of both rules: the tool would add 4 C per evaluation, far below the printed digits.
 *
 * @param config Sizes of the state.
 * @returns `multiplyAdds`: weights times positions; `multiplyAddsOfTool`: the paper's tool counts biases too.
 *
 * @example Table 5: ten evaluations are 12.34 G
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const { multiplyAddsOfTool } = workOfEvaluation({ maxChannels: 512, kernelSize: 3 });
 * assert.equal(multiplyAddsOfTool, 267_776 * 4_608);
 * assert.equal((10 * multiplyAddsOfTool / 1e9).toFixed(2), "12.34");
 * ```
 */
export function workOfEvaluation(
  { maxChannels, kernelSize }: Pick<PuppeteerConfig, "maxChannels" | "kernelSize">,
): { readonly multiplyAdds: number; readonly multiplyAddsOfTool: number } {
  const positions = maxChannels * kernelSize ** 2;
  const weights = DEPTHWISE_TAPS * maxChannels + maxChannels ** 2;
  const biases = 2 * maxChannels;
  return { multiplyAdds: weights * positions, multiplyAddsOfTool: (weights + biases) * positions };
}

/** Multiply-adds of pooling one line of an axis: the sizes of all bins, which overlap where lengths do not divide. */
function workOfPooling(length: number, bins: number): number {
  if (length === bins) return 0;
  let work = 0;
  for (let bin = 0; bin < bins; bin++) {
    work += Math.ceil(((bin + 1) * length) / bins) - Math.floor((bin * length) / bins);
  }
  return work;
}

/**
 * Multiply-adds of resizing a state to the kernel of a layer, in the order of `resizeKernel`: input channels, output
 * channels, taps; output channels first where the input channels do not divide. An axis that keeps its length costs nothing.
 *
 * @param layer The layer.
 * @param config Sizes of the state.
 */
export function workOfResizing(
  layer: Pick<ConvolutionLayer, "kernelSize" | "inputChannels" | "outputChannels">,
  config: Pick<PuppeteerConfig, "maxChannels" | "kernelSize">,
): number {
  const { maxChannels, kernelSize } = config;
  const { inputChannels, outputChannels } = layer;
  const stateTaps = kernelSize ** 2;
  const isInputFirst = maxChannels % inputChannels === 0;
  const inputWork = workOfPooling(maxChannels, inputChannels) * stateTaps;
  const outputWork = workOfPooling(maxChannels, outputChannels) * stateTaps;
  return inputWork * (isInputFirst ? maxChannels : outputChannels) +
    outputWork * (isInputFirst ? inputChannels : maxChannels) +
    workOfPooling(stateTaps, layer.kernelSize ** 2) * inputChannels * outputChannels;
}
