import { complexityMeasure, complexityMeasureNames } from "../complexity/measure_registry.ts";
import { hasOwnTrajectories, levelsOfModel } from "../models/model_layers.ts";
import { modelEntry } from "../models/model_registry.ts";
import { analyzeTrained } from "./analyze_trained.ts";
import { chooseExamples } from "./choose_examples.ts";
import { compareMeasures, depthShares } from "./compare_measures.ts";
import { countAdaptiveWork } from "./count_adaptive_work.ts";
import { correlate, describeValues, momentsOf } from "./describe_values.ts";
import { measureImages } from "./measure_images.ts";
import type { ImageDataset } from "../datasets/dataset.ts";
import type { ModelConfig } from "../models/model_config.ts";
import type { ComplexityLevels } from "../puppeteer/complexity_levels.ts";
import type { AnalyzeTrainedOptions } from "./analyze_trained.ts";
import type { ChooseExamplesOptions } from "./choose_examples.ts";
import type { MeasureScale } from "./compare_measures.ts";
import type { ClassComplexity, DepthAnalysis, DepthRule, LevelShare } from "./depth_analysis.ts";
import type { ImageTable } from "./image_table.ts";
import type { MeasuredImages } from "./measure_images.ts";

/** What is analysed. */
export interface AnalyzeDepthOptions {
  /** The model whose depth and work are looked at; of a trained model its own configuration. */
  readonly model: ModelConfig;
  /** Part of the dataset, for the document. */
  readonly part: DepthAnalysis["data"]["part"];
  /** kappa and reference complexity that a measure has where nothing is said. */
  readonly scaleOf: (measure: string) => MeasureScale;
  /** Which images are shown. */
  readonly examples: ChooseExamplesOptions;
  /** A trained model to be asked; `null` for the data alone. */
  readonly trained: AnalyzeTrainedOptions | null;
  /** Called from time to time with the images done and all images of a pass, and what the pass is. */
  readonly report?: (done: number, total: number, pass: string) => void;
}

/** The document, and the columns that it was made from. */
export interface DepthAnalysisResult {
  /** The document. */
  readonly analysis: DepthAnalysis;
  /** One number per image and column. */
  readonly images: ImageTable;
}

function ruleOf(model: ModelConfig): DepthRule {
  const { stepsPerBit, complexityOffset, minSteps, maxSteps } = model;
  const { referenceComplexity, levelsPerDepth } = model;
  return {
    measure: model.complexity,
    unit: complexityMeasure(model.complexity).unit,
    ...{ stepsPerBit, complexityOffset, minSteps, maxSteps, referenceComplexity, levelsPerDepth },
    adaptsDepth: modelEntry(model.name).adapts.depth && model.depthAdaptation,
  };
}

/** Depth and level of every image. */
function tabulate(
  dataset: ImageDataset,
  measured: readonly MeasuredImages[],
  options: { readonly measure: string; readonly levels: ComplexityLevels },
): ImageTable {
  const valuesOf = (name: string) => measured.find(({ measure }) => measure.name === name)!.values;
  const complexity = valuesOf(options.measure);
  const level = Uint16Array.from(complexity, (value) => options.levels.levelOf(value));
  return {
    labels: dataset.labels,
    classNames: dataset.classNames,
    complexity,
    spatialEntropy: valuesOf("spatial-entropy"),
    spectralEntropy: valuesOf("spectral-entropy"),
    level,
    depth: level.map((index) => options.levels.list[index]!.depth),
    trained: null,
  };
}

function levelShares(table: ImageTable, levels: ComplexityLevels): LevelShare[] {
  const counts = levels.list.map(() => 0);
  for (const level of table.level) counts[level]! += 1;
  return levels.list.map(({ index, complexity, depth, scale }) => {
    const images = counts[index]!;
    return {
      ...{ level: index, complexity, depth, scale },
      ...{ images, share: images / table.level.length },
    };
  });
}

