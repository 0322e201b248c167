import { classifyImages } from "./classify_images.ts";
import { prepareNetwork } from "../evaluation/prepare_network.ts";
import { correlate } from "./describe_values.ts";
import { pairedDifference } from "./paired_difference.ts";
import { findRoutingRoom, type MeasuredValues } from "./routing_room.ts";
import type { ImageDataset } from "../datasets/dataset.ts";
import type { TrainedClassifier } from "../evaluation/trained_classifier.ts";
import type { TrainedImages } from "./classify_images.ts";
import type {
  FixedLevel,
  FixedLevels,
  TrainedAnalysis,
  TrainedDecile,
  TrainedFigures,
} from "./depth_analysis.ts";

/** Groups of equal size along the complexity axis. */
const DECILES = 10;

/** A trained model and how to look at it. */
export interface AnalyzeTrainedOptions {
  /** Classifier with statistics of every level. */
  readonly trained: TrainedClassifier;
  /** Folder of the run, for the document. */
  readonly runDirectory: string;
  /** Name of the checkpoint's folder, for the document. */
  readonly checkpoint: string;
  /** One trajectory per image instead of one per level. */
  readonly exact: boolean;
  /** Most images per forward pass. */
  readonly batchSize: number;
  /** Also sends every image through each level: one more pass per level. */
  readonly fixedLevels: boolean;
  /** Called from time to time with the images done and all images of a pass, and what the pass is. */
  readonly report?: (done: number, total: number, pass: string) => void;
}

/** What was measured on the images before. */
export interface MeasuredForTrained {
  /** `[images]`. */
  readonly complexity: Float64Array;
  /** `[images]`. */
  readonly depth: Uint16Array;
  /** `[images]`. */
  readonly level: Uint16Array;
  /** What every registered measure said. */
  readonly measures: readonly MeasuredValues[];
}

/** The means over some images. */
function figuresOf(images: TrainedImages, chosen: Iterable<number>): TrainedFigures {
  let count = 0;
  const sums = { right: 0, confidence: 0, loss: 0, multiplyAdds: 0 };
  for (const index of chosen) {
    count += 1;
    sums.right += images.right[index]!;
    sums.confidence += images.confidence[index]!;
    sums.loss += images.loss[index]!;
    sums.multiplyAdds += images.multiplyAdds[index]!;
  }
  const mean = (sum: number) => count === 0 ? null : sum / count;
  return {
    images: count,
    top1: mean(sums.right),
    confidence: mean(sums.confidence),
    loss: mean(sums.loss),
    multiplyAdds: mean(sums.multiplyAdds),
  };
}

/** Positions at which a column has a value. */
function* positionsOf(column: ArrayLike<number>, value: number): Generator<number> {
  for (let index = 0; index < column.length; index++) if (column[index] === value) yield index;
}

/** Tenths of the images in order of complexity; fewer groups where there are fewer images. */
function decilesOf(complexity: Float64Array, images: TrainedImages): TrainedDecile[] {
  const order = Uint32Array.from(complexity, (_, index) => index)
    .sort((left, right) => complexity[left]! - complexity[right]! || left - right);
  const border = (tenth: number) => Math.floor((tenth * order.length) / DECILES);
  return Array.from({ length: DECILES }, (_, tenth) => tenth).flatMap((tenth) => {
    const group = order.subarray(border(tenth), border(tenth + 1));
    if (group.length === 0) return [];
    const from = complexity[group[0]!]!;
    const to = complexity[group.at(-1)!]!;
    return [{ decile: tenth + 1, from, to, ...figuresOf(images, group) }];
  });
}

/** Every image through each level, with the network that is there already. */
async function analyzeFixedLevels(
  options: AnalyzeTrainedOptions,
  classify: (level: number, pass: string) => Promise<TrainedImages>,
  own: {
    readonly images: TrainedImages;
    readonly counts: readonly number[];
    readonly measures: readonly MeasuredValues[];
  },
): Promise<FixedLevels> {
  const levels: FixedLevel[] = [];
  const passed: TrainedImages[] = [];
  for (const { index, complexity, depth } of options.trained.classifier.levels.list) {
    const images = await classify(index, `all images through level ${index}`);
    const figures = figuresOf(images, images.right.keys());
    const paired = pairedDifference(own.images.right, images.right);
    levels.push({ level: index, complexity, depth, ...figures, paired });
    passed.push(images);
  }
  const total = own.images.right.length;
  const expected = (value: (level: FixedLevel) => number | null) =>
    levels.reduce((sum, level) => sum + own.counts[level.level]! / total * value(level)!, 0);
  const best = levels.reduce((left, right) => right.top1! > left.top1! ? right : left);
  return {
    levels,
    best: best.level,
    blind: {
      top1: expected(({ top1 }) => top1),
      loss: expected(({ loss }) => loss),
      multiplyAdds: expected(({ multiplyAdds }) => multiplyAdds),
    },
    ...passed.length < 2 ? {} : { room: findRoutingRoom(passed, own) },
  };
}

/** The figures of each image's own way, grouped in every way that the document has. */
function summarize(
  images: TrainedImages,
  measured: MeasuredForTrained,
  options: AnalyzeTrainedOptions,
): Omit<TrainedAnalysis, "fixedLevels"> {
  const { complexity, depth, level } = measured;
  const list = options.trained.classifier.levels.list;
  const depths = [...new Set(list.map((one) => one.depth))].sort((left, right) => left - right);
  return {
    runDirectory: options.runDirectory,
    checkpoint: options.checkpoint,
    exact: options.exact,
    overall: figuresOf(images, images.right.keys()),
    depths: depths.map((one) => ({ depth: one, ...figuresOf(images, positionsOf(depth, one)) })),
    levels: list.map((one) => ({
      ...{ level: one.index, complexity: one.complexity, depth: one.depth },
      ...figuresOf(images, positionsOf(level, one.index)),
    })),
    deciles: decilesOf(complexity, images),
    complexityAndLoss: correlate(complexity, images.loss),
    complexityAndRight: correlate(complexity, images.right),
  };
}

/**
 * Asks a trained model about every image: how well it does at each depth, whether complex images are harder, and whether
 * sending each image through its own level is worth it.
 *
 * @param dataset Images with labels, at least one.
 * @param measured Complexity, depth and level of every image, by the model's own measure and levels.
 * @param options The model.
 * @returns The figures, and the columns that they come from.
 */
export async function analyzeTrained(
  dataset: ImageDataset,
  measured: MeasuredForTrained,
  options: AnalyzeTrainedOptions,
): Promise<{ readonly analysis: TrainedAnalysis; readonly images: TrainedImages }> {
  const { trained, exact, batchSize, report } = options;
  const { height, width } = dataset;
  const image = { height, width };
  const network = await prepareNetwork(trained, {
    ...{ image, exact },
    report: (done, total) => report?.(done, total, "generating kernels"),
  });
  const classify = (level: number | null, pass: string) =>
    classifyImages(trained, dataset, {
      network,
      batchSize,
      exact,
      ...level === null ? {} : { level },
      ...report === undefined
        ? {}
        : { report: (done: number, total: number) => report(done, total, pass) },
    });
  try {
    const images = await classify(null, "each image through its own level");
    const analysis = summarize(images, measured, options);
    const counts = analysis.levels.map((level) => level.images);
    const { measures } = measured;
    const fixedLevels = options.fixedLevels
      ? await analyzeFixedLevels(options, classify, { images, counts, measures })
      : null;
    return { analysis: { ...analysis, fixedLevels }, images };
  } finally {
    network.dispose();
  }
}
