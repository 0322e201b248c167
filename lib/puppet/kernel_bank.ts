import * as tf from "@tensorflow/tfjs-core";
import { workOfLayers } from "../architectures/count_layers.ts";
import { DivergenceError } from "../errors.ts";
import { runLayers } from "../layers/run_layers.ts";
import { disposeFolded, foldedOperations } from "../classifiers/folded_convolution.ts";
import { foldNetwork } from "./fold_network.ts";
import { requireStatistics } from "./require_statistics.ts";
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
import type { LevelStatistics, StatisticsOfLevel } from "../classifiers/level_statistics.ts";

type BankOptions = Pick<PrepareOptions, "image" | "levels" | "report">;

interface BankedNetwork {
  readonly layers: readonly Layer[];
  readonly convolutions: ReadonlyMap<string, FoldedConvolution>;
  /** Multiply-adds of one image. */
  readonly multiplyAdds: number;
}

/**
 * The kernels of the levels, each generated once and kept. Kernels depend on an image only through its level, so an image
 * costs what it would cost in a plain CNN of its depth. Batch norm with fixed statistics is an affine map per channel and
 * is folded into kernel and bias.
 */
export class KernelBank implements InferenceNetwork {
  readonly #classifier: LevelNetworks;
  readonly #statistics: LevelStatistics;
  readonly #image: MapSize;
  /** Levels asked for, with their networks once all kernels are known to be finite. */
  readonly #networks = new Map<number, Promise<BankedNetwork>>();
  readonly #made = new Set<ReadonlyMap<string, FoldedConvolution>>();
  #report: PrepareOptions["report"];
  #generationSeconds = 0;

  private constructor(
    classifier: LevelNetworks,
    statistics: LevelStatistics,
    { image, report }: BankOptions,
  ) {
    this.#classifier = classifier;
    this.#statistics = statistics;
    this.#image = image;
    this.#report = report;
  }

  /**
   * Generates and folds the kernels of the levels asked for.
   *
   * @param classifier The model; must outlive the bank, and keep its parameters until all levels are generated.
   * @param statistics Batch-norm statistics of the levels that images may be of.
   * @param options Height and width of the images, levels that are generated at once, and who is told how far it has come.
   * @returns The bank; the caller disposes of it.
   * @throws {RangeError} if statistics are missing, or of another layer.
   * @throws {DivergenceError} if a kernel holds a number that is not finite.
   */
  static async create(
    classifier: LevelNetworks,
    statistics: LevelStatistics,
    options: BankOptions,
  ): Promise<KernelBank> {
    requireStatistics(classifier, statistics, statistics.keys());
    const { levels = [...statistics.keys()], report } = options;
    const bank = new KernelBank(classifier, statistics, options);
    try {
      for (const [made, level] of levels.entries()) {
        bank.#report = (done) => report?.(made + done, levels.length);
        await bank.#network(level);
      }
    } catch (error) {
      bank.dispose();
      throw error;
    }
    bank.#report = report;
    return bank;
  }

  /** Levels whose kernels have been generated, or are being generated. */
  get levels(): readonly number[] {
    return [...this.#networks.keys()];
  }

  /** As {@linkcode InferenceNetwork.generationSeconds}. */
  get generationSeconds(): number {
    return this.#generationSeconds;
  }

  /**
   * Classifies images of one level, whose kernels are generated with the first of them.
   *
   * @throws {RangeError} if the bank has no statistics of the level.
   * @throws {DivergenceError} if a kernel holds a number that is not finite.
   */
  async infer({ images, level }: InferenceBatch): Promise<InferenceResult> {
    const network = await this.#network(level);
    const logits = tf.tidy(() =>
      runLayers(network.layers, images, {
        ...foldedOperations((layer) => network.convolutions.get(layer.name)!),
        linear: (layer, input) => this.#classifier.weights.linear(layer, input),
      })
    );
    return { logits, multiplyAdds: network.multiplyAdds * images.shape[0], routes: null };
  }

  // deno-lint-ignore require-await -- errors come as rejections; what is kept is the promise itself
  async #network(level: number): Promise<BankedNetwork> {
    const found = this.#networks.get(level);
    if (found !== undefined) return found;
    const statistics = this.#statistics.get(level);
    if (statistics === undefined) {
      throw new RangeError(
        `Cannot classify: the kernel bank holds levels ${
          [...this.#statistics.keys()].join(", ")
        }, current value is ${level}`,
      );
    }
    const made = this.#make(level, statistics);
    this.#networks.set(level, made);
    // What failed may have passed, as a lack of memory does: the next image of the level tries again.
    made.catch(() => this.#networks.delete(level));
    return made;
  }

  async #make(level: number, statistics: StatisticsOfLevel): Promise<BankedNetwork> {
    const started = performance.now();
    const own = this.#classifier.levels.list[level]!;
    const convolutions = foldNetwork(this.#classifier, own, {
      statistics,
      onStep: (done, steps) => this.#report?.(done / steps, 1),
    });
    this.#made.add(convolutions);
    const layers = this.#classifier.layersOf(own);
    const { multiplyAdds } = workOfLayers(layers, this.#image);
    await yieldToEventLoop();
    const kernels = [...convolutions.values()].map(({ kernel }) => kernel);
    const broken = await firstNonFiniteState(kernels);
    if (broken >= 0) {
      disposeFolded(convolutions.values());
      this.#made.delete(convolutions);
      throw new DivergenceError(
        `Cannot make the kernel bank: kernel ${broken + 1} of level ${level} is not finite; ` +
          "train with a smaller learningRate (--learning-rate) or with clipNorm 1 (--clip-norm 1)",
      );
    }
    this.#generationSeconds += (performance.now() - started) / 1000;
    return { layers, convolutions, multiplyAdds };
  }

  /** Frees the kernels. */
  dispose(): void {
    for (const convolutions of this.#made) disposeFolded(convolutions.values());
  }
}
