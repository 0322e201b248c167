import * as tf from "@tensorflow/tfjs-core";
import { sizeAfter, workOfLayers } from "../architectures/count_layers.ts";
import { runHead, runSpatialLayers } from "../layers/run_layers.ts";
import { readDecisions } from "./decision_gate.ts";
import { FoldedLayers } from "./folded_layers.ts";
import { restoreOrder, splitRows, sumOf, takeRows } from "./image_groups.ts";
import type { MapSize } from "../architectures/count_layers.ts";
import type { Layer, ResidualLayer } from "../architectures/layer.ts";
import type {
  InferenceBatch,
  InferenceNetwork,
  InferenceResult,
} from "../classifiers/classifier.ts";
import type { LayerWeights } from "../classifiers/layer_weights.ts";
import type { StatisticsOfLevel } from "../classifiers/level_statistics.ts";
import type { ImageGroup } from "./image_groups.ts";

/** A block that is passed several times, and the gate that is asked after each pass. */
export interface RecursiveStage {
  /** The first loop: may change the shape. */
  readonly block: ResidualLayer;
  /** Layers of the gate. */
  readonly gate: readonly Layer[];
}

/** Layers of a DRNN. */
export interface DrnnLayers {
  /** Everything before the stages; at least one layer. */
  readonly stem: readonly Layer[];
  /** The stages in order. */
  readonly stages: readonly RecursiveStage[];
  /** Global pooling and linear layers. */
  readonly head: readonly Layer[];
}

/** What a recursive network needs for inference. */
export interface RecursiveNetworkParts {
  /** Parameters; must outlive the network. */
  readonly weights: LayerWeights;
  /** The layers. */
  readonly layers: DrnnLayers;
  /** Loops of a stage at most. */
  readonly maxLoops: number;
  /** Batch-norm statistics, of each loop. */
  readonly statistics: StatisticsOfLevel;
  /** Height and width of the images. */
  readonly image: MapSize;
}

/** What the names of a loop's batch-norm statistics end in; loops count from 1. */
export function passOfLoop(loop: number): string {
  return loop === 1 ? "" : `.loop${loop}`;
}

/** What a loop computes: the whole block first, then the convolutions that keep the shape, beside the identity. */
export function loopBlock(block: ResidualLayer, loop: number): ResidualLayer {
  if (loop === 1) return block;
  const body = block.body.filter((layer) =>
    layer.kind === "convolution" && layer.stride === 1 &&
    layer.inputChannels === layer.outputChannels
  );
  return { ...block, body, shortcut: [] };
}

/** A gate without its pooling where the map is too small for it. */
export function gateOfMap(gate: readonly Layer[], height: number, width: number): readonly Layer[] {
  const isTooSmall = Math.min(height, width) < 2;
  return isTooSmall ? gate.filter(({ kind }) => kind !== "max-pool") : gate;
}

/** A stage with the multiply-adds of one image. */
export interface CountedStage {
  /** The first loop. */
  readonly block: ResidualLayer;
  /** Without its pooling where the map is too small. */
  readonly gate: readonly Layer[];
  /** Work of the first loop. */
  readonly firstLoop: number;
  /** Work of every other loop. */
  readonly laterLoop: number;
  /** Work of one decision. */
  readonly gateWork: number;
}

/** Counts the stages of a recursive network, in order. */
export function countStages({ stem, stages }: DrnnLayers, image: MapSize): CountedStage[] {
  let size = stem.reduce((at, layer) => sizeAfter(layer, at), image);
  return stages.map(({ block, gate }) => {
    const before = size;
    size = sizeAfter(block, size);
    const gateLayers = gateOfMap(gate, size.height, size.width);
    return {
      block,
      gate: gateLayers,
      firstLoop: workOfLayers([block], before).multiplyAdds,
      laterLoop: workOfLayers([loopBlock(block, 2)], size).multiplyAdds,
      gateWork: workOfLayers(gateLayers, size).multiplyAdds,
    };
  });
}

/** What a batch has gone through so far. */
interface Progress {
  /** Loops of each image. */
  readonly loops: number[];
  /** Multiply-adds of each image. */
  readonly works: number[];
}

