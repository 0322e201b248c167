import { modelEntry } from "../models/model_registry.ts";
import type { ModelName } from "../models/model_names.ts";
import type { ExperimentConfig } from "./experiment_config.ts";
import { stepBytes } from "./resolve_recompute.ts";
import { findExcesses, MAX_BYTES } from "./size_limits.ts";

/** A rule about several keys, with what to say where it is broken. */
type ConfigRule = readonly [isBroken: boolean, problem: string];

function modelRules({ model, training }: ExperimentConfig): ConfigRule[] {
  const hasPairs = model.mirrorSymmetry && modelEntry(model.name).kind === "plain";
  const unit = hasPairs ? 16 : 8;
  return [
    [
      model.maxChannels % unit !== 0,
      `model.maxChannels (--channels) must be a multiple of ${unit}, because the four stages have C/8, C/4, C/2 and C ` +
      `channels${hasPairs ? " in mirror pairs" : ""}, current value is ${model.maxChannels}`,
    ],
    [
      model.kernelSize % 2 === 0,
      `model.kernelSize must be odd, so that a kernel has a centre, current value is ${model.kernelSize}`,
    ],
    [
      model.minSteps > model.maxSteps,
      `model.minSteps must not be above model.maxSteps, current values are ${model.minSteps} and ` +
      `${model.maxSteps}`,
    ],
    [
      model.exact && stepBytes({ model, training }) > MAX_BYTES,
      `model.exact needs a trajectory for every image of a batch: with model.maxChannels ` +
      `${model.maxChannels} and training.batchSize ${training.batchSize} about ` +
      `${(stepBytes({ model, training }) / 1e9).toFixed(0)} GB; lower one of them`,
    ],
  ];
}

function trainingRules({ data, model, training }: ExperimentConfig): ConfigRule[] {
  return [
    [
      training.warmupEpochs > 0 && training.warmupEpochs >= training.epochs,
      `training.warmupEpochs must be below training.epochs, current values are ` +
      `${training.warmupEpochs} and ${training.epochs}`,
    ],
    [
      training.warmupEpochs > 0 && training.schedule === "one-cycle",
      `training.warmupEpochs must be 0 with schedule one-cycle, which warms up by itself, current ` +
      `value is ${training.warmupEpochs}`,
    ],
    [
      training.schedule !== "constant" && training.minLearningRate > training.learningRate,
      `training.minLearningRate must not be above training.learningRate, current values are ` +
      `${training.minLearningRate} and ${training.learningRate}`,
    ],
    [
      training.featureMixing > 0 && decidesItself(model.name),
      `training.featureMixing must be 0 with model ${model.name}, which is not a single list of layers, ` +
      `current value is ${training.featureMixing}`,
    ],
    [
      // A folder may have a validation part of its own: whoever loads it finds out.
      training.patience > 0 && data.validationFraction === 0 && data.dataset !== "folder",
      `training.patience must be 0 without validation images (data.validationFraction is 0), ` +
      `current value is ${training.patience}`,
    ],
  ];
}

function dataRules({ data }: ExperimentConfig): ConfigRule[] {
  return [
    [
      data.resizeTo !== null && data.resizeTo < data.imageSize,
      `data.resizeTo must not be below data.imageSize, current values are ${data.resizeTo} and ` +
      `${data.imageSize}`,
    ],
    [
      data.dataset === "synthetic" && data.imageSize < 16,
      `data.imageSize must be at least 16 for synthetic images, current value is ${data.imageSize}`,
    ],
  ];
}

function computingRules({ backend, math }: ExperimentConfig): ConfigRule[] {
  return [
    [
      math !== "float32" && backend !== "auto" && backend !== "tensorflow",
      `math must be float32 with backend ${backend}, current value is ${math}, which only tensorflow can`,
    ],
  ];
}

/**
 * What keys must agree on with each other, and what they must not exceed together.
 *
 * @param config A complete configuration, each of whose values is allowed by itself.
 * @returns What is wrong, one text per problem; empty if nothing is.
 */
export function findContradictions(config: ExperimentConfig): string[] {
  const rules = [modelRules, trainingRules, dataRules, computingRules].flatMap((of) => of(config));
  const contradictions = rules.flatMap(([isBroken, problem]) => isBroken ? [problem] : []);
  return [...contradictions, ...findExcesses(config)];
}

/** Whether a model runs its layers in parts and decides in between: there is no one place to mix at. */
function decidesItself(name: ModelName): boolean {
  const entry = modelEntry(name);
  return entry.kind === "custom" && entry.decides;
}
