import * as tf from "@tensorflow/tfjs-core";
import { convolutionsOf } from "../../lib/architectures/layer.ts";
import { convolvePerSample } from "../../lib/baselines/per_sample_convolution.ts";
import { batchNormOfBatch, batchNormWithMoments } from "../../lib/layers/batch_norm.ts";
import {
  disposeFolded,
  foldConvolution,
  foldedOperations,
} from "../../lib/classifiers/folded_convolution.ts";
import { activate } from "../../lib/layers/run_layers.ts";
import { resizeKernel } from "../../lib/puppet/kernel_resizing.ts";
import { GeneratedKernels } from "../../lib/puppet/generated_kernels.ts";
import { Dynamics } from "../../lib/puppeteer/dynamics.ts";
import { ParameterSet } from "../../lib/tensors/parameter_set.ts";
import { valueAndGradients } from "../../lib/tensors/value_and_gradients.ts";
import { Optimizer } from "../../lib/training/optimizer.ts";
import { globalNorm } from "../../lib/training/gradient_clipping.ts";
import { crossEntropy } from "../../lib/training/training_step.ts";
import { plainArchitecture } from "../../lib/architectures/plain.ts";
import { CHAIN, differentiable, forwardOnly, type LayerCase, normal } from "./layer_case.ts";
import type { SolverName } from "../../lib/puppeteer/solvers/solver_registry.ts";

const CHANNELS = 32;
const CLASSES = 10;

/** Convolutions of the plain backbone, four layers deep. */
const backbone = (maxChannels: number) =>
  convolutionsOf(
    plainArchitecture({
      ...{ maxChannels, depth: 4, classes: CLASSES, kernelSize: 3, identityShortcuts: false },
    }),
  );

/** States and the sizes that they are pooled to: equal, divided evenly, and with overlapping bins. */
const RESIZINGS = [[64, 64, 3], [16, 32, 3], [3, 8, 3], [24, 40, 3], [32, 16, 1], [
  12,
  20,
  2,
]] as const;

const weightsOf = (parameters: ParameterSet) => Object.fromEntries(parameters.entries);

/** Value, gradients of named tensors, of a function that uses variables. */
function withGradients(
  compute: () => tf.Tensor,
  sources: Readonly<Record<string, tf.Tensor>>,
): Record<string, tf.Tensor> {
  const value = compute();
  const weights = normal(value.shape, 99);
  const { gradients } = valueAndGradients(
    () => tf.sum(tf.mul(compute(), weights)),
    Object.values(sources),
  );
  const named = Object.keys(sources).map((
    name,
    index,
  ) => [`gradient of ${name}`, gradients[index]]);
  // Biases before a norm have none.
  return { value, ...Object.fromEntries(named.filter(([, gradient]) => gradient !== null)) };
}

function dynamicsCase(): LayerCase {
  const run = () => {
    const parameters = new ParameterSet();
    const dynamics = new Dynamics(parameters, { channels: CHANNELS, seed: 3 });
    const state = normal([1, CHANNELS, 9, CHANNELS], 1) as tf.Tensor4D;
    const result = withGradients(() => dynamics.apply(state), { state, ...weightsOf(parameters) });
    parameters.dispose();
    return result;
  };
  return { name: `dynamics f_theta, C = ${CHANNELS}`, tolerance: CHAIN, run };
}

function trajectoryCase(solver: SolverName, recompute: boolean): LayerCase {
  const run = () => {
    const parameters = new ParameterSet();
    const source = new GeneratedKernels(parameters, {
      ...{ channels: CHANNELS, taps: 9, initialState: "learned", solver, seed: 3 },
      ...{ initialStateSize: 1, trajectorySteps: null },
    });
    const layers = backbone(CHANNELS);
    const level = { index: 0, complexity: 12.5, depth: layers.length, scale: 1 };
    const compute = () =>
      tf.concat(
        source.kernels(layers, level, { recompute }).map((kernel) => tf.reshape(kernel, [-1])),
      );
    const result = withGradients(compute, weightsOf(parameters));
    source.dispose();
    parameters.dispose();
    return result;
  };
  const how = recompute ? ", recomputed" : "";
  return { name: `trajectory by ${solver}${how}, 4 kernels`, tolerance: 5 * CHAIN, run };
}

function resizings(): LayerCase[] {
  return RESIZINGS.map(([inputChannels, outputChannels, kernelSize]) =>
    differentiable(
      `kernel resizing 64x64x9 to ${outputChannels}x${inputChannels}x${kernelSize ** 2}`,
      [[1, 64, 9, 64]],
      (state) => resizeKernel(state as tf.Tensor4D, { inputChannels, outputChannels, kernelSize }),
    )
  );
}

