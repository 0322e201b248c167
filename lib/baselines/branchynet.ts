import * as tf from "@tensorflow/tfjs-core";
import { alexnetArchitecture } from "../architectures/alexnet.ts";
import {
  classifierHead,
  convolution,
  convolutionsOf,
  splitAtHead,
} from "../architectures/layer.ts";
import { runLayers, runSpatialLayers } from "../layers/run_layers.ts";
import { LayerWeights } from "../classifiers/layer_weights.ts";
import { ParameterSet } from "../tensors/parameter_set.ts";
import { BranchyNetwork, workOfSegments } from "./branchy_network.ts";
import { defaultThreshold, ExitThresholds } from "./exit_thresholds.ts";
import { addStoredLayers, storedOperations } from "./stored_layers.ts";
import type { MapSize } from "../architectures/count_layers.ts";
import type { Layer } from "../architectures/layer.ts";
import type {
  CountingClassifier,
  CustomOptions,
  ForwardOptions,
  ForwardOutput,
  InferenceNetwork,
  LabelledBatch,
  PrepareOptions,
} from "../classifiers/classifier.ts";
import type { LevelStatistics } from "../classifiers/level_statistics.ts";
import type { ComplexityLevel, ComplexityLevels } from "../puppeteer/complexity_levels.ts";
import type { BranchySegment } from "./branchy_network.ts";
import type { ExitLogits } from "./exit_thresholds.ts";

/** What fixes a BranchyNet. */
export interface BranchyNetOptions extends CustomOptions {
  /**
   * Layers of the network without exits, the classifying head included.
   *
   * @default AlexNet
   */
  readonly architecture?: readonly Layer[];
  /**
   * Names of the layers after which there is an exit, in order.
   *
   * @default conv3 and conv4
   */
  readonly exitsAfter?: readonly string[];
  /**
   * Channels of the exits' convolutions and width of their hidden layers.
   *
   * @default 512
   */
  readonly exitWidth?: number;
  /**
   * Weight of the cross-entropy of every side exit; that of the final exit is 1.
   *
   * @default 1
   */
  readonly exitWeight?: number;
}

/** A side exit: a 3x3 convolution without bias and norm, pooling, two hidden layers. */
function exitLayers(
  name: string,
  shape: { readonly inputChannels: number; readonly width: number; readonly classes: number },
): Layer[] {
  const { inputChannels, width, classes } = shape;
  const size = { kernelSize: 3, inputChannels, outputChannels: width };
  const head = classifierHead([width, width, width, classes]).map((layer): Layer =>
    layer.kind === "linear" ? { ...layer, name: `${name}.${layer.name}` } : layer
  );
  return [convolution(`${name}.conv`, size, { norm: false }), ...head];
}

/** Cuts an architecture after the layers that have an exit; the last piece ends in the head. */
function cutAtExits(architecture: readonly Layer[], options: BranchyNetOptions): BranchySegment[] {
  const { classes, exitsAfter = ["conv3", "conv4"], exitWidth = 512 } = options;
  const { body, head } = splitAtHead(architecture);
  let start = 0;
  const segments = exitsAfter.map((after, index): BranchySegment => {
    const end = body.findIndex((layer) => layer.kind === "convolution" && layer.name === after);
    if (end < start) {
      throw new RangeError(
        `Cannot lay out BranchyNet: exits must come after convolutions of the network, in order, current value is "${after}"`,
      );
    }
    const layers = body.slice(start, end + 1);
    start = end + 1;
    const { outputChannels } = convolutionsOf(layers).at(-1)!;
    const shape = { inputChannels: outputChannels, width: exitWidth, classes };
    return { layers, exit: exitLayers(`exit${index + 1}`, shape) };
  });
  return [...segments, { layers: body.slice(start), exit: head }];
}

