import * as tf from "@tensorflow/tfjs-core";
import { convolutionsOf, linearsOf } from "../architectures/layer.ts";
import { finishConvolution } from "../classifiers/finish_convolution.ts";
import { runLayers } from "../layers/run_layers.ts";
import { KernelBank } from "./kernel_bank.ts";
import { ExactNetwork } from "./exact_network.ts";
import { convolveWith, LayerWeights } from "../classifiers/layer_weights.ts";
import type { ConvolutionLayer, Layer } from "../architectures/layer.ts";
import type { ComplexityLevel, ComplexityLevels } from "../puppeteer/complexity_levels.ts";
import type { Puppeteer, TrajectoryOptions } from "../puppeteer/puppeteer.ts";
import type { ParameterSet } from "../tensors/parameter_set.ts";
import type {
  Classifier,
  ForwardOptions,
  ForwardOutput,
  InferenceNetwork,
  PrepareOptions,
} from "../classifiers/classifier.ts";
import type { GeneratedKernel, GeneratedKernels } from "./generated_kernels.ts";
import type { LevelNetworks } from "./level_networks.ts";
import type { LevelStatistics } from "../classifiers/level_statistics.ts";

/** Parts of a classifier. */
export interface LevelClassifierParts {
  /** Receives what is stored, beside what the kernel source put in. */
  readonly parameters: ParameterSet;
  /** The levels; one for an ordinary network. */
  readonly levels: ComplexityLevels;
  /** Layers of the network that serves a level. */
  readonly layersOf: (level: ComplexityLevel) => Layer[];
  /** Generates kernels; `null` stores them all. */
  readonly kernelSource: GeneratedKernels | null;
  /** Which convolutions have generated kernels. */
  readonly isGenerated: (layer: ConvolutionLayer) => boolean;
  /** Seed of the initial weights. */
  readonly seed: number;
}

/**
 * A classifier that is a list of layers per complexity level: kernels stored or generated, batch-norm parameters per
 * place in the network and one head, shared by all levels. With one level and stored kernels it is an ordinary network.
 *
 * Batch-norm statistics are not part of it: training uses those of the batch, evaluation those that were computed per
 * level (`LevelStatistics`).
 */
export class LevelClassifier implements Classifier, LevelNetworks {
  readonly parameters: ParameterSet;
  readonly levels: ComplexityLevels;
  /** Stored parameters of the layers. */
  readonly weights: LayerWeights;
  readonly #parts: LevelClassifierParts;

  /**
   * Adds the layers' parameters.
   *
   * @param parts Parameters, levels, layers, kernels.
   */
  constructor(parts: LevelClassifierParts) {
    this.#parts = parts;
    this.parameters = parts.parameters;
    this.levels = parts.levels;
    this.weights = new LayerWeights(parts.parameters, parts.seed);
    for (const layer of this.#places()) {
      if (!this.#isGenerated(layer)) this.weights.addKernel(layer);
      this.weights.addBiasAndNorm(layer);
    }
    for (const layer of linearsOf(this.layersOf(parts.levels.list[0]!))) {
      this.weights.addLinear(layer);
    }
  }

  /** What generates kernels; `null` if all of them are stored. */
  get puppeteer(): Puppeteer | null {
    return this.#parts.kernelSource?.puppeteer ?? null;
  }

  /** Layers of the network that serves a level. */
  layersOf(level: ComplexityLevel): Layer[] {
    return this.#parts.layersOf(level);
  }

  /** Multiply-adds that generate the kernels of a level once; 0 where all are stored. */
  generationWork(level: ComplexityLevel): number {
    const generated = convolutionsOf(this.layersOf(level)).filter((at) => this.#isGenerated(at));
    return this.#parts.kernelSource?.workOf(generated) ?? 0;
  }

  /**
   * Kernels of the network that serves a level, recorded for the gradient.
   *
   * @returns By name of the layer, `[kernelSize, kernelSize, in, out]`, float32.
   */
  kernelsOf(
    level: ComplexityLevel,
    options: TrajectoryOptions = {},
  ): Map<string, tf.Tensor4D> {
    const convolutions = convolutionsOf(this.layersOf(level));
    const generated = convolutions.filter((layer) => this.#isGenerated(layer));
    const { kernelSource } = this.#parts;
    const kernels = kernelSource?.kernels(generated, level, options) ?? [];
    const byName = new Map(generated.map(({ name }, index) => [name, kernels[index]!]));
    return new Map(
      convolutions.map((
        layer,
      ) => [layer.name, byName.get(layer.name) ?? this.weights.kernel(layer)]),
    );
  }

  /**
   * Generates the kernels of a level, each when it is asked for. Stored kernels are not among them: `weights` has those.
   *
   * @param level The level.
   * @returns The kernels in the order of the layers, with their states; none where all kernels are stored.
   */
  *generateKernels(level: ComplexityLevel): Generator<GeneratedKernel> {
    const { kernelSource } = this.#parts;
    const generated = convolutionsOf(this.layersOf(level)).filter((at) => this.#isGenerated(at));
    if (kernelSource !== null) yield* kernelSource.kernelsStepwise(generated, level);
  }

  forward(
    images: tf.Tensor4D,
    levels: ComplexityLevel | readonly ComplexityLevel[],
    options: ForwardOptions,
  ): ForwardOutput {
    const perImage = "depth" in levels ? null : levels;
    const first = "depth" in levels ? levels : levels[0]!;
    const kernelSets = perImage === null && options.kernels !== undefined
      ? [options.kernels]
      : (perImage ?? [first]).map((level) => this.kernelsOf(level, options));
    const logits = runLayers(this.layersOf(first), images, {
      convolve: (layer, input) => {
        const kernels = kernelSets.map((set) => set.get(layer.name)!);
        const output = perImage === null
          ? convolveWith(layer, input, kernels[0]!)
          : convolveEach(layer, input, kernels);
        return finishConvolution(layer, output, { ...options, weights: this.weights });
      },
      ...(options.mixing === undefined ? {} : { between: options.mixing.maps }),
      linear: (layer, input) => this.weights.linear(layer, options.drop?.vectors(input) ?? input),
    });
    return { logits, auxiliary: [], penalty: null };
  }

  async prepare(statistics: LevelStatistics, options: PrepareOptions): Promise<InferenceNetwork> {
    return options.exact
      ? new ExactNetwork(this, statistics, options.image)
      : await KernelBank.create(this, statistics, options);
  }

  dispose(): void {
    this.#parts.kernelSource?.dispose();
    this.parameters.dispose();
  }

  #isGenerated(layer: ConvolutionLayer): boolean {
    return this.#parts.kernelSource !== null && this.#parts.isGenerated(layer);
  }

  /** Every place that any level uses: one level's in the order of its layers, several levels' in order of the names. */
  #places(): ConvolutionLayer[] {
    const places = new Map<string, ConvolutionLayer>();
    for (const level of this.levels.list) {
      for (const layer of convolutionsOf(this.layersOf(level))) places.set(layer.name, layer);
    }
    return this.levels.list.length === 1
      ? [...places.values()]
      : [...places.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  }
}

/** Convolves every image of a batch with its own kernel. */
function convolveEach(
  layer: ConvolutionLayer,
  input: tf.Tensor4D,
  kernels: readonly tf.Tensor4D[],
): tf.Tensor4D {
  const images = tf.split(input, kernels.length) as tf.Tensor4D[];
  return tf.concat(images.map((image, index) => convolveWith(layer, image, kernels[index]!)), 0);
}
