import * as tf from "@tensorflow/tfjs-core";
import { convolutionsOf } from "../architectures/layer.ts";
import { batchNormOfBatch, batchNormWithMoments } from "../layers/batch_norm.ts";
import { runLayers } from "../layers/run_layers.ts";
import { constantValues, uniformFanIn } from "../tensors/initial_values.ts";
import type { ConvolutionLayer, Layer, LinearLayer } from "../architectures/layer.ts";
import type { BatchMoments } from "../layers/batch_norm.ts";
import type { ComplexityLevel, ComplexityLevels } from "../puppeteer/complexity_levels.ts";
import type { ParameterSet } from "../tensors/parameter_set.ts";
import type { KernelSource } from "./kernel_source.ts";

/** Parts of a classifier. */
export interface LevelClassifierParts {
  /** Receives norms and head, beside what the kernel source put in. */
  readonly parameters: ParameterSet;
  /** The levels; one for an ordinary network. */
  readonly levels: ComplexityLevels;
  /** Layers of the network that serves a level of this depth. */
  readonly architecture: (depth: number) => Layer[];
  /** Where the kernels come from. */
  readonly kernelSource: KernelSource;
  /** Seed of the head's initial weights. */
  readonly seed: number;
}

/** Normalises the output of a convolution. */
export type Normalization = (layer: ConvolutionLayer, input: tf.Tensor4D) => tf.Tensor4D;

/** gamma and beta of a layer. */
export interface AffineParameters {
  /** gamma, `[channels]`. */
  readonly scale: tf.Tensor1D;
  /** beta, `[channels]`. */
  readonly offset: tf.Tensor1D;
}

/**
 * A classifier with one network per complexity level: kernels from a source, batch-norm parameters per slot
 * (place in the stage) and one head, both shared by all levels. With one level it is an ordinary network.
 *
 * Batch-norm statistics are not part of it: training uses those of the batch, evaluation those that were
 * computed per level (`LevelStatistics`).
 */
export class LevelClassifier {
  /** All trainable tensors. */
  readonly parameters: ParameterSet;
  /** The levels of the model. */
  readonly levels: ComplexityLevels;
  readonly #architecture: (depth: number) => Layer[];
  readonly #kernelSource: KernelSource;

  /**
   * Adds `norms.*` and the head to the parameters.
   *
   * @param parts Parameters, levels, architecture, kernels.
   */
  constructor(parts: LevelClassifierParts) {
    this.parameters = parts.parameters;
    this.levels = parts.levels;
    this.#architecture = parts.architecture;
    this.#kernelSource = parts.kernelSource;
    for (const [name, channels] of this.#slots()) {
      this.parameters.add(`norms.${name}.scale`, constantValues([channels], 1));
      this.parameters.add(`norms.${name}.offset`, constantValues([channels], 0));
    }
    for (const layer of this.layersOf(parts.levels.list[0]!)) {
      if (layer.kind !== "linear") continue;
      const fanIn = layer.inputs;
      const weights = `${layer.name}.weights`;
      const bias = `${layer.name}.bias`;
      const seed = parts.seed;
      const shape = [layer.inputs, layer.outputs];
      this.parameters.add(weights, uniformFanIn(shape, { fanIn, seed, name: weights }));
      this.parameters.add(bias, uniformFanIn([layer.outputs], { fanIn, seed, name: bias }));
    }
  }

  /** Layers of the network that serves a level. */
  layersOf(level: ComplexityLevel): Layer[] {
    return this.#architecture(level.depth);
  }

  /**
   * Kernels of the network that serves a level, recorded for the gradient.
   *
   * @returns One `[kernelSize, kernelSize, in, out]` per convolution, in order.
   */
  kernelsOf(level: ComplexityLevel, options: { readonly recompute?: boolean } = {}): tf.Tensor4D[] {
    return this.#kernelSource.kernels(convolutionsOf(this.layersOf(level)), level, options);
  }

