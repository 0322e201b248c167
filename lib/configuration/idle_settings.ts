import { convolutionsOf } from "../architectures/layer.ts";
import { isResized } from "../datasets/data_config.ts";
import { generatesKernels, storesKernels } from "../models/model_layers.ts";
import { modelEntry } from "../models/model_registry.ts";
import type { ModelEntry } from "../models/model_registry.ts";
import type { TrainingConfig } from "../training/training_config.ts";
import type { ExperimentConfig } from "./experiment_config.ts";

/** A key whose value makes no difference to a training. */
export interface IdleSetting {
  /** Path of the key. */
  readonly path: string;
  /** Why it makes none, in words. */
  readonly reason: string;
}

/** What only the images can tell. */
export interface KnownImages {
  /** Whether a folder has a validation part, so that none is drawn. */
  readonly hasOwnValidation: boolean;
}

/** Keys, and why they make no difference if they do not. */
type IdleRule = readonly [isIdle: boolean, reason: string, paths: readonly string[]];

/** Whether a model has batch norms; BranchyNet is an AlexNet, which has none. */
function hasNorms(entry: ModelEntry): boolean {
  if (entry.kind === "custom") return entry.name !== "branchynet";
  return entry.kind === "plain" || convolutionsOf(entry.architecture(1)).some(({ norm }) => norm);
}

function modelRules({ model }: ExperimentConfig, entry: ModelEntry): IdleRule[] {
  const { name, depthAdaptation, parameterAdaptation, minSteps, maxSteps, levelsPerDepth } = model;
  const generates = generatesKernels(entry);
  const isPlain = entry.kind === "plain";
  const adaptsDepth = entry.adapts.depth && depthAdaptation;
  const adaptsState = entry.adapts.parameters && parameterAdaptation;
  return [
    [!generates, `${name} has no puppeteer`, [
      "model.initialState",
      "model.initialStateSize",
      "model.solver",
      "model.trajectorySteps",
      "training.recompute",
      "training.freeze",
    ]],
    [!generates && !isPlain, `the layers of ${name} are given`, [
      "model.maxChannels",
      "model.kernelSize",
    ]],
    [!isPlain, `the layers of ${name} are given`, [
      "model.identityShortcuts",
      "model.mirrorSymmetry",
      "model.fixedDepth",
    ]],
    [adaptsDepth, "depth follows the image", ["model.fixedDepth"]],
    [!entry.adapts.depth, `the depth of ${name} follows no image`, ["model.depthAdaptation"]],
    [!entry.adapts.parameters, `${name} has no initial state`, ["model.parameterAdaptation"]],
    [!adaptsDepth && !adaptsState, "nothing follows the complexity of the image", [
      "model.complexity",
      "model.stepsPerBit",
      "model.complexityOffset",
      "model.minSteps",
      "model.maxSteps",
      "model.levelsPerDepth",
      "model.exact",
      "model.referenceComplexity",
      "training.levelSharing",
      "training.levelSmoothing",
      "training.fitDepths",
    ]],
    [!adaptsState, "the initial state follows no image", [
      "model.exact",
      "model.referenceComplexity",
    ]],
    [!hasNorms(entry), `${name} has no batch norm`, ["training.statisticsImages"]],
    [minSteps === maxSteps && levelsPerDepth === 1, "all images are of one level", [
      "training.levelSharing",
      "training.levelSmoothing",
    ]],
  ];
}

/** Whether a training ends before it can stop early: its first validation is a gain, and its last one too late. */
function endsFirst({ epochs, validateEvery, patience }: TrainingConfig): boolean {
  return patience > 0 && Math.floor((epochs - 1) / validateEvery) <= patience;
}

function otherRules(
  { data, training }: ExperimentConfig,
  { entry, hasOwnValidation }: KnownImages & { readonly entry: ModelEntry },
): IdleRule[] {
  const { dataset, selection, validationFraction } = data;
  // Whether a folder has a validation part of its own may not be known.
  const validatesNever = validationFraction === 0 && dataset !== "folder";
  const trainsPuppeteer = generatesKernels(entry) && training.freeze === "none";
  const hasSizes = dataset !== "cifar10" && dataset !== "cifar100";
  return [
    [!storesKernels(entry) && !trainsPuppeteer, "nothing is trained that is not Adam's", [
      "training.optimizer",
    ]],
    [training.schedule === "constant", "the schedule is constant", ["training.minLearningRate"]],
    [training.patience === 0, "nothing is stopped early (--patience)", ["training.minDelta"]],
    [endsFirst(training), "the training ends before it could stop early", [
      "training.patience",
      "training.minDelta",
    ]],
    [validatesNever, "there are no validation images", ["training.validateEvery"]],
    [hasOwnValidation, "the folder has a validation part of its own", ["data.validationFraction"]],
    [selection === "first", "images are taken in the order of the files", ["data.splitSeed"]],
    [dataset !== "synthetic", `${dataset} has its own classes`, ["data.classes"]],
    [!hasSizes, `the images of ${dataset} have their size`, ["data.imageSize"]],
    [!isResized(dataset), `the images of ${dataset} are not resized`, ["data.resizeTo"]],
  ];
}

/**
 * Finds keys whose value makes no difference beside the others: a solver for a model without a puppeteer, for example.
 *
 * @param config A complete configuration, free of contradictions.
 * @param images What is known of its images.
 * @returns One entry per key, with the first reason that holds.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseConfig } from "./parse_config.ts";
 *
 * const found = idleSettings(parseConfig("model: {name: vgg, solver: rk4}"));
 * const solver = found.find(({ path }) => path === "model.solver");
 * assert.equal(solver?.reason, "vgg has no puppeteer");
 * ```
 */
export function idleSettings(
  config: ExperimentConfig,
  images: KnownImages = { hasOwnValidation: false },
): IdleSetting[] {
  const entry = modelEntry(config.model.name);
  const found = new Map<string, string>();
  const rules = [...modelRules(config, entry), ...otherRules(config, { ...images, entry })];
  for (const [isIdle, reason, paths] of rules) {
    if (!isIdle) continue;
    for (const path of paths) if (!found.has(path)) found.set(path, reason);
  }
  return Array.from(found, ([path, reason]) => ({ path, reason }));
}
