import { imageChunks } from "../datasets/image_chunks.ts";
import { ClassificationMetrics } from "./classification_metrics.ts";
import { PassSize } from "./pass_size.ts";
import { prepareNetwork } from "./prepare_network.ts";
import { inferByLevel, routeImages } from "./routed_images.ts";
import type { ImageDataset } from "../datasets/dataset.ts";
import type { Classifier, InferenceNetwork } from "../classifiers/classifier.ts";
import type { ReportWork } from "./report_work.ts";
import type { EvaluationReport, LevelFigures } from "./evaluation_report.ts";
import type { TrainedClassifier } from "./trained_classifier.ts";

/** Images, and bytes of images, read and measured at a time. */
const CHUNK = { images: 2048, bytes: 2 ** 23 };

/** Options of `classifyDataset` and `evaluate`. */
export interface EvaluationOptions {
  /** Most images per forward pass, >= 1. */
  readonly batchSize: number;
  /** One trajectory per image instead of one per level: the paper's literal reading, slow. */
  readonly exact: boolean;
  /** Hears how far it has come. */
  readonly report?: ReportWork | undefined;
  /**
   * Level that all images are sent through, an index into the classifier's list.
   *
   * @default each image's own
   */
  readonly level?: number | undefined;
}

/** What the classifier says of one image. */
export interface Classification {
  /** Position in the dataset. */
  readonly index: number;
  /** `[classes]`. */
  readonly logits: Float32Array;
  /** Complexity in bits. */
  readonly complexity: number;
  /** Level whose network was used. */
  readonly level: number;
  /** Multiply-adds of the work done for it. */
  readonly multiplyAdds: number;
  /** Way through a network that decides; `null` if there is one way. */
  readonly route: number | null;
}

/** Classifies the images of one chunk and yields them by level. */
async function* classifyChunk(
  trained: TrainedClassifier,
  network: InferenceNetwork,
  chunk: {
    readonly dataset: ImageDataset;
    /** Positions in the dataset, one after the other. */
    readonly positions: Uint32Array;
    readonly pass: PassSize;
  },
  options: EvaluationOptions,
): AsyncGenerator<Classification> {
  const { dataset, pass } = chunk;
  const { height, width } = dataset;
  const start = chunk.positions[0]!;
  let done = start;
  const report = () => options.report?.(done, dataset.length, "classifying images");
  report();
  const pixels = await dataset.read(chunk.positions);
  const bytes = chunk.positions.length * height * width * 3;
  if (pixels.length !== bytes) {
    throw new RangeError(
      `Cannot classify images of ${dataset.name}: read() must give ${bytes} bytes for ${chunk.positions.length} images, ` +
        `it gave ${pixels.length}`,
    );
  }
  const routed = routeImages(trained, { pixels, height, width }, {
    level: options.level,
    onMeasured: report,
  });
  for await (
    const { level, positions, rows, result } of inferByLevel(routed, { trained, network, pass })
  ) {
    done += positions.length;
    report();
    for (const [row, position] of positions.entries()) {
      yield {
        index: start + position,
        logits: rows[row]!,
        complexity: routed.complexities[position]!,
        level,
        multiplyAdds: result.works?.[row] ?? result.multiplyAdds / positions.length,
        route: result.routes?.[row] ?? null,
      };
    }
  }
}

/**
 * Classifies all images of a dataset: complexity, routing to the level, forward pass with the level's
 * network.
 *
 * @param trained Classifier with statistics.
 * @param dataset Images.
 * @param options Batch size, the network to use, and a level if all images take the same.
 * @returns One classification per image; grouped by level within chunks, so not in order.
 * @throws {DivergenceError} if an answer of the network is not finite.
 * @throws {RangeError} if the dataset reads other numbers of bytes than its images have.
 */
export async function* classifyDataset(
  trained: TrainedClassifier,
  dataset: ImageDataset,
  options: EvaluationOptions & { readonly network: InferenceNetwork },
): AsyncGenerator<Classification> {
  const pass = new PassSize(options.batchSize);
  for (const positions of imageChunks(dataset, CHUNK)) {
    yield* classifyChunk(trained, options.network, { dataset, positions, pass }, options);
  }
}

