import * as tf from "@tensorflow/tfjs-core";
import { kernelLength, workOfLayers } from "../architectures/count_layers.ts";
import { convolutionsOf, linearsOf } from "../architectures/layer.ts";
import { batchNormWithMoments } from "../layers/batch_norm.ts";
import { runLayers } from "../layers/run_layers.ts";
import { finishConvolution } from "../classifiers/finish_convolution.ts";
import { requireLength } from "../classifiers/folded_convolution.ts";
import { convolveWith, LayerWeights } from "../classifiers/layer_weights.ts";
import { ParameterSet } from "../tensors/parameter_set.ts";
import type { MapSize } from "../architectures/count_layers.ts";
import type { ConvolutionLayer, Layer } from "../architectures/layer.ts";
import type { BatchMoments } from "../layers/batch_norm.ts";
import type {
  CountingClassifier,
  CustomOptions,
  ForwardOptions,
  ForwardOutput,
  InferenceBatch,
  InferenceNetwork,
  InferenceResult,
} from "../classifiers/classifier.ts";
import type { LevelStatistics, StatisticsOfLevel } from "../classifiers/level_statistics.ts";
import type { ComplexityLevel, ComplexityLevels } from "../puppeteer/complexity_levels.ts";
import type { GeneratorStorage, KernelGenerator } from "./kernel_generator.ts";

/** What the registry gives to a model, and layers for other sizes of it. */
export interface DynamicKernelOptions extends CustomOptions {
  /**
   * Layers of the network, with `classes` outputs.
   *
   * @default those of the published size
   */
  readonly layers?: readonly Layer[];
}

/**
 * A classifier that is a list of layers, in which the kernels of some convolutions are generated for every image from
 * the feature map that the convolution is applied to. Kernels cannot be made before the image is there: inference
 * generates them anew.
 */
export class DynamicKernelClassifier implements CountingClassifier {
  readonly parameters: ParameterSet;
  readonly levels: ComplexityLevels;
  /** Layers of the network. */
  readonly layers: readonly Layer[];
  /** Makes the kernels. */
  readonly generator: KernelGenerator;
  readonly #weights: LayerWeights;

  /**
   * Adds the parameters of generators and layers.
   *
   * @param layers Layers of the network.
   * @param options Seed, levels, where the parameters go, and the maker of the generator.
   */
  constructor(
    layers: readonly Layer[],
    options: Pick<DynamicKernelOptions, "seed" | "levels" | "parameters"> & {
      readonly createGenerator: (storage: GeneratorStorage) => KernelGenerator;
    },
  ) {
    const { seed, levels, parameters = new ParameterSet(), createGenerator } = options;
    this.parameters = parameters;
    this.layers = layers;
    this.levels = levels;
    this.#weights = new LayerWeights(this.parameters, seed);
    this.generator = createGenerator({ parameters, weights: this.#weights, seed });
    for (const layer of convolutionsOf(layers)) {
      if (this.generator.isGenerated(layer)) this.generator.addParameters(layer);
      else this.#weights.addKernel(layer);
      this.#weights.addBiasAndNorm(layer);
    }
    for (const layer of linearsOf(layers)) this.#weights.addLinear(layer);
  }

  forward(
    images: tf.Tensor4D,
    _levels: ComplexityLevel | readonly ComplexityLevel[],
    options: ForwardOptions,
  ): ForwardOutput {
    return { logits: this.run(images, options).logits, auxiliary: [], penalty: null };
  }

  /**
   * Runs the network.
   *
   * @param images `[batch, height, width, 3]`, float32, standardised.
   * @param options What batch norms do, what is dropped, and what is mixed.
   * @returns Logits `[batch, classes]`, and the multiply-adds of the whole batch.
   */
  run(
    images: tf.Tensor4D,
    { normalize, drop, mixing }: Pick<ForwardOptions, "normalize" | "drop" | "mixing">,
  ): { readonly logits: tf.Tensor2D; readonly multiplyAdds: number } {
    let multiplyAdds = 0;
    const logits = runLayers(this.layers, images, {
      convolve: (layer, input) => {
        const output = this.#convolve(layer, input);
        multiplyAdds += this.#workOf(layer, output.shape[1] * output.shape[2]);
        return finishConvolution(layer, output, { weights: this.#weights, normalize, drop });
      },
      ...(mixing === undefined ? {} : { between: mixing.maps }),
      linear: (layer, input) => {
        multiplyAdds += layer.inputs * layer.outputs;
        return this.#weights.linear(layer, drop?.vectors(input) ?? input);
      },
    });
    return { logits, multiplyAdds: multiplyAdds * images.shape[0] };
  }

  // deno-lint-ignore require-await -- errors come as rejections, as the interface promises
  async prepare(statistics: LevelStatistics): Promise<InferenceNetwork> {
    return new DynamicKernelNetwork(this, statistics.get(this.levels.list[0]!.index) ?? new Map());
  }

  workOf(image: MapSize): number {
    const work = (layer: ConvolutionLayer, positions: number) => this.#workOf(layer, positions);
    return workOfLayers(this.layers, image, work).multiplyAdds;
  }

  dispose(): void {
    this.parameters.dispose();
  }

  #convolve(layer: ConvolutionLayer, input: tf.Tensor4D): tf.Tensor4D {
    return this.generator.isGenerated(layer)
      ? this.generator.convolve(layer, input)
      : convolveWith(layer, input, this.#weights.kernel(layer));
  }

  #workOf(layer: ConvolutionLayer, outputPositions: number): number {
    return this.generator.isGenerated(layer)
      ? this.generator.multiplyAdds(layer, outputPositions)
      : kernelLength(layer) * outputPositions;
  }
}

/** The network with batch-norm statistics fixed, which are kept on the device. */
class DynamicKernelNetwork implements InferenceNetwork {
  readonly #classifier: DynamicKernelClassifier;
  readonly #moments = new Map<string, BatchMoments>();

  constructor(classifier: DynamicKernelClassifier, statistics: StatisticsOfLevel) {
    this.#classifier = classifier;
    const norms = convolutionsOf(classifier.layers).filter(({ norm }) => norm);
    const missing = norms.find(({ name }) => !statistics.has(name));
    if (missing !== undefined) {
      throw new RangeError(
        `Cannot prepare the network: batch-norm statistics of layer "${missing.name}" are missing; compute them again`,
      );
    }
    // All of them before the first is on the device: whoever is refused has nothing to dispose of.
    for (const { name } of norms) {
      const channels = classifier.parameters.get(`norms.${name}.scale`).size;
      requireLength(name, { found: statistics.get(name)!.mean.length, channels });
    }
    for (const { name } of norms) {
      const { mean, variance } = statistics.get(name)!;
      this.#moments.set(name, { mean: tf.tensor1d(mean), variance: tf.tensor1d(variance) });
    }
  }

  // deno-lint-ignore require-await -- errors come as rejections, as the interface promises
  async infer({ images }: InferenceBatch): Promise<InferenceResult> {
    let multiplyAdds = 0;
    const logits = tf.tidy(() => {
      const result = this.#classifier.run(
        images,
        {
          normalize: (site, input) =>
            batchNormWithMoments(input, this.#moments.get(site.name)!, site),
        },
      );
      multiplyAdds = result.multiplyAdds;
      return result.logits;
    });
    return { logits, multiplyAdds, routes: null };
  }

  dispose(): void {
    for (const { mean, variance } of this.#moments.values()) tf.dispose([mean, variance]);
    this.#moments.clear();
  }
}
