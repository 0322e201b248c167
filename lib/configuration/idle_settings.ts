import { isResized } from "../datasets/data_config.ts";
import { generatesKernels, storesKernels } from "../models/model_layers.ts";
import { modelEntry } from "../models/model_registry.ts";
import type { ModelEntry } from "../models/model_registry.ts";
import type { ExperimentConfig } from "./experiment_config.ts";

/** A key whose value makes no difference to a training. */
export interface IdleSetting {
  /** Path of the key. */
  readonly path: string;
  /** Why it makes none, in words. */
  readonly reason: string;
}

/** Keys, and why they make no difference if they do not. */
type IdleRule = readonly [isIdle: boolean, reason: string, paths: readonly string[]];

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
    [minSteps === maxSteps && levelsPerDepth === 1, "all images are of one level", [
      "training.levelSharing",
      "training.levelSmoothing",
    ]],
  ];
}

function otherRules({ data, training }: ExperimentConfig, entry: ModelEntry): IdleRule[] {
  const { dataset } = data;
  const trainsPuppeteer = generatesKernels(entry) && training.freeze === "none";
  const hasSizes = dataset !== "cifar10" && dataset !== "cifar100";
  return [
    [!storesKernels(entry) && !trainsPuppeteer, "nothing is trained that is not Adam's", [
      "training.optimizer",
    ]],
    [training.schedule === "constant", "the schedule is constant", ["training.minLearningRate"]],
    [dataset !== "synthetic", `${dataset} has its own classes`, ["data.classes"]],
    [!hasSizes, `the images of ${dataset} have their size`, ["data.imageSize"]],
    [!isResized(dataset), `the images of ${dataset} are not resized`, ["data.resizeTo"]],
  ];
}

/**
 * Finds keys whose value makes no difference beside the others: a solver for a model without a puppeteer, for example.
 *
 * @param config A complete configuration, free of contradictions.
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
export function idleSettings(config: ExperimentConfig): IdleSetting[] {
  const entry = modelEntry(config.model.name);
  const found = new Map<string, string>();
  for (
    const [isIdle, reason, paths] of [...modelRules(config, entry), ...otherRules(config, entry)]
  ) {
    if (!isIdle) continue;
    for (const path of paths) if (!found.has(path)) found.set(path, reason);
  }
  return Array.from(found, ([path, reason]) => ({ path, reason }));
}