/**
 * BranchyNet (Teerapittayanon et al. 2016) on AlexNet: classifiers at the side of the network, through which images leave
 * that are certain enough. An image leaves at the first exit whose softmax has an entropy under the exit's
 * threshold; layers after it are not computed for it. 6,923,614 parameters for ten classes, which is the paper's
 * 27.69 MB.
 *
 * What the paper leaves open: where the exits are, what they look like, how they are weighted and how the thresholds are
 * found. Exits after conv3 and conv4 of this form are the ones found that meet the printed size. They are large:
 * an exit costs more multiply-adds than all layers that it can save, so that leaving early pays only where the exit after
 * it would be computed otherwise. All cross-entropies weigh the same in training. Thresholds are tuned on validation
 * images by `tuneExitThresholds`, with at most half a point of accuracy lost; until then they are a tenth of the
 * largest entropy. An exit of threshold 0 is closed and is not computed.
 */
export class BranchyNet implements CountingClassifier {
  readonly parameters: ParameterSet;
  readonly levels: ComplexityLevels;
  readonly calibration: ExitThresholds;
  /** Stored parameters of the layers. */
  readonly weights: LayerWeights;
  readonly #segments: readonly BranchySegment[];
  readonly #options: BranchyNetOptions;

  /**
   * Makes the parameters.
   *
   * @param options Classes, seed, layers.
   * @throws {RangeError} if an exit names no convolution of the network, or they are out of order.
   */
  constructor(options: BranchyNetOptions) {
    this.#options = options;
    this.parameters = options.parameters ?? new ParameterSet();
    this.levels = options.levels;
    this.weights = new LayerWeights(this.parameters, options.seed);
    const architecture = options.architecture ?? alexnetArchitecture(options.classes);
    this.#segments = cutAtExits(architecture, options);
    for (const { layers, exit } of this.#segments) {
      addStoredLayers(this.weights, [...layers, ...exit]);
    }
    const thresholds = this.#segments.slice(1).map(() => defaultThreshold(options.classes));
    this.calibration = new ExitThresholds(thresholds, this.#exitLogits.bind(this));
  }

  /** Computes all exits for all images. */
  forward(
    images: tf.Tensor4D,
    _levels: ComplexityLevel | readonly ComplexityLevel[],
    options: ForwardOptions,
  ): ForwardOutput {
    const operations = storedOperations(this.weights, options);
    let features = images;
    const logits = this.#segments.map(({ layers, exit }) => {
      features = runSpatialLayers(layers, features, operations);
      return runLayers(exit, features, operations);
    });
    const weight = this.#options.exitWeight ?? 1;
    return {
      logits: logits.at(-1)!,
      auxiliary: logits.slice(0, -1).map((side) => ({ logits: side, weight })),
      penalty: null,
    };
  }

  /** Takes the thresholds of the moment; without batch norms in the network the statistics may be empty. */
  // deno-lint-ignore require-await -- errors come as rejections, as the interface promises
  async prepare(
    statistics: LevelStatistics,
    options: Pick<PrepareOptions, "image">,
  ): Promise<InferenceNetwork> {
    return this.#network(statistics, options.image);
  }

  workOf(image: MapSize): number {
    const work = workOfSegments(this.#segments, image);
    return work.reduce((total, { layers, exit }) => total + layers + exit, 0);
  }

  dispose(): void {
    this.parameters.dispose();
  }

  #network(statistics: LevelStatistics, image: PrepareOptions["image"]): BranchyNetwork {
    return new BranchyNetwork({
      weights: this.weights,
      segments: this.#segments,
      statistics: statistics.get(this.levels.list[0]!.index) ?? new Map(),
      thresholds: this.calibration.list,
      image,
    });
  }

  /** Logits of every exit for validation images. */
  async #exitLogits(
    statistics: LevelStatistics,
    batches: AsyncIterable<LabelledBatch>,
  ): Promise<ExitLogits> {
    const exits: number[][] = this.#segments.map(() => []);
    const labels: number[] = [];
    let network: BranchyNetwork | null = null;
    try {
      for await (const batch of batches) {
        const [, height, width] = batch.images.shape;
        network ??= this.#network(statistics, { height, width });
        const values = await network.allLogits(batch.images);
        values.forEach((rows, exit) => {
          for (const value of rows) exits[exit]!.push(value);
        });
        for (const label of batch.labels) labels.push(label);
      }
    } finally {
      network?.dispose();
    }
    return { exits, labels, classes: this.#options.classes };
  }
}
