import * as tf from "@tensorflow/tfjs-core";
import { workOfLayers } from "../architectures/count_layers.ts";
import { convolution, convolutionsOf, splitAtHead } from "../architectures/layer.ts";
import { resnetArchitecture } from "../architectures/resnet.ts";
import { runHead, runSpatialLayers } from "../layers/run_layers.ts";
import { LayerWeights } from "../classifiers/layer_weights.ts";
import { ParameterSet } from "../tensors/parameter_set.ts";
import {
  addGate,
  gatedResidual,
  gateHead,
  gateProbability,
  INITIAL_GATE_BIAS,
} from "./decision_gate.ts";
import { SkippingNetwork, workOfBlocks } from "./skipping_network.ts";
import { addStoredLayers, storedOperations } from "./stored_layers.ts";
import { straightThrough } from "./straight_through.ts";
import type { MapSize } from "../architectures/count_layers.ts";
import type { Layer, ResidualLayer } from "../architectures/layer.ts";
import type {
  CountingClassifier,
  CustomOptions,
  ForwardOptions,
  ForwardOutput,
  InferenceNetwork,
  PrepareOptions,
} from "../classifiers/classifier.ts";
import type { LevelStatistics } from "../classifiers/level_statistics.ts";
import type { ComplexityLevel, ComplexityLevels } from "../puppeteer/complexity_levels.ts";
import type { GatedBlock, SkipNetLayers } from "./skipping_network.ts";

/** What fixes a SkipNet. */
export interface SkipNetOptions extends CustomOptions {
  /**
   * A network of residual blocks: a stem, at least one block, the head.
   *
   * @default ResNet-18 for small images
   */
  readonly architecture?: readonly Layer[];
  /**
   * What it costs to have all gates open, in nats: the loss grows by this times the mean gate.
   *
   * @default 0.1
   */
  readonly gatePenalty?: number;
  /**
   * Bias towards running a block that the gates start with: a large one opens, a large negative one closes them.
   *
   * @default 1
   */
  readonly initialGateBias?: number;
}

/** The feed-forward gate "II" of the paper's authors: one convolution of stride 2, then pooling. */
function gateLayers(name: string, channels: number): Layer[] {
  const shape = { kernelSize: 3, inputChannels: channels, outputChannels: channels };
  return [convolution(`${name}.conv`, shape, { stride: 2 }), ...gateHead(name, channels)];
}

/** Puts a gate after every block. */
function layOut(architecture: readonly Layer[]): SkipNetLayers {
  const { body, head } = splitAtHead(architecture);
  const first = body.findIndex(({ kind }) => kind === "residual");
  const residuals = body.slice(first).filter((layer) => layer.kind === "residual");
  if (first < 1 || first + residuals.length !== body.length) {
    throw new RangeError(
      "Cannot lay out SkipNet: the architecture must be a stem, then residual blocks only, then a head",
    );
  }
  const blocks = residuals.map((block: ResidualLayer, index): GatedBlock => {
    const channels = convolutionsOf(block.body).at(-1)!.outputChannels;
    return { block, gate: gateLayers(`gate${index + 1}`, channels) };
  });
  return { stem: body.slice(0, first), blocks, head };
}

/**
 * SkipNet (Wang et al. 2018) on ResNet: a gate after every block decides for each image whether the next block is run; a
 * block that is skipped leaves its shortcut alone (the identity, or the 1x1 convolution where the shape changes), then
 * ReLU. 17,483,866 parameters for ten classes: 69.94 MB, 1.5 % above the paper's 68.88.
 *
 * What the paper leaves open: the gates. Convolutional ones after each of the eight blocks come closest to the printed
 * size. The first block always runs; the gate after the last block has nothing to decide: it takes part in training
 * through the penalty alone and is not computed in inference. Training is the authors' first stage: a hard decision
 * at 0.5 forward, the gradient of the softmax backward, with cross-entropy and a penalty on the mean gate;
 * their second stage (reinforcement learning) is left out. Size of the penalty and start of the gates are ours. In
 * training every block is computed for all images, so batch-norm statistics are of all of them.
 */
export class SkipNet implements CountingClassifier {
  readonly parameters: ParameterSet;
  readonly levels: ComplexityLevels;
  /** Stored parameters of the layers. */
  readonly weights: LayerWeights;
  readonly #layers: SkipNetLayers;
  readonly #gatePenalty: number;

  /**
   * Makes the parameters.
   *
   * @param options Classes, seed, layers.
   * @throws {RangeError} if the architecture is not a stem, residual blocks and a head.
   */
  constructor(options: SkipNetOptions) {
    const { classes, seed, initialGateBias = INITIAL_GATE_BIAS } = options;
    this.parameters = options.parameters ?? new ParameterSet();
    this.levels = options.levels;
    this.#gatePenalty = options.gatePenalty ?? 0.1;
    this.weights = new LayerWeights(this.parameters, seed);
    const architecture = options.architecture ?? resnetArchitecture(classes);
    this.#layers = layOut(architecture);
    addStoredLayers(this.weights, architecture);
    const parts = { parameters: this.parameters, weights: this.weights, seed };
    for (const { gate } of this.#layers.blocks) addGate(parts, gate, initialGateBias);
  }

  /** Computes all blocks for all images; a gate that is closed takes the body out of the sum. */
  forward(
    images: tf.Tensor4D,
    _levels: ComplexityLevel | readonly ComplexityLevel[],
    options: ForwardOptions,
  ): ForwardOutput {
    const { stem, blocks, head } = this.#layers;
    const operations = storedOperations(this.weights, options);
    let features = runSpatialLayers(stem, images, operations);
    const gates: tf.Tensor1D[] = [];
    for (const { block, gate } of blocks) {
      const decision = gates.at(-1);
      features = decision === undefined
        ? runSpatialLayers([block], features, operations)
        : gatedResidual(block, features, { operations, gate: decision });
      gates.push(straightThrough(gateProbability(gate, features, operations)));
    }
    return {
      logits: runHead(head, features, operations),
      auxiliary: [],
      penalty: tf.mul(tf.mean<tf.Scalar>(tf.stack(gates)), this.#gatePenalty),
    };
  }

  // deno-lint-ignore require-await -- errors come as rejections, as the interface promises
  async prepare(
    statistics: LevelStatistics,
    { image }: Pick<PrepareOptions, "image">,
  ): Promise<InferenceNetwork> {
    return new SkippingNetwork({
      weights: this.weights,
      layers: this.#layers,
      statistics: statistics.get(this.levels.list[0]!.index) ?? new Map(),
      image,
    });
  }

  /** Of an image that runs every block. */
  workOf(image: MapSize): number {
    const { stem, head } = this.#layers;
    return workOfBlocks(this.#layers, image).reduce(
      (total, { body, shortcut, gate }) => total + body + shortcut + gate,
      workOfLayers([...stem, ...head], image).multiplyAdds,
    );
  }

  dispose(): void {
    this.parameters.dispose();
  }
}
