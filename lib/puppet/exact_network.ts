import * as tf from "@tensorflow/tfjs-core";
import { workOfLayers } from "../architectures/count_layers.ts";
import { normalizeByStatistics } from "../classifiers/finish_convolution.ts";
import { requireStatistics } from "./require_statistics.ts";
import type { MapSize } from "../architectures/count_layers.ts";
import type {
  Classifier,
  InferenceBatch,
  InferenceNetwork,
  InferenceResult,
} from "../classifiers/classifier.ts";
import type { LevelNetworks } from "./level_networks.ts";
import type { LevelStatistics } from "../classifiers/level_statistics.ts";

/**
 * The paper's literal reading: every image has a trajectory of its own, generated when it is classified. Batch norm uses
 * the statistics of the image's level.
 */
export class ExactNetwork implements InferenceNetwork {
  readonly #classifier: Classifier & LevelNetworks;
  readonly #statistics: LevelStatistics;
  readonly #image: MapSize;

  /**
   * Keeps nothing on the device.
   *
   * @param classifier The model; must outlive the network.
   * @param statistics Batch-norm statistics by level.
   * @param image Height and width of the images.
   * @throws {RangeError} if a norm has no statistics, or those of another layer.
   */
  constructor(
    classifier: Classifier & LevelNetworks,
    statistics: LevelStatistics,
    image: MapSize,
  ) {
    requireStatistics(classifier, statistics, classifier.levels.list.keys());
    this.#classifier = classifier;
    this.#statistics = statistics;
    this.#image = image;
  }

  // deno-lint-ignore require-await -- errors come as rejections, as the interface promises
  async infer({ images, level, complexities }: InferenceBatch): Promise<InferenceResult> {
    const classifier = this.#classifier;
    // One image at a time: the trajectories of a whole batch would take gigabytes.
    const logits = tf.tidy(() =>
      tf.concat(
        complexities.map((complexity, row) =>
          tf.tidy(() => this.#logitsOf(tf.slice(images, row, 1), complexity))
        ),
        0,
      )
    );
    const shared = classifier.levels.list[level]!;
    const forward = workOfLayers(classifier.layersOf(shared), this.#image).multiplyAdds;
    // Kernels that are not kept are a part of every image's work.
    const multiplyAdds = complexities.length * (forward + classifier.generationWork(shared));
    return { logits, multiplyAdds, routes: null };
  }

  #logitsOf(image: tf.Tensor4D, complexity: number): tf.Tensor2D {
    const level = this.#classifier.levels.exactLevel(complexity);
    const statistics = this.#statistics.get(level.index)!;
    return this.#classifier.forward(image, level, {
      normalize: normalizeByStatistics(statistics),
    }).logits;
  }

  dispose(): void {
    // Nothing is kept.
  }
}