function describeClasses(table: ImageTable): ClassComplexity[] {
  return table.classNames.map((className, label) => {
    const own = (column: ArrayLike<number>) =>
      Float64Array.from(column).filter((_, index) => table.labels[index] === label);
    const complexity = own(table.complexity);
    if (complexity.length === 0) {
      return { className, images: 0, meanComplexity: null, deviation: null, meanDepth: null };
    }
    const { mean, deviation } = momentsOf(complexity);
    return {
      className,
      images: complexity.length,
      meanComplexity: mean,
      deviation,
      meanDepth: momentsOf(own(table.depth)).mean,
    };
  });
}

/** Everything that needs no model but its configuration. */
async function describeData(
  dataset: ImageDataset,
  table: ImageTable,
  options: AnalyzeDepthOptions & {
    readonly levels: ComplexityLevels;
    readonly measured: readonly MeasuredImages[];
  },
): Promise<Omit<DepthAnalysis, "trained">> {
  const { model, part, levels, measured } = options;
  const { height, width, classNames } = dataset;
  const rule = ruleOf(model);
  const shares = levelShares(table, levels);
  const depths = [...new Set(levels.list.map(({ depth }) => depth))];
  return {
    kind: "depth-analysis",
    version: 1,
    data: {
      ...{ dataset: dataset.name, part, images: dataset.length, height, width },
      ...{ classes: classNames.length, fingerprint: dataset.fingerprint },
    },
    rule,
    complexity: describeValues(table.complexity),
    parts: {
      spatial: describeValues(table.spatialEntropy),
      spectral: describeValues(table.spectralEntropy),
      correlation: correlate(table.spatialEntropy, table.spectralEntropy),
    },
    depth: { ...momentsOf(table.depth), shares: depthShares(table.depth, depths) },
    levels: shares,
    classes: describeClasses(table),
    measures: compareMeasures(measured, {
      ...{ minSteps: model.minSteps, maxSteps: model.maxSteps },
      selected: model.complexity,
      // The measure that decides has the rule of the model, which may be fitted.
      scaleOf: (measure) => measure === model.complexity ? rule : options.scaleOf(measure),
    }),
    work: await countAdaptiveWork(model, {
      classes: classNames.length,
      image: { height, width },
      levels: shares,
      adaptsDepth: rule.adaptsDepth,
      exact: options.trained?.exact ?? hasOwnTrajectories(model),
    }),
    examples: await chooseExamples(dataset, table, options.examples),
  };
}

/**
 * Analyses how complexity is spread over images, which depth and work follow from it, and what a trained model makes of it.
 * Pixels are read in chunks; of every image a few numbers are kept.
 *
 * @param dataset Images with labels, at least one.
 * @param options What is analysed.
 * @returns The document, and the columns that it was made from.
 * @throws {RangeError} if the dataset is empty, or the configuration of the model out of range.
 */
export async function analyzeDepth(
  dataset: ImageDataset,
  options: AnalyzeDepthOptions,
): Promise<DepthAnalysisResult> {
  if (dataset.length === 0) {
    throw new RangeError(`Cannot analyse depth: the dataset ${dataset.name} must hold images`);
  }
  const { model, trained, report } = options;
  const levels = levelsOfModel(model);
  const measured = await measureImages(dataset, {
    measures: complexityMeasureNames.map(complexityMeasure),
    ...report === undefined
      ? {}
      : { report: (done: number, total: number) => report(done, total, "measuring complexity") },
  });
  const table = tabulate(dataset, measured, { measure: model.complexity, levels });
  const data = await describeData(dataset, table, { ...options, levels, measured });
  if (trained === null) return { analysis: { ...data, trained: null }, images: table };
  const measures = measured.map(({ measure: { name }, values }) => ({ name, values }));
  const answer = await analyzeTrained(dataset, { ...table, measures }, {
    ...trained,
    ...report === undefined ? {} : { report },
  });
  return {
    analysis: { ...data, trained: answer.analysis },
    images: { ...table, trained: answer.images },
  };
}
