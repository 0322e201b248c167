import * as tf from "@tensorflow/tfjs-core";
import { workOfLayers } from "../architectures/count_layers.ts";
import { classifierHead, convolution } from "../architectures/layer.ts";
import { basicBlock } from "../architectures/resnet.ts";
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
import {
  countStages,
  gateOfMap,
  loopBlock,
  passOfLoop,
  RecursiveNetwork,
} from "./recursive_network.ts";
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
import type { DrnnLayers, RecursiveStage } from "./recursive_network.ts";

/** Channels of the stages. */
const STAGES = [64, 128, 256, 512] as const;

/** What fixes a DRNN. */
export interface DrnnOptions extends CustomOptions {
  /**
   * Channels of the stages; the last is also the width of the hidden layer.
   *
   * @default 64, 128, 256, 512
   */
  readonly stages?: readonly number[];
  /**
   * Loops of a stage at most, >= 2.
   *
   * @default 4
   */
  readonly maxLoops?: number;
  /**
   * What it costs to make all loops, in nats: the loss grows by this times the share of the optional loops made.
   *
   * @default 0.1
   */
  readonly loopPenalty?: number;
  /**
   * Bias towards another loop that the gates start with: a large one opens, a large negative one closes them.
   *
   * @default 1
   */
  readonly initialGateBias?: number;
}

/** A block whose shortcut has a batch norm where it is not the identity. */
function stageBlock(
  name: string,
  shape: {
    readonly inputChannels: number;
    readonly outputChannels: number;
    readonly stride: number;
  },
): ResidualLayer {
  const block = basicBlock(name, shape);
  const shortcut = block.shortcut.map((layer): Layer =>
    layer.kind === "convolution" ? { ...layer, norm: true } : layer
  );
  return { ...block, shortcut };
}

/** The feed-forward gate "I" of SkipNet's authors: pooling, two convolutions, the second of stride 2. */
function gateLayers(name: string, channels: number): Layer[] {
  const shape = { kernelSize: 3, inputChannels: channels, outputChannels: channels };
  return [
    { kind: "max-pool", size: 2, stride: 2 },
    convolution(`${name}.conv1`, shape),
    convolution(`${name}.conv2`, shape, { stride: 2 }),
    ...gateHead(name, channels),
  ];
}

function layOut(classes: number, channels: readonly number[]): DrnnLayers {
  const stem = convolution(
    "stem",
    { kernelSize: 7, inputChannels: 3, outputChannels: channels[0]! },
    { stride: 2 },
  );
  const stages = channels.map((outputChannels, index): RecursiveStage => {
    const name = `stage${index + 1}`;
    const inputChannels = channels[Math.max(index - 1, 0)]!;
    const stride = index === 0 ? 1 : 2;
    return {
      block: stageBlock(name, { inputChannels, outputChannels, stride }),
      gate: gateLayers(`${name}.gate`, outputChannels),
    };
  });
  const width = channels.at(-1)!;
  return { stem: [stem], stages, head: classifierHead([width, width, classes]) };
}

/**
 * DRNN, a "dynamic recursive neural network" (Guo et al. 2019): every stage has one residual block that is passed up to
 * four times, and a gate that decides after each pass whether the image needs another. 11,446,226 parameters for
 * ten classes, which is the paper's 45.78 MB.
 *
 * What the paper leaves open, the authors having published no code: nearly all of the form; this one was found by the
 * printed size. The stem is a 7x7 convolution of stride 2 with batch norm and without pooling, so that the stages see
 * maps of the size that they have in ResNet. The first loop of a stage is the whole block, which halves the map and widens
 * it in stages 2 to 4; later loops take the convolutions that keep the shape (both in stage 1, the second in the
 * others) beside the identity. Batch norms share scale and offset between loops; statistics are of each loop, for
 * the gates too (`stage1.conv2.loop3`; those of the first loop have the layer's name). A loop that is not made ends the
 * stage, and after the last loop no gate is asked. Decisions are hard at 0.5 forward and pass the softmax's gradient
 * backward; the loss is cross-entropy and a penalty on the loops made, whose size is ours like the start of the gates. In
 * training all loops are computed for all images, so batch-norm statistics are of all of them.
 */
