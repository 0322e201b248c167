import * as tf from "@tensorflow/tfjs-core";
import { sizeAfter, workOfLayers } from "../architectures/count_layers.ts";
import { activate, runHead, runSpatialLayers } from "../layers/run_layers.ts";
import { readDecisions } from "./decision_gate.ts";
import { FoldedLayers } from "./folded_layers.ts";
import { restoreOrder, splitRows, sumOf, takeRows } from "./image_groups.ts";
import type { MapSize } from "../architectures/count_layers.ts";
import type { Layer, ResidualLayer } from "../architectures/layer.ts";
import type { LayerOperations } from "../layers/run_layers.ts";
import type {
  InferenceBatch,
  InferenceNetwork,
  InferenceResult,
} from "../classifiers/classifier.ts";
import type { LayerWeights } from "../classifiers/layer_weights.ts";
import type { StatisticsOfLevel } from "../classifiers/level_statistics.ts";

/** A block, and the gate at its end, which decides on the next block. */
export interface GatedBlock {
  /** The block. */
  readonly block: ResidualLayer;
  /** Layers of the gate. */
  readonly gate: readonly Layer[];
}

/** Layers of a SkipNet. */
export interface SkipNetLayers {
  /** Everything before the blocks; at least one layer. */
  readonly stem: readonly Layer[];
  /** The blocks in order. */
  readonly blocks: readonly GatedBlock[];
  /** Global pooling and linear layers. */
  readonly head: readonly Layer[];
}

/** Multiply-adds of one image. */
export interface BlockWork {
  /** The block without its shortcut. */
  readonly body: number;
  /** The shortcut; 0 for the identity. */
  readonly shortcut: number;
  /** The gate at the block's end. */
  readonly gate: number;
}

/** What a network that skips needs for inference. */
export interface SkippingNetworkParts {
  /** Parameters; must outlive the network. */
  readonly weights: LayerWeights;
  /** The layers. */
  readonly layers: SkipNetLayers;
  /** Batch-norm statistics. */
  readonly statistics: StatisticsOfLevel;
  /** Height and width of the images. */
  readonly image: MapSize;
}

/** Work of every block of a network that skips, in order. */
export function workOfBlocks({ stem, blocks }: SkipNetLayers, image: MapSize): BlockWork[] {
  let size = stem.reduce((at, layer) => sizeAfter(layer, at), image);
  return blocks.map(({ block, gate }, index) => {
    const before = size;
    size = sizeAfter(block, size);
    return {
      body: workOfLayers(block.body, before).multiplyAdds,
      shortcut: workOfLayers(block.shortcut, before).multiplyAdds,
      // No block follows on the last one: its gate is asked in training only.
      gate: index === blocks.length - 1 ? 0 : workOfLayers(gate, size).multiplyAdds,
    };
  });
}

/** Runs a block for the rows that need it, and its shortcut alone for the others. */
function runBlock(
  block: ResidualLayer,
  input: tf.Tensor4D,
  options: { readonly operations: LayerOperations; readonly runs: readonly boolean[] },
): tf.Tensor4D {
  const { operations, runs } = options;
  const { yes, no } = splitRows(runs);
  const running = () => runSpatialLayers([block], takeRows(input, yes), operations);
  const skipping = () =>
    activate(runSpatialLayers(block.shortcut, takeRows(input, no), operations), block.activation);
  return restoreOrder([
    ...(yes.length > 0 ? [{ positions: yes, rows: running() }] : []),
    ...(no.length > 0 ? [{ positions: no, rows: skipping() }] : []),
  ]);
}

/** A SkipNet ready for inference: the body of a block is computed for the images that run it, and for no other. */
export class SkippingNetwork implements InferenceNetwork {
  readonly #parts: SkippingNetworkParts;
  readonly #folded: FoldedLayers;
  readonly #work: readonly BlockWork[];
  /** Multiply-adds of stem and head for one image. */
  readonly #fixedWork: number;

  /**
   * Folds the layers.
   *
   * @param parts Layers, weights, statistics.
   * @throws {RangeError} if a batch norm has no statistics.
   */
  constructor(parts: SkippingNetworkParts) {
    const { stem, blocks, head } = parts.layers;
    this.#parts = parts;
    this.#work = workOfBlocks(parts.layers, parts.image);
    this.#fixedWork = workOfLayers([...stem, ...head], parts.image).multiplyAdds;
    this.#folded = new FoldedLayers(parts.weights, parts.statistics);
    try {
      this.#folded.add(stem);
      for (const [index, { block, gate }] of blocks.entries()) {
        this.#folded.add(index === blocks.length - 1 ? [block] : [block, ...gate]);
      }
    } catch (error) {
      this.#folded.dispose();
      throw error;
    }
  }

  /** Classifies a batch; the route of an image is the number of blocks that it ran. */
  async infer({ images }: Pick<InferenceBatch, "images">): Promise<InferenceResult> {
    const { stem, blocks, head } = this.#parts.layers;
    const operations = this.#folded.operations();
    const routes = new Array<number>(images.shape[0]).fill(0);
    const works = routes.map(() => this.#fixedWork);
    let features = tf.tidy(() => runSpatialLayers(stem, images, operations));
    try {
      for (const [index, { block }] of blocks.entries()) {
        let [runs, gate] = [routes.map(() => true), 0];
        if (index > 0) {
          runs = await readDecisions(blocks[index - 1]!.gate, features, operations);
          gate = this.#work[index - 1]!.gate;
        }
        const before = features;
        features = tf.tidy(() => runBlock(block, before, { operations, runs }));
        before.dispose();
        const { body, shortcut } = this.#work[index]!;
        runs.forEach((isRun, position) => {
          if (isRun) routes[position]! += 1;
          works[position]! += gate + shortcut + (isRun ? body : 0);
        });
      }
      const logits = tf.tidy(() => runHead(head, features, operations));
      return { logits, multiplyAdds: sumOf(works), works, routes };
    } finally {
      features.dispose();
    }
  }

  /** Frees the folded kernels. */
  dispose(): void {
    this.#folded.dispose();
  }
}
