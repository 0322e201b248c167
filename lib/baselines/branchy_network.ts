import * as tf from "@tensorflow/tfjs-core";
import { sizeAfter, workOfLayers } from "../architectures/count_layers.ts";
import { runLayers, runSpatialLayers } from "../layers/run_layers.ts";
import { FoldedLayers } from "./folded_layers.ts";
import { requireFinite } from "../tensors/require_finite.ts";
import { restoreOrder, splitRows, sumOf, takeRows } from "./image_groups.ts";
import type { MapSize } from "../architectures/count_layers.ts";
import type { Layer } from "../architectures/layer.ts";
import type {
  InferenceBatch,
  InferenceNetwork,
  InferenceResult,
} from "../classifiers/classifier.ts";
import type { LayerWeights } from "../classifiers/layer_weights.ts";
import type { StatisticsOfLevel } from "../classifiers/level_statistics.ts";
import type { ImageGroup } from "./image_groups.ts";

/** Layers of a network, and the exit at their end. */
export interface BranchySegment {
  /** Layers on feature maps. */
  readonly layers: readonly Layer[];
  /** The classifier at their end. */
  readonly exit: readonly Layer[];
}

/** Multiply-adds of one image. */
export interface SegmentWork {
  /** Layers on feature maps. */
  readonly layers: number;
  /** The exit behind them. */
  readonly exit: number;
}

/** What a network with exits needs for inference. */
export interface BranchyNetworkParts {
  /** Parameters; must outlive the network. */
  readonly weights: LayerWeights;
  /** The pieces in order; the last one's exit is the final one. */
  readonly segments: readonly BranchySegment[];
  /** Batch-norm statistics; empty where no layer has a norm. */
  readonly statistics: StatisticsOfLevel;
  /** Entropy in nats under which an image leaves, per side exit; 0 closes it. */
  readonly thresholds: readonly number[];
  /** Height and width of the images. */
  readonly image: MapSize;
}

/** Work of every piece of a network with exits, in order. */
export function workOfSegments(
  segments: readonly BranchySegment[],
  image: MapSize,
): SegmentWork[] {
  let size = image;
  return segments.map(({ layers, exit }) => {
    const before = size;
    size = layers.reduce((at, layer) => sizeAfter(layer, at), size);
    return {
      layers: workOfLayers(layers, before).multiplyAdds,
      exit: workOfLayers(exit, size).multiplyAdds,
    };
  });
}

/** Entropy of the softmax of each row, in nats. */
function softmaxEntropies(logits: tf.Tensor2D): tf.Tensor1D {
  const logarithms = tf.logSoftmax(logits);
  return tf.neg(tf.sum<tf.Tensor1D>(tf.mul(tf.exp(logarithms), logarithms), 1));
}

/** A network with exits, ready for inference: what an image has left behind is not computed for it. */
export class BranchyNetwork implements InferenceNetwork {
  readonly #parts: BranchyNetworkParts;
  readonly #layers: FoldedLayers;
  readonly #work: readonly SegmentWork[];

  /**
   * Folds the layers.
   *
   * @param parts Layers, weights, thresholds.
   * @throws {RangeError} if a batch norm has no statistics.
   */
  constructor(parts: BranchyNetworkParts) {
    this.#parts = parts;
    this.#work = workOfSegments(parts.segments, parts.image);
    this.#layers = new FoldedLayers(parts.weights, parts.statistics);
    try {
      for (const { layers, exit } of parts.segments) this.#layers.add([...layers, ...exit]);
    } catch (error) {
      this.#layers.dispose();
      throw error;
    }
  }

  /** Classifies a batch; the route of an image is the number of its exit, counted from 1, the final one last. */
  async infer({ images }: Pick<InferenceBatch, "images">): Promise<InferenceResult> {
    const { segments } = this.#parts;
    const routes = new Array<number>(images.shape[0]).fill(segments.length);
    const groups: ImageGroup<tf.Tensor2D>[] = [];
    let positions: readonly number[] = routes.map((_, position) => position);
    let features = tf.clone(images);
    const works = routes.map(() => 0);
    const charge = (work: number) => {
      for (const position of positions) works[position]! += work;
    };
    try {
      for (const [index, { layers, exit }] of segments.entries()) {
        const before = features;
        features = tf.tidy(() => runSpatialLayers(layers, before, this.#layers.operations()));
        // A network can end with its last exit's layer: nothing is left to be run.
        if (features !== before) before.dispose();
        charge(this.#work[index]!.layers);
        const threshold = index === segments.length - 1 ? Infinity : this.#parts.thresholds[index]!;
        // Nobody can leave through a closed exit.
        if (threshold <= 0) continue;
        charge(this.#work[index]!.exit);
        const logits = tf.tidy(() => runLayers(exit, features, this.#layers.operations()));
        try {
          const { yes, no } = splitRows(await this.#leaving(logits, threshold));
          if (yes.length > 0) {
            for (const row of yes) routes[positions[row]!] = index + 1;
            groups.push({
              positions: yes.map((row) => positions[row]!),
              rows: takeRows(logits, yes),
            });
          }
          if (no.length === 0) break;
          positions = no.map((row) => positions[row]!);
          const staying = takeRows(features, no);
          features.dispose();
          features = staying;
        } finally {
          logits.dispose();
        }
      }
    } catch (error) {
      tf.dispose(groups.map(({ rows }) => rows));
      throw error;
    } finally {
      features.dispose();
    }
    return { logits: restoreOrder(groups), multiplyAdds: sumOf(works), works, routes };
  }

  /**
   * Logits of every exit for every image, whatever the thresholds.
   *
   * @param images `[batch, height, width, 3]`, float32, standardised; not disposed of.
   * @returns By exit, the final one last: `[batch * classes]`.
   */
  async allLogits(images: tf.Tensor4D): Promise<Float32Array[]> {
    const logits = tf.tidy(() => {
      const operations = this.#layers.operations();
      let features = images;
      return this.#parts.segments.map(({ layers, exit }) => {
        features = runSpatialLayers(layers, features, operations);
        return runLayers(exit, features, operations);
      });
    });
    const values = await Promise.all(logits.map((exit) => exit.data<"float32">()))
      .finally(() => tf.dispose(logits));
    for (const exit of values) requireFinite(exit, "logits of an exit");
    return values;
  }

  /** Frees the folded kernels. */
  dispose(): void {
    this.#layers.dispose();
  }

  /** Which rows leave; at the final exit all do, without looking at the device. */
  async #leaving(logits: tf.Tensor2D, threshold: number): Promise<boolean[]> {
    if (threshold === Infinity) return new Array<boolean>(logits.shape[0]).fill(true);
    const entropies = tf.tidy(() => softmaxEntropies(logits));
    const values = await entropies.data<"float32">().finally(() => entropies.dispose());
    requireFinite(values, "logits of an exit");
    return Array.from(values, (entropy) => entropy < threshold);
  }
}
