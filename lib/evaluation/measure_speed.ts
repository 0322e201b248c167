import { yieldToEventLoop } from "../tensors/event_loop.ts";
import { prepareNetwork } from "./prepare_network.ts";
import { inferRouted, routeImages } from "./routed_images.ts";
import type { ImageDataset } from "../datasets/dataset.ts";
import type { InferenceNetwork } from "../classifiers/classifier.ts";
import type { TrainedClassifier } from "./trained_classifier.ts";
import type { ImageBlock } from "./routed_images.ts";
import type { ReportWork } from "./report_work.ts";
import type { SpeedFigure, SpeedReport } from "./speed_report.ts";

/** Options of `measureSpeed`. */
export interface MeasureSpeedOptions {
  /** Ways of running the network, in the order of the figures: those that it has. */
  readonly generations: readonly SpeedFigure["generation"][];
  /**
   * Level that all images are sent through, an index into the classifier's list.
   *
   * @default each image's own
   */
  readonly level?: number | undefined;
  /**
   * Numbers of images that are handed over together.
   *
   * @default [1, 64]
   */
  readonly batchSizes?: readonly number[];
  /**
   * Repetitions wanted per figure; fewer when the time is up, but never less than three.
   *
   * @default 30
   */
  readonly repetitions?: number;
  /**
   * Repetitions before that do not count; fewer where they take longer than `seconds`.
   *
   * @default 2
   */
  readonly warmUps?: number;
  /**
   * Time after which a figure is taken from the repetitions made, in seconds.
   *
   * @default 10
   */
  readonly seconds?: number;
  /** Hears how many figures are measured, and that the next one goes on. */
  readonly report?: ReportWork | undefined;
  /** Asked between repetitions: ends the measurement with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Fewest repetitions that a median and quartiles are taken of. */
const MIN_REPETITIONS = 3;

/** The time between two middle values is taken in proportion, so that quartiles of few values move smoothly. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

/** One pass of the whole pipeline: complexity, routing, standardisation, forward pass, logits on the host. */
async function classifyOnce(
  { trained, network }: Pick<Measured, "trained" | "network">,
  images: ImageBlock,
  options: Pick<MeasureSpeedOptions, "level">,
): Promise<void> {
  const routed = routeImages(trained, images, options);
  for (const [level, positions] of routed.groups) {
    await inferRouted(routed, { trained, network, positions, level });
  }
}

/** Reads the images of a repetition: other ones each time, from the beginning again when all were seen. */
async function readRound(
  dataset: ImageDataset,
  round: number,
  batchSize: number,
): Promise<ImageBlock> {
  const { height, width, length } = dataset;
  const indices = Uint32Array.from(
    { length: batchSize },
    (_, at) => (round * batchSize + at) % length,
  );
  return { pixels: await dataset.read(indices), height, width };
}

interface Measured {
  readonly trained: TrainedClassifier;
  readonly network: InferenceNetwork;
  readonly dataset: ImageDataset;
  readonly batchSize: number;
}

async function measureFigure(
  measured: Measured,
  options: Omit<MeasureSpeedOptions, "report"> & Pick<SpeedFigure, "generation"> & {
    /** Hears which share of the figure is measured, 0..1. */
    readonly onShare: (share: number) => void;
  },
): Promise<SpeedFigure> {
  const { dataset, batchSize } = measured;
  const { repetitions = 30, warmUps = 2, seconds = 10, signal, generation, onShare } = options;
  const times: number[] = [];
  let begun = performance.now();
  let warmed = 0;
  for (let round = 0; round < warmUps + repetitions; round++) {
    signal?.throwIfAborted();
    const passed = (performance.now() - begun) / 1000 / seconds;
    onShare(Math.min(Math.max(times.length / repetitions, passed), 1));
    // Between the clocks nothing but the pipeline runs: signals and timers come in here.
    await yieldToEventLoop();
    const images = await readRound(dataset, round, batchSize);
    const started = performance.now();
    await classifyOnce(measured, images, { level: options.level });
    const ended = performance.now();
    if (round < warmUps) {
      // A warm-up that took all the time of the figure has warmed enough.
      if (ended - begun > seconds * 1000) round = warmUps - 1;
      if (round === warmUps - 1) begun = ended;
      warmed += 1;
      continue;
    }
    times.push((ended - started) / 1000 / batchSize);
    if (times.length >= MIN_REPETITIONS && ended - begun > seconds * 1000) break;
  }
  times.sort((one, other) => one - other);
  return {
    batchSize,
    generation,
    median: quantile(times, 0.5),
    firstQuartile: quantile(times, 0.25),
    thirdQuartile: quantile(times, 0.75),
    lowest: times[0]!,
    highest: times.at(-1)!,
    repetitions: times.length,
    warmUps: warmed,
  };
}

function checkOptions(dataset: ImageDataset, options: MeasureSpeedOptions): void {
  const { batchSizes = [1, 64], repetitions = 30, warmUps = 2 } = options;
  for (
    const [name, value, least] of [
      ["images", dataset.length, 1],
      ...batchSizes.map((size) => ["batch size", size, 1] as const),
      ["repetitions", repetitions, MIN_REPETITIONS],
      ["warm-ups", warmUps, 0],
    ] as const
  ) {
    if (Number.isInteger(value) && value >= least) continue;
    throw new RangeError(
      `Cannot measure speed: ${name} must be an integer >= ${least}, current value is ${value}`,
    );
  }
}

/**
 * Measures how long the whole pipeline takes per image on the current backend: complexity measurement, routing,
 * standardisation, forward pass and reading the logits back; images are in memory. Every figure is the median over
 * repetitions with other images, after a warm-up.
 *
 * @param trained Classifier with statistics.
 * @param dataset Images; when a batch is larger, images come again.
 * @param options Batch sizes, repetitions, time.
 * @returns One figure per batch size and way of generation.
 * @throws {RangeError} if there are no images or an option is out of range; and the signal's reason when aborted.
 */
export async function measureSpeed(
  trained: TrainedClassifier,
  dataset: ImageDataset,
  options: MeasureSpeedOptions,
): Promise<SpeedReport> {
  checkOptions(dataset, options);
  const { generations, batchSizes = [1, 64], level, report } = options;
  const all = batchSizes.length * generations.length;
  const image = { height: dataset.height, width: dataset.width };
  const figures: SpeedFigure[] = [];
  let bankSeconds = 0;
  for (const generation of generations) {
    const exact = generation === "per-image";
    const started = performance.now();
    const network = await prepareNetwork(trained, {
      ...{ image, exact },
      ...(level === undefined ? {} : { levels: [level] }),
      report: (done, total) => report?.(done, total, "generating kernels"),
    });
    if (!exact) bankSeconds = (performance.now() - started) / 1000;
    try {
      for (const batchSize of batchSizes) {
        const measured = { trained, network, dataset, batchSize };
        const onShare = (share: number) => report?.(figures.length + share, all, "measuring speed");
        figures.push(await measureFigure(measured, { ...options, generation, onShare }));
      }
    } finally {
      network.dispose();
    }
  }
  return { figures, bankSeconds, dataset: dataset.name };
}
