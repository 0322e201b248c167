import * as tf from "@tensorflow/tfjs-core";
import { convolutionsOf } from "../architectures/layer.ts";
import { DivergenceError } from "../errors.ts";
import { BATCH_NORM_EPSILON } from "../layers/batch_norm.ts";
import { runLayers } from "../layers/run_layers.ts";
import { firstNonFiniteState } from "../puppeteer/integrate.ts";
import type { ConvolutionLayer, Layer } from "../architectures/layer.ts";
import type { LevelClassifier } from "../models/level_classifier.ts";
import type { LevelStatistics } from "./level_statistics.ts";

/** A convolution with its batch norm folded in. */
interface FoldedConvolution {
  readonly kernel: tf.Tensor4D;
  readonly bias: tf.Tensor1D;
}

interface BankedNetwork {
  readonly layers: readonly Layer[];
  readonly convolutions: ReadonlyMap<string, FoldedConvolution>;
}

/**
 * The kernels of every level, generated once and kept. Kernels depend on an image only through its level, so
 * an image costs what it would cost in a fixed CNN of its depth. Batch norm with fixed statistics is an
 * affine map per channel and is folded into kernel and bias.
 */
export class KernelBank {
  readonly #classifier: LevelClassifier;
  readonly #networks: ReadonlyMap<number, BankedNetwork>;

  private constructor(classifier: LevelClassifier, networks: ReadonlyMap<number, BankedNetwork>) {
    this.#classifier = classifier;
    this.#networks = networks;
  }

  /**
   * Generates and folds the kernels of all levels that have statistics.
   *
   * @param classifier The model; must outlive the bank, whose head is the model's.
   * @param statistics Batch-norm statistics by level.
   * @returns The bank; the caller disposes of it.
   * @throws {DivergenceError} if a generated kernel holds a number that is not finite.
   */
  static async create(
    classifier: LevelClassifier,
    statistics: LevelStatistics,
  ): Promise<KernelBank> {
    const networks = new Map<number, BankedNetwork>();
    const bank = new KernelBank(classifier, networks);
    try {
      for (const index of statistics.keys()) {
        const network = foldNetwork(classifier, index, statistics);
        networks.set(index, network);
        const kernels = [...network.convolutions.values()].map(({ kernel }) => kernel);
        const broken = await firstNonFiniteState(kernels);
        if (broken >= 0) {
          throw new DivergenceError(
            `Cannot make the kernel bank: kernel ${broken + 1} of level ${index} is not finite; ` +
              "train with a lower learning rate or with --clip-norm",
          );
        }
      }
    } catch (error) {
      bank.dispose();
      throw error;
    }
    return bank;
  }

  /** Levels that the bank holds. */
  get levels(): readonly number[] {
    return [...this.#networks.keys()];
  }

  /**
   * Logits of images of one level.
   *
   * @param images `[batch, height, width, 3]`, float32, standardised.
   * @param level Index of the level.
   * @returns `[batch, classes]`, float32.
   * @throws {RangeError} if the bank does not hold the level.
   */
  logits(images: tf.Tensor4D, level: number): tf.Tensor2D {
    const network = this.#networks.get(level);
    if (network === undefined) {
      throw new RangeError(
        `Cannot classify: the kernel bank holds levels ${
          this.levels.join(", ")
        }, current value is ${level}`,
      );
    }
    return tf.tidy(() =>
      runLayers(network.layers, images, {
        convolve: (layer, input) => {
          const { kernel, bias } = network.convolutions.get(layer.name)!;
          return tf.fused.conv2d({ x: input, filter: kernel, strides: 1, pad: "same", bias });
        },
        linear: (layer, input) => this.#classifier.linear(layer, input),
      })
    );
  }

  /** Frees the kernels. */
  dispose(): void {
    for (const { convolutions } of this.#networks.values()) {
      for (const { kernel, bias } of convolutions.values()) {
        kernel.dispose();
        bias.dispose();
      }
    }
  }
}

/** scale (w * x - mean) / deviation + offset = (scale / deviation) w * x + (offset - scale mean / deviation). */
function foldConvolution(
  kernel: tf.Tensor4D,
  affine: { scale: tf.Tensor1D; offset: tf.Tensor1D },
  statistics: { mean: Float32Array; variance: Float32Array },
): FoldedConvolution {
  const deviation = tf.sqrt(tf.add(tf.tensor1d(statistics.variance), BATCH_NORM_EPSILON));
  const factor = tf.div<tf.Tensor1D>(affine.scale, deviation);
  return {
    kernel: tf.keep(tf.mul<tf.Tensor4D>(kernel, factor)),
    bias: tf.keep(tf.sub<tf.Tensor1D>(affine.offset, tf.mul(tf.tensor1d(statistics.mean), factor))),
  };
}

function foldNetwork(
  classifier: LevelClassifier,
  index: number,
  statistics: LevelStatistics,
): BankedNetwork {
  const level = classifier.levels.list[index];
  if (level === undefined) {
    throw new RangeError(
      `Cannot make the kernel bank: the model has ${classifier.levels.list.length} levels, statistics are of level ${index}`,
    );
  }
  const layers = classifier.layersOf(level);
  const convolutions = new Map<string, FoldedConvolution>();
  tf.tidy(() => {
    const kernels = classifier.kernelsOf(level);
    convolutionsOf(layers).forEach((layer: ConvolutionLayer, position) => {
      const moments = statistics.get(index)!.get(layer.name)!;
      convolutions.set(
        layer.name,
        foldConvolution(kernels[position]!, classifier.affineOf(layer), moments),
      );
    });
  });
  return { layers, convolutions };
}