export class Drnn implements CountingClassifier {
  readonly parameters: ParameterSet;
  readonly levels: ComplexityLevels;
  /** Stored parameters of the layers. */
  readonly weights: LayerWeights;
  readonly #layers: DrnnLayers;
  readonly #maxLoops: number;
  readonly #loopPenalty: number;

  /**
   * Makes the parameters.
   *
   * @param options Classes, seed, stages.
   * @throws {RangeError} if the number of loops is not an integer >= 2, or there is no stage.
   */
  constructor(options: DrnnOptions) {
    const { classes, seed, stages = STAGES, maxLoops = 4 } = options;
    if (!Number.isInteger(maxLoops) || maxLoops < 2 || stages.length === 0) {
      throw new RangeError(
        `Cannot lay out DRNN: maxLoops must be an integer >= 2 and there must be a stage, current values are ${maxLoops} loops and ${stages.length} stages`,
      );
    }
    this.parameters = options.parameters ?? new ParameterSet();
    this.levels = options.levels;
    this.#maxLoops = maxLoops;
    this.#loopPenalty = options.loopPenalty ?? 0.1;
    this.weights = new LayerWeights(this.parameters, seed);
    this.#layers = layOut(classes, stages);
    addStoredLayers(this.weights, [...this.#layers.stem, ...this.#layers.head]);
    const parts = { parameters: this.parameters, weights: this.weights, seed };
    for (const { block, gate } of this.#layers.stages) {
      addStoredLayers(this.weights, [block]);
      addGate(parts, gate, options.initialGateBias ?? INITIAL_GATE_BIAS);
    }
  }

  /** Computes all loops for all images; a gate that is closed takes the bodies of all later loops out of the sums. */
  forward(
    images: tf.Tensor4D,
    _levels: ComplexityLevel | readonly ComplexityLevel[],
    options: ForwardOptions,
  ): ForwardOutput {
    const { stem, stages, head } = this.#layers;
    const operations = storedOperations(this.weights, options);
    let features = runSpatialLayers(stem, images, operations);
    const loops: tf.Tensor1D[] = [];
    for (const stage of stages) {
      const passed = this.#passStage(stage, features, options);
      features = passed.features;
      loops.push(...passed.loops);
    }
    return {
      logits: runHead(head, features, operations),
      auxiliary: [],
      penalty: tf.mul(tf.mean<tf.Scalar>(tf.stack(loops)), this.#loopPenalty),
    };
  }

  // deno-lint-ignore require-await -- errors come as rejections, as the interface promises
  async prepare(
    statistics: LevelStatistics,
    { image }: Pick<PrepareOptions, "image">,
  ): Promise<InferenceNetwork> {
    return new RecursiveNetwork({
      weights: this.weights,
      layers: this.#layers,
      maxLoops: this.#maxLoops,
      statistics: statistics.get(this.levels.list[0]!.index) ?? new Map(),
      image,
    });
  }

  workOf(image: MapSize): number {
    const { stem, head } = this.#layers;
    const later = this.#maxLoops - 1;
    return countStages(this.#layers, image).reduce(
      (total, { firstLoop, laterLoop, gateWork }) =>
        total + firstLoop + later * (laterLoop + gateWork),
      workOfLayers([...stem, ...head], image).multiplyAdds,
    );
  }

  dispose(): void {
    this.parameters.dispose();
  }

  /** All loops of a stage, and for each of the optional ones whether each image makes it. */
  #passStage(
    stage: RecursiveStage,
    input: tf.Tensor4D,
    options: ForwardOptions,
  ): { readonly features: tf.Tensor4D; readonly loops: tf.Tensor1D[] } {
    const operationsOf = (loop: number) =>
      storedOperations(this.weights, options, passOfLoop(loop));
    let features = runSpatialLayers([stage.block], input, operationsOf(1));
    const gate = gateOfMap(stage.gate, features.shape[1], features.shape[2]);
    const loops: tf.Tensor1D[] = [];
    for (let loop = 2; loop <= this.#maxLoops; loop++) {
      const goesOn = straightThrough(gateProbability(gate, features, operationsOf(loop - 1)));
      const before = loops.at(-1);
      // Who has stopped does not start again.
      const makes = before === undefined ? goesOn : tf.mul<tf.Tensor1D>(before, goesOn);
      loops.push(makes);
      const operations = operationsOf(loop);
      features = gatedResidual(loopBlock(stage.block, loop), features, { operations, gate: makes });
    }
    return { features, loops };
  }
}