/** A DRNN ready for inference: a loop is computed for the images that make it, and for no other. */
export class RecursiveNetwork implements InferenceNetwork {
  readonly #parts: RecursiveNetworkParts;
  readonly #folded: FoldedLayers;
  readonly #stages: readonly CountedStage[];
  /** Multiply-adds of stem and head for one image. */
  readonly #fixedWork: number;

  /**
   * Folds the layers, once per loop.
   *
   * @param parts Layers, weights, statistics.
   * @throws {RangeError} if a batch norm has no statistics.
   */
  constructor(parts: RecursiveNetworkParts) {
    const { stem, stages, head } = parts.layers;
    this.#parts = parts;
    this.#stages = countStages(parts.layers, parts.image);
    this.#fixedWork = workOfLayers([...stem, ...head], parts.image).multiplyAdds;
    this.#folded = new FoldedLayers(parts.weights, parts.statistics);
    try {
      this.#folded.add(stem);
      for (const { block, gate } of stages) {
        for (let loop = 1; loop <= parts.maxLoops; loop++) {
          // After the last loop no gate is asked.
          const layers = loop === parts.maxLoops ? [] : gate;
          this.#folded.add([loopBlock(block, loop), ...layers], passOfLoop(loop));
        }
      }
    } catch (error) {
      this.#folded.dispose();
      throw error;
    }
  }

  /** Classifies a batch; the route of an image is the number of its loops, all stages together. */
  async infer({ images }: Pick<InferenceBatch, "images">): Promise<InferenceResult> {
    const { stem, head } = this.#parts.layers;
    const operations = this.#folded.operations();
    const count = images.shape[0];
    const progress: Progress = {
      loops: new Array<number>(count).fill(0),
      works: new Array<number>(count).fill(this.#fixedWork),
    };
    let features = tf.tidy(() => runSpatialLayers(stem, images, operations));
    try {
      for (const stage of this.#stages) features = await this.#passStage(stage, features, progress);
      const logits = tf.tidy(() => runHead(head, features, operations));
      const { works, loops } = progress;
      return { logits, multiplyAdds: sumOf(works), works, routes: loops };
    } finally {
      features.dispose();
    }
  }

  /** Frees the folded kernels. */
  dispose(): void {
    this.#folded.dispose();
  }

  /** All loops of a stage; disposes of the input. */
  async #passStage(
    stage: CountedStage,
    input: tf.Tensor4D,
    progress: Progress,
  ): Promise<tf.Tensor4D> {
    const done: ImageGroup<tf.Tensor4D>[] = [];
    let positions: readonly number[] = progress.loops.map((_, position) => position);
    let features = this.#runLoop(stage, 1, { input, positions, progress });
    try {
      for (let loop = 2; loop <= this.#parts.maxLoops; loop++) {
        const operations = this.#folded.operations(passOfLoop(loop - 1));
        const { yes, no } = splitRows(await readDecisions(stage.gate, features, operations));
        for (const position of positions) progress.works[position]! += stage.gateWork;
        const all = { features, positions };
        const groupOf = (rows: readonly number[]) => ({
          positions: rows.map((row) => all.positions[row]!),
          rows: takeRows(all.features, rows),
        });
        if (no.length > 0) done.push(groupOf(no));
        const going = yes.length > 0 ? groupOf(yes) : null;
        all.features.dispose();
        if (going === null) return restoreOrder(done);
        positions = going.positions;
        features = this.#runLoop(stage, loop, { input: going.rows, positions, progress });
      }
      return restoreOrder([...done, { positions, rows: features }]);
    } catch (error) {
      tf.dispose([features, ...done.map(({ rows }) => rows)]);
      throw error;
    }
  }

  /** One loop for the images that make it; disposes of the input. */
  #runLoop(
    stage: CountedStage,
    loop: number,
    options: {
      readonly input: tf.Tensor4D;
      readonly positions: readonly number[];
      readonly progress: Progress;
    },
  ): tf.Tensor4D {
    const { input, positions, progress } = options;
    const operations = this.#folded.operations(passOfLoop(loop));
    const block = loopBlock(stage.block, loop);
    let output: tf.Tensor4D;
    try {
      output = tf.tidy(() => runSpatialLayers([block], input, operations));
    } finally {
      input.dispose();
    }
    const work = loop === 1 ? stage.firstLoop : stage.laterLoop;
    for (const position of positions) {
      progress.works[position]! += work;
      progress.loops[position]! += 1;
    }
    return output;
  }
}