/** Counts by level. */
class LevelCounts {
  readonly images: number[];
  readonly right: number[];

  constructor(levels: number) {
    this.images = new Array<number>(levels).fill(0);
    this.right = new Array<number>(levels).fill(0);
  }

  add(level: number, isRight: boolean): void {
    this.images[level]! += 1;
    this.right[level]! += isRight ? 1 : 0;
  }

  figures(classifier: Classifier): LevelFigures[] {
    return classifier.levels.list.map(({ index, complexity, depth }) => {
      const images = this.images[index]!;
      const top1 = images === 0 ? null : this.right[index]! / images;
      return { level: index, complexity, depth, images, top1 };
    });
  }
}

/** Options of {@linkcode evaluate}. */
export interface EvaluateOptions extends EvaluationOptions {
  /** Called for every image. */
  readonly onImage?: (image: Classification) => void;
  /**
   * A network of the classifier for images of this size; not disposed of.
   *
   * @default one is made and disposed of
   */
  readonly network?: InferenceNetwork;
}

/**
 * Evaluates a classifier on a labelled dataset: each image passes its own level's network.
 *
 * @param trained Classifier with statistics of every level.
 * @param dataset Images with labels; at least one.
 * @param options Batch size, exact mode, progress, who hears of every image, and a network that is there.
 * @returns The figures; the time per image excludes the making of the kernel bank, which is given apart.
 * @throws {RangeError} if the dataset is empty.
 */
export async function evaluate(
  trained: TrainedClassifier,
  dataset: ImageDataset,
  options: EvaluateOptions,
): Promise<EvaluationReport> {
  if (dataset.length === 0) {
    throw new RangeError(`Cannot evaluate: the dataset ${dataset.name} must hold images`);
  }
  const { classifier } = trained;
  const metrics = new ClassificationMetrics(dataset.classNames);
  const counts = new LevelCounts(classifier.levels.list.length);
  let complexity = 0;
  let depth = 0;
  let multiplyAdds = 0;
  const routes = new Map<number, number>();
  const bankStarted = performance.now();
  const { height, width } = dataset;
  const image = { height, width };
  const network = options.network ?? await prepareNetwork(trained, {
    ...{ image, exact: options.exact },
    ...(options.level === undefined ? {} : { levels: [options.level] }),
    report: (done, total) => options.report?.(done, total, "generating kernels"),
  });
  const isNew = options.network === undefined;
  const preparation = options.exact || !isNew ? 0 : (performance.now() - bankStarted) / 1000;
  const [started, generatedBefore] = [performance.now(), network.generationSeconds ?? 0];
  try {
    for await (const image of classifyDataset(trained, dataset, { ...options, network })) {
      options.onImage?.(image);
      counts.add(image.level, metrics.add(image.logits, dataset.labels[image.index]!));
      complexity += image.complexity;
      depth += classifier.levels.list[image.level]!.depth;
      multiplyAdds += image.multiplyAdds;
      if (image.route !== null) routes.set(image.route, (routes.get(image.route) ?? 0) + 1);
    }
  } finally {
    if (isNew) network.dispose();
  }
  // Kernels of levels that the network lacked were generated with their first images.
  const generated = (network.generationSeconds ?? 0) - generatedBefore;
  const { images, loss, top1, top5, confusion, classes } = metrics;
  return {
    ...{ images, loss, top1, top5, confusion, classes },
    levels: counts.figures(classifier),
    meanDepth: depth / images,
    meanComplexity: complexity / images,
    meanMultiplyAdds: multiplyAdds / images,
    routes: [...routes].sort(([left], [right]) => left - right)
      .map(([route, count]) => ({ route, share: count / images })),
    secondsPerImage: ((performance.now() - started) / 1000 - generated) / images,
    bankSeconds: preparation + generated,
  };
}
