import { linearsOf } from "../architectures/layer.ts";
import { UsageError } from "../errors.ts";
import * as tf from "@tensorflow/tfjs-core";
import { disposeFolded } from "../classifiers/folded_convolution.ts";
import { hasOwnTrajectories } from "../models/model_layers.ts";
import { modelEntry } from "../models/model_registry.ts";
import { levelStarts } from "../puppeteer/level_starts.ts";
import { foldNetwork } from "../puppet/fold_network.ts";
import { LevelClassifier } from "../puppet/level_classifier.ts";
import { placeLayers } from "./placed_layer.ts";
import type { LinearLayer } from "../architectures/layer.ts";
import type { FoldedConvolution } from "../classifiers/folded_convolution.ts";
import type { TrainedClassifier } from "../evaluation/trained_classifier.ts";
import type { ComplexityLevel } from "../puppeteer/complexity_levels.ts";
import type { ModelCard } from "../training/checkpoint_card.ts";
import type { PlacedLayer } from "./placed_layer.ts";

/** Weights of a layer in memory. */
export interface BakedWeights {
  /** `[k, k, in, out]`, `[k, k, channels, 1]` of a depthwise layer, `[in, out]` of a linear one; row-major. */
  readonly values: Float32Array;
  /** The sides of `values`. */
  readonly shape: readonly number[];
  /** `[out]`; `null` if there is neither bias nor norm. */
  readonly bias: Float32Array | null;
}

/** The network of one level, ready to be written: kernels generated, batch norm folded into them. */
export interface BakedNetwork {
  /** The level. */
  readonly level: ComplexityLevel;
  /** The layers in order. */
  readonly layers: readonly PlacedLayer[];
  /** Weights by name of the layer. */
  readonly weights: ReadonlyMap<string, BakedWeights>;
}

/** What a model's networks have in common. */
export interface BakedModel {
  /** Name in the registry. */
  readonly name: string;
  /** Class names in the order of the logits. */
  readonly classNames: readonly string[];
  /** Height and width of the images in pixels. */
  readonly image: ModelCard["image"];
  /** Channel statistics, pixels counted in 0..1. */
  readonly standardization: ModelCard["standardization"];
  /** Name of the complexity measure, and its unit. */
  readonly complexity: { readonly measure: string; readonly unit: string };
  /** Every level of the model, with the smallest complexity that belongs to it. */
  readonly levels: readonly (ComplexityLevel & { readonly from: number })[];
}

/**
 * Makes sure that a model can be written as one network per level.
 *
 * @param model Configuration of the model.
 * @param what What is asked for: `as a page`.
 * @throws {UsageError} if its kernels, or the way through it, depend on each image; the message says how.
 */
export function requireBakeable(
  model: ModelCard["model"],
  what: string,
): void {
  const entry = modelEntry(model.name);
  const reason = entry.kind === "custom"
    ? entry.decides
      ? "it decides for every image which of its parts are run"
      : "its kernels are made anew from every image"
    : hasOwnTrajectories(model)
    ? "exact mode generates the kernels of every image anew"
    : null;
  if (reason === null) return;
  throw new UsageError(
    `Cannot export ${model.name} ${what}, which has a network per level: ${reason}; export it as a model of this ` +
      "toolkit (--format model)",
  );
}

/**
 * Describes a model for other programs.
 *
 * @param trained The model, with what routes images.
 * @param card What its checkpoint says.
 * @returns What its networks have in common.
 */
export function describeModel(trained: TrainedClassifier, card: ModelCard): BakedModel {
  return {
    name: card.model.name,
    classNames: card.classNames,
    image: card.image,
    standardization: card.standardization,
    complexity: { measure: trained.measure.name, unit: trained.measure.unit },
    levels: levelStarts(trained.classifier.levels),
  };
}

async function readFolded({ kernel, bias }: FoldedConvolution): Promise<BakedWeights> {
  return {
    values: await kernel.data<"float32">(),
    shape: kernel.shape,
    bias: bias === null ? null : await bias.data<"float32">(),
  };
}

/** Copies of stored values, `[in, out]` and `[out]`. */
async function readLinear(classifier: LevelClassifier, layer: LinearLayer): Promise<BakedWeights> {
  const weights = tf.tidy(() => tf.clone(classifier.weights.linearWeights(layer)));
  const bias = classifier.parameters.get<tf.Rank.R1>(`${layer.name}.bias`);
  try {
    return {
      values: await weights.data<"float32">(),
      shape: weights.shape,
      bias: await bias.data<"float32">(),
    };
  } finally {
    weights.dispose();
  }
}

/**
 * Generates the kernels of a level, folds its norms and reads everything from the device.
 *
 * @param trained A model that `requireBakeable` accepts.
 * @param options Index of the level, size of the images.
 * @returns The network.
 * @throws {RangeError} if there is no such level, or it has no statistics.
 */
export async function bakeNetwork(
  trained: Pick<TrainedClassifier, "classifier" | "statistics">,
  options: { readonly level: number; readonly image: BakedModel["image"] },
): Promise<BakedNetwork> {
  const { classifier, statistics } = trained;
  if (!(classifier instanceof LevelClassifier)) {
    throw new TypeError("Cannot bake a model that is not a list of layers");
  }
  const level = classifier.levels.list[options.level];
  if (level === undefined) {
    throw new RangeError(
      `Cannot bake a network: level must be one of 0..${classifier.levels.list.length - 1}, ` +
        `current value is ${options.level}`,
    );
  }
  const layers = classifier.layersOf(level);
  const folded = foldNetwork(classifier, level, { statistics: statistics.get(level.index) });
  const weights = new Map<string, BakedWeights>();
  try {
    for (const [name, convolution] of folded) weights.set(name, await readFolded(convolution));
  } finally {
    disposeFolded(folded.values());
  }
  for (const layer of linearsOf(layers)) {
    weights.set(layer.name, await readLinear(classifier, layer));
  }
  return { level, layers: placeLayers(layers, options.image), weights };
}
