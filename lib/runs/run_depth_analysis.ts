import { analyzeDepth } from "../analyses/analyze_depth.ts";
import { measureImages } from "../analyses/measure_images.ts";
import { complexityMeasure } from "../complexity/measure_registry.ts";
import { completeConfig } from "../configuration/experiment_config.ts";
import { asksForFit, fitDepths } from "./fit_depths.ts";
import { loadPart, loadPartForModel } from "./load_part.ts";
import { loadTrained } from "./load_trained.ts";
import { requireTrajectory } from "./require_trajectory.ts";
import type { DepthAnalysisResult } from "../analyses/analyze_depth.ts";
import type { ChooseExamplesOptions } from "../analyses/choose_examples.ts";
import type { MeasureScale } from "../analyses/compare_measures.ts";
import type { DataConfig } from "../datasets/data_config.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import type { DataPart } from "../datasets/data_part.ts";
import type { CheckpointChoice } from "./run_types.ts";

/** What both analyses share. */
export interface CommonDepthOptions {
  /** Part of the data. */
  readonly part: DataPart;
  /** Which images are shown. */
  readonly examples: ChooseExamplesOptions;
  /** Called from time to time with the images done and all images of a pass, and what the pass is. */
  readonly report?: (done: number, total: number, pass: string) => void;
}

/** Options of `runDepthAnalysis` for data without a trained model. */
export interface DataDepthOptions extends CommonDepthOptions {
  /** Data, model (not trained) and seed. */
  readonly config: ExperimentConfig;
}

/** Options of `runDepthAnalysis` for a trained run. */
export interface RunDepthOptions extends CommonDepthOptions {
  /** Folder of the run. */
  readonly runDirectory: string;
  /** Which checkpoint. */
  readonly checkpoint: CheckpointChoice;
  /** Replaces fields of the run's data configuration (another folder, fewer test images). */
  readonly data?: Partial<DataConfig>;
  /** Most images per forward pass. */
  readonly batchSize: number;
  /** One trajectory per image instead of one per level. */
  readonly exact: boolean;
  /** Also sends every image through each level: one more pass per level. */
  readonly fixedLevels: boolean;
  /** Called with what a person should know: a checkpoint that was skipped. */
  readonly warn?: (text: string) => void;
}

/** What a configuration gets that names the measure and nothing else. */
function scaleOf(measure: string): MeasureScale {
  const { stepsPerBit, referenceComplexity } =
    completeConfig({ model: { complexity: measure } }).model;
  return { stepsPerBit, referenceComplexity };
}

async function analyzeRun(options: RunDepthOptions): Promise<DepthAnalysisResult> {
  options.report?.(0, 0, "loading images");
  const { trained, card, config, folder, namedBy, areOthers } = await loadTrained(options);
  try {
    const { part, runDirectory, batchSize, fixedLevels } = options;
    const exact = requireTrajectory(card.model, options.exact);
    const { dataset } = await loadPartForModel(config, { card, part, namedBy, areOthers });
    return await analyzeDepth(dataset, {
      ...options,
      model: card.model,
      scaleOf,
      trained: {
        ...{ trained, runDirectory, checkpoint: folder, batchSize, fixedLevels, exact },
      },
    });
  } finally {
    trained.classifier.dispose();
  }
}

/** The configuration with the rule for depth that a training with it would have: fitted to its images where it asks for that. */
async function asTrained(
  config: ExperimentConfig,
  report: CommonDepthOptions["report"],
): Promise<ExperimentConfig> {
  if (!asksForFit(config)) return config;
  const { dataset } = await loadPart(config, "train");
  const [measured] = await measureImages(dataset, {
    measures: [complexityMeasure(config.model.complexity)],
    report: (done, total) => report?.(done, total, "measuring training images"),
  });
  return fitDepths(config, measured!.values).config;
}

/**
 * Analyses complexity and depth of a part of some data, with a trained run, for which the backend must have been selected
 * before, or without. Without a run the rule for depth is the one that a training
 * would have: fitted to the training images where the configuration asks for it.
 *
 * @param options Which data, and the run if there is one.
 * @returns The document, and the columns that it was made from.
 * @throws {DataError} if the images are missing, or their classes or size are not the model's.
 * @throws {CheckpointError} if the checkpoint is missing or damaged.
 */
export async function runDepthAnalysis(
  options: DataDepthOptions | RunDepthOptions,
): Promise<DepthAnalysisResult> {
  if ("runDirectory" in options) return await analyzeRun(options);
  options.report?.(0, 0, "loading images");
  const { dataset } = await loadPart(options.config, options.part);
  const { model } = await asTrained(options.config, options.report);
  return await analyzeDepth(dataset, {
    ...options,
    model,
    scaleOf,
    trained: null,
  });
}
