import { isDeepStrictEqual } from "node:util";
import { completeConfig } from "../configuration/experiment_config.ts";
import { modelEntry } from "../models/model_registry.ts";
import { fitSchedule, type ScheduleFit } from "../puppeteer/fit_schedule.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";

/** A configuration whose rule for depth suits its images, and what was changed for it. */
export interface FittedConfig {
  /** The configuration, with the fitted constants. */
  readonly config: ExperimentConfig;
  /** What was fitted; `null` if nothing had to be, or was asked for. */
  readonly fit: ScheduleFit | null;
}

/**
 * Whether a configuration asks for a rule that suits its images.
 *
 * @param config The experiment.
 * @returns `true` if the complexities of the training images can change the rule.
 */
export function asksForFit({ model, training }: ExperimentConfig): boolean {
  const { adapts } = modelEntry(model.name);
  const adaptsDepth = adapts.depth && model.depthAdaptation;
  const adaptsState = adapts.parameters && model.parameterAdaptation;
  return training.fitDepths && (adaptsDepth || adaptsState);
}

/**
 * Fits the rule for levels to the training images, where the configuration asks for it and the rule would send nearly
 * all of them to one level, by which depth, initial state or both follow the image.
 *
 * @param config The experiment.
 * @param complexities Complexities of its training images.
 * @returns The configuration to train with: its run folder and its checkpoints hold the fitted constants.
 */
export function fitDepths(config: ExperimentConfig, complexities: Float64Array): FittedConfig {
  const fit = asksForFit(config) ? fitSchedule(complexities, config.model) : null;
  if (fit === null) return { config, fit };
  const { stepsPerBit, complexityOffset, referenceComplexity } = fit;
  const fitted = { stepsPerBit, complexityOffset, referenceComplexity };
  return { config: { ...config, model: { ...config.model, ...fitted } }, fit };
}

/**
 * Finds what the rule of a configuration was fitted to, where it stands in a run that has no checkpoint yet to say it.
 *
 * @param config Configuration of the run, fitted.
 * @param complexities Complexities of its training images.
 * @returns The fit; `null` if the rule is not one that was fitted to these images.
 */
export function fitOf(config: ExperimentConfig, complexities: Float64Array): ScheduleFit | null {
  const { complexity } = config.model;
  const { stepsPerBit, complexityOffset, referenceComplexity } =
    completeConfig({ model: { complexity } }).model;
  const unfitted = { ...config.model, stepsPerBit, complexityOffset, referenceComplexity };
  const { config: { model }, fit } = fitDepths({ ...config, model: unfitted }, complexities);
  return isDeepStrictEqual(model, config.model) ? fit : null;
}

/**
 * Says what the rule was fitted to.
 *
 * @param fit What was fitted.
 * @returns A few words: complexities by quantile.
 */
export function describeQuantiles({ quantiles: { low, median, high } }: ScheduleFit): string {
  return `5 % at ${low.toFixed(2)}, 50 % at ${median.toFixed(2)}, 95 % at ${high.toFixed(2)}`;
}

/**
 * Says what was fitted, and why.
 *
 * @param fit What was fitted.
 * @returns One line for people.
 */
export function describeFit(fit: ScheduleFit): string {
  const { stepsPerBit, complexityOffset, referenceComplexity, depthBefore, shareBefore } = fit;
  return `${
    Math.round(100 * shareBefore)
  } % of the training images would be of one level (that of N = ${depthBefore}); levels fitted to them: ` +
    `kappa ${stepsPerBit}, offset ${complexityOffset}, reference complexity ${referenceComplexity}, ` +
    `from their quantiles: ${describeQuantiles(fit)} ` +
    `(--steps-per-bit, --complexity-offset, --reference-complexity)`;
}
