import { imageSideOf } from "../datasets/data_config.ts";
import { levelOptionsOf } from "../models/model_layers.ts";
import { modelEntry } from "../models/model_registry.ts";
import type { ExperimentConfig } from "./experiment_config.ts";

/**
 * Most layers of all levels together. Every level keeps kernels and batch-norm statistics for each of its layers; the
 * default has 63 (one level for each of 6 to 12 layers).
 */
const MAX_LAYERS = 20_000;

/** Memory in bytes above which a part of a model or of a training is refused: no machine that it is meant for has more. */
export const MAX_BYTES = 64e9;

/** Mean over the four stages of channels in x channels out, C/8, C/4, C/2 and C, as a share of C x C. */
const STAGE_SHARE = (1 / 64 + 1 / 16 + 1 / 4 + 1) / 4;

/**
 * Counts the complexity levels of a configuration and the layers of all of them, without listing them.
 *
 * @param model Model of the configuration; minSteps is not above maxSteps.
 * @returns Number of levels, and the sum of their depths.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { defaultConfig } from "./experiment_config.ts";
 *
 * assert.deepEqual(countLevels(defaultConfig().model), { levels: 7, layers: 63 });
 * ```
 */
export function countLevels(
  model: ExperimentConfig["model"],
): { readonly levels: number; readonly layers: number } {
  const { minSteps, maxSteps, levelsPerDepth, ...rest } = levelOptionsOf(model);
  const { fixedDepth, depthAdaptation, parameterAdaptation } = rest;
  if (!depthAdaptation && !parameterAdaptation) return { levels: 1, layers: fixedDepth };
  const depths = maxSteps - minSteps + 1;
  const levels = depths * levelsPerDepth;
  const meanDepth = depthAdaptation ? (minSteps + maxSteps) / 2 : fixedDepth;
  return { levels, layers: levels * meanDepth };
}

/** Whether maxChannels says how wide the layers are; those of other models are given. */
function isSized({ name }: ExperimentConfig["model"]): boolean {
  return modelEntry(name).kind === "plain";
}

/**
 * Memory that the kernels of all levels take, which are kept for evaluation: an estimate for the plain network.
 *
 * @param model Model of the configuration.
 * @returns Bytes, float32; 0 for a model whose layers the configuration does not size.
 */
function kernelBytes(model: ExperimentConfig["model"]): number {
  if (!isSized(model)) return 0;
  const { layers } = countLevels(model);
  return 4 * layers * STAGE_SHARE * (model.kernelSize * model.maxChannels) ** 2;
}

/**
 * Memory of the first feature maps of a training batch, the largest ones.
 *
 * @param config The configuration.
 * @returns Bytes, float32, for 64 channels or C/8 if that is more.
 */
function featureMapBytes(
  { data, model, training }: Pick<ExperimentConfig, "data" | "model" | "training">,
): number {
  const channels = isSized(model) ? Math.max(64, model.maxChannels / 8) : 64;
  return 4 * training.batchSize * channels * imageSideOf(data) ** 2;
}

/**
 * What of a configuration is too large for any machine, though each of its values is allowed by itself.
 *
 * @param config A complete configuration.
 * @returns What is wrong, one text per problem; empty if nothing is.
 */
export function findExcesses(
  config: Pick<ExperimentConfig, "data" | "model" | "training">,
): string[] {
  const { data, model, training } = config;
  const side = imageSideOf(data);
  const { minSteps, maxSteps, levelsPerDepth, fixedDepth, maxChannels, kernelSize } = model;
  if (minSteps > maxSteps) return [];
  const problems: string[] = [];
  const { levels, layers } = countLevels(model);
  const steps = levels * (model.trajectorySteps ?? 0);
  if (steps > MAX_LAYERS) {
    problems.push(
      `the trajectories of all levels must have at most ${MAX_LAYERS} steps in all, model.trajectorySteps ` +
        `${model.trajectorySteps} gives ${steps} in ${levels} levels; lower it, or the number of levels`,
    );
  }
  if (layers > MAX_LAYERS) {
    problems.push(
      `levels and depths must give at most ${MAX_LAYERS} layers in all, model.levelsPerDepth ${levelsPerDepth}, ` +
        `model.minSteps ${minSteps}, model.maxSteps ${maxSteps} and model.fixedDepth ${fixedDepth} give ` +
        `${layers} in ${levels} levels; lower one of them`,
    );
  } else if (kernelBytes(model) > MAX_BYTES) {
    problems.push(
      `the kernels of all levels must take at most ${
        MAX_BYTES / 1e9
      } GB, model.maxChannels ${maxChannels}, ` +
        `model.kernelSize ${kernelSize} and ${layers} layers in ${levels} levels take ` +
        `${(kernelBytes(model) / 1e9).toFixed(0)} GB; lower one of them`,
    );
  }
  if (featureMapBytes(config) > MAX_BYTES) {
    problems.push(
      `the first feature maps of a batch must take at most ${
        MAX_BYTES / 1e9
      } GB, training.batchSize ` +
        `${training.batchSize}, images of ${side} x ${side} pixels and model.maxChannels ${maxChannels} take ` +
        `${(featureMapBytes(config) / 1e9).toFixed(0)} GB; lower one of them`,
    );
  }
  return problems;
}