function norms(): LayerCase[] {
  const map = [4, 16, 16, 32];
  const four = (tensor: tf.Tensor) => tensor as tf.Tensor4D;
  const one = (tensor: tf.Tensor) => tensor as tf.Tensor1D;
  return [
    differentiable(
      "batch norm of the batch",
      [map, [32], [32]],
      (x, scale, offset) => batchNormOfBatch(four(x!), one(scale!), one(offset!)),
      CHAIN,
    ),
    forwardOnly(
      "batch norm with given moments",
      [map, [32], [32], [32]],
      (x, mean, scale, offset) =>
        batchNormWithMoments(
          four(x!),
          { mean: one(mean!), variance: tf.add(tf.square(one(mean!)), 0.5) },
          { scale: one(scale!), offset: one(offset!) },
        ),
      CHAIN,
    ),
  ];
}

/** A convolution with its norm folded in, as the kernel bank runs it. */
function foldedCase(): LayerCase {
  const layer = backbone(256)[0]!;
  return forwardOnly(
    "folded convolution of the kernel bank",
    [[4, 16, 16, 3], [3, 3, 3, layer.outputChannels], [layer.outputChannels]],
    (x, kernel, scale) => {
      const ramp = Float32Array.from({ length: layer.outputChannels }, (_, index) => index / 10);
      const folded = foldConvolution(layer, {
        ...{ kernel: kernel as tf.Tensor4D, bias: null },
        norm: { name: layer.name, scale: scale as tf.Tensor1D, offset: scale as tf.Tensor1D },
        statistics: { mean: ramp, variance: ramp.map((value) => value + 0.5) },
      });
      const { convolve, activates } = foldedOperations(() => folded);
      const output = convolve(layer, x as tf.Tensor4D);
      disposeFolded([folded]);
      return activates === true ? output : activate(output, layer.activation);
    },
    CHAIN,
  );
}

/** Updates of a matrix; of these names Muon takes the puppeteer's. */
function optimizerCase(optimizerName: "adam" | "muon"): LayerCase {
  const name = "puppeteer.pointwise.weights";
  const run = () => {
    const parameters = new ParameterSet();
    const values = Float32Array.from({ length: 2000 }, (_, index) => Math.sin(index));
    parameters.add(name, { shape: [40, 50], values });
    const options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };
    const optimizer = new Optimizer(parameters, { ...options, optimizer: optimizerName });
    const gradient = normal([40, 50], 5);
    for (let step = 0; step < 3; step++) {
      optimizer.update(new Map([[name, gradient]]), 1e-2, 0.5);
    }
    // As many gradients as a model has: more than a program of WebGPU has buffers.
    const gradients = Array.from({ length: 40 }, () => gradient);
    const result = { weights: tf.clone(parameters.get(name)), norm: globalNorm(gradients) };
    optimizer.dispose();
    parameters.dispose();
    return result;
  };
  const title = optimizerName === "adam" ? "Adam" : "Muon";
  return { name: `${title}, 3 updates, and the global norm`, tolerance: CHAIN, run };
}

/** The toolkit's own layers: dynamics, trajectory, resizing, norms, bank, kernels per image, loss, optimizers. */
export function libraryCases(): LayerCase[] {
  const labels = () =>
    tf.tensor1d(Array.from({ length: 64 }, (_, index) => index % CLASSES), "int32");
  return [
    dynamicsCase(),
    trajectoryCase("euler", false),
    trajectoryCase("euler", true),
    trajectoryCase("rk4", false),
    ...resizings(),
    ...norms(),
    foldedCase(),
    differentiable(
      "a kernel per image",
      [[4, 12, 12, 8], [4, 3, 3, 8, 16]],
      (x, kernels) => convolvePerSample(x as tf.Tensor4D, kernels as tf.Tensor5D, 1),
    ),
    differentiable(
      "linear layer",
      [[64, 48], [48, CLASSES], [CLASSES]],
      (x, weights, bias) => tf.add(tf.matMul(x as tf.Tensor2D, weights as tf.Tensor2D), bias!),
    ),
    differentiable(
      "cross-entropy with smoothing",
      [[64, CLASSES]],
      (logits) => crossEntropy(logits as tf.Tensor2D, labels(), 0.1),
      CHAIN,
    ),
    optimizerCase("adam"),
    optimizerCase("muon"),
  ];
}