  /** gamma and beta of a layer, `[channels]` each. */
  affineOf(layer: ConvolutionLayer): AffineParameters {
    return {
      scale: this.parameters.get<tf.Rank.R1>(`norms.${layer.name}.scale`),
      offset: this.parameters.get<tf.Rank.R1>(`norms.${layer.name}.offset`),
    };
  }

  /**
   * Logits with the batch's own statistics, recorded for the gradient.
   *
   * @param images `[batch, height, width, 3]`, float32, standardised.
   * @param levels One level for the whole batch, or one for each image, all of the same depth (exact mode:
   * every image has its own trajectory).
   * @returns `[batch, classes]`, float32.
   */
  trainingLogits(
    images: tf.Tensor4D,
    levels: ComplexityLevel | readonly ComplexityLevel[],
    options: { readonly recompute?: boolean } = {},
  ): tf.Tensor2D {
    return this.logitsWith(images, levels, {
      ...options,
      normalize: (layer, input) => {
        const { scale, offset } = this.affineOf(layer);
        return batchNormOfBatch(input, scale, offset);
      },
    });
  }

  /**
   * Logits with statistics that were computed before; kernels are made anew (the kernel bank keeps them).
   *
   * @param images `[batch, height, width, 3]`, float32, standardised.
   * @param levels One level, or one for each image, all of the same depth.
   * @param moments Mean and variance by name of the layer.
   * @returns `[batch, classes]`, float32.
   */
  evaluationLogits(
    images: tf.Tensor4D,
    levels: ComplexityLevel | readonly ComplexityLevel[],
    moments: (layer: string) => BatchMoments,
  ): tf.Tensor2D {
    return this.logitsWith(images, levels, {
      normalize: (layer, input) =>
        batchNormWithMoments(input, moments(layer.name), this.affineOf(layer)),
    });
  }

  /** Logits with any normalisation: the common part of training, evaluation and the statistics. */
  logitsWith(
    images: tf.Tensor4D,
    levels: ComplexityLevel | readonly ComplexityLevel[],
    options: { readonly normalize: Normalization; readonly recompute?: boolean },
  ): tf.Tensor2D {
    const perImage = "depth" in levels ? null : levels;
    const first = "depth" in levels ? levels : levels[0]!;
    const layers = this.layersOf(first);
    const kernelSets = (perImage ?? [first]).map((level) => this.kernelsOf(level, options));
    const position = new Map(convolutionsOf(layers).map(({ name }, index) => [name, index]));
    return runLayers(layers, images, {
      convolve: (layer, input) => {
        const kernels = kernelSets.map((set) => set[position.get(layer.name)!]!);
        const output = perImage === null
          ? tf.conv2d(input, kernels[0]!, 1, "same")
          : convolveEach(input, kernels);
        return options.normalize(layer, output);
      },
      linear: (layer, input) => this.linear(layer, input),
    });
  }

  /** The head: `[batch, in] -> [batch, out]`. */
  linear(layer: LinearLayer, input: tf.Tensor2D): tf.Tensor2D {
    const weights = this.parameters.get<tf.Rank.R2>(`${layer.name}.weights`);
    return tf.add(tf.matMul(input, weights), this.parameters.get(`${layer.name}.bias`));
  }

  /** Frees the parameters and the kernel source. */
  dispose(): void {
    this.#kernelSource.dispose();
    this.parameters.dispose();
  }

  /** Name -> channels of every slot that any level uses, in order of the names. */
  #slots(): [string, number][] {
    const slots = new Map<string, number>();
    for (const level of this.levels.list) {
      for (const layer of convolutionsOf(this.layersOf(level))) {
        slots.set(layer.name, layer.outputChannels);
      }
    }
    return [...slots].sort(([left], [right]) => (left < right ? -1 : 1));
  }
}

/** Convolves every image of a batch with its own kernel. */
function convolveEach(input: tf.Tensor4D, kernels: readonly tf.Tensor4D[]): tf.Tensor4D {
  const images = tf.split(input, kernels.length) as tf.Tensor4D[];
  const outputs = images.map((image, index) =>
    tf.conv2d<tf.Tensor4D>(image, kernels[index]!, 1, "same")
  );
  return tf.concat(outputs, 0);
}
