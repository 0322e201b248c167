import * as tf from "@tensorflow/tfjs-core";
import { workOfLayers } from "../architectures/count_layers.ts";
import { convolutionsOf } from "../architectures/layer.ts";
import { DivergenceError } from "../errors.ts";
import { runLayers } from "../layers/run_layers.ts";
import {
  disposeFolded,
  foldConvolution,
  foldedOperations,
} from "../classifiers/folded_convolution.ts";
import { yieldToEventLoop } from "../tensors/event_loop.ts";
import { firstNonFiniteState } from "../puppeteer/integrate.ts";
import type { MapSize } from "../architectures/count_layers.ts";
import type { Layer } from "../architectures/layer.ts";
import type { FoldedConvolution } from "../classifiers/folded_convolution.ts";
import type {
  InferenceBatch,
  InferenceNetwork,
  InferenceResult,
  PrepareOptions,
} from "../classifiers/classifier.ts";
import type { LevelNetworks } from "./level_networks.ts";
import type { LevelStatistics } from "../classifiers/level_statistics.ts";

interface BankedNetwork {
  readonly layers: readonly Layer[];
  readonly convolutions: ReadonlyMap<string, FoldedConvolution>;
  /** Multiply-adds of one image. */
  readonly multiplyAdds: number;
}

/**
 * The kernels of every level, generated once and kept. Kernels depend on an image only through its level, so an image
 * costs what it would cost in a fixed CNN of its depth. Batch norm with fixed statistics is an affine map per channel and
 * is folded into kernel and bias.
 */
export class KernelBank implements InferenceNetwork {
  readonly #classifier: LevelNetworks;
  readonly #networks: ReadonlyMap<number, BankedNetwork>;

  private constructor(classifier: LevelNetworks, networks: ReadonlyMap<number, BankedNetwork>) {
    this.#classifier = classifier;
    this.#networks = networks;
  }

  /**
   * Generates and folds the kernels of all levels that have statistics.
   *
   * @param classifier The model; must outlive the bank, whose head is the model's.
   * @param statistics Batch-norm statistics by level.
   * @param options Height and width of the images, and who is told how far it has come.
   * @returns The bank; the caller disposes of it.
   * @throws {DivergenceError} if a kernel holds a number that is not finite.
   */
  static async create(
    classifier: LevelNetworks,
    statistics: LevelStatistics,
    options: Pick<PrepareOptions, "image" | "report">,
  ): Promise<KernelBank> {
    const { image, report } = options;
    const networks = new Map<number, BankedNetwork>();
    const bank = new KernelBank(classifier, networks);
    try {
      for (const index of statistics.keys()) {
        const made = networks.size;
        const onStep = (done: number, steps: number) =>
          report?.(made + done / steps, statistics.size);
        const network = foldNetwork(classifier, index, { statistics, image, onStep });
        networks.set(index, network);
        await yieldToEventLoop();
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
   * Classifies images of one level.
   *
   * @throws {RangeError} if the bank does not hold the level.
   */
  // deno-lint-ignore require-await -- errors come as rejections, as the interface promises
  async infer({ images, level }: InferenceBatch): Promise<InferenceResult> {
    const network = this.#networks.get(level);
    if (network === undefined) {
      throw new RangeError(
        `Cannot classify: the kernel bank holds levels ${
          this.levels.join(", ")
        }, current value is ${level}`,
      );
    }
    const logits = tf.tidy(() =>
      runLayers(network.layers, images, {
        ...foldedOperations((layer) => network.convolutions.get(layer.name)!),
        linear: (layer, input) => this.#classifier.weights.linear(layer, input),
      })
    );
    return { logits, multiplyAdds: network.multiplyAdds * images.shape[0], routes: null };
  }

  /** Frees the kernels. */
  dispose(): void {
    for (const { convolutions } of this.#networks.values()) disposeFolded(convolutions.values());
  }
}

function foldNetwork(
  classifier: LevelNetworks,
  index: number,
  options: {
    readonly statistics: LevelStatistics;
    readonly image: MapSize;
    readonly onStep: (done: number, steps: number) => void;
  },
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
    const kernels = classifier.kernelsOf(level, { onStep: options.onStep });
    for (const layer of convolutionsOf(layers)) {
      const folded = foldConvolution(layer, {
        kernel: kernels.get(layer.name)!,
        bias: classifier.weights.bias(layer),
        norm: layer.norm ? classifier.weights.norm(layer.name) : null,
        statistics: options.statistics.get(index)!.get(layer.name),
      });
      convolutions.set(layer.name, folded);
    }
  });
  return { layers, convolutions, multiplyAdds: workOfLayers(layers, options.image).multiplyAdds };
}
