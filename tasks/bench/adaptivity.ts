import { complexityMeasure } from "../../lib/complexity/measure_registry.ts";
import { createInMemoryDataset } from "../../lib/datasets/in_memory_dataset.ts";
import { loadCifar10 } from "../../lib/datasets/cifar10.ts";
import { subset } from "../../lib/datasets/subset.ts";
import { classifyDataset } from "../../lib/evaluation/evaluate.ts";
import { createClassifier } from "../../lib/models/create_classifier.ts";
import {
  anyStatistics,
  bankOf,
  CLASSES,
  DEPTH,
  IMAGE,
  inferOnce,
  modelConfig,
  randomImages,
} from "./bench_models.ts";
import { evaluationOfBytes, randomPixels } from "./evaluation_work.ts";
import { pairedTimes, secondsOf } from "./paired_times.ts";
import type { ImageDataset } from "../../lib/datasets/dataset.ts";
import type { InferenceNetwork } from "../../lib/classifiers/classifier.ts";
import type { BenchRow } from "./bench_row.ts";

/** Sizes of the comparison. */
export interface AdaptivityOptions {
  /** C. */
  readonly channels: number;
  /** Turns per row. */
  readonly rounds: number;
  /** Images of the evaluation. */
  readonly images: number;
  /** Folder that holds CIFAR-10; random pixels if `null`. */
  readonly dataFolder: string | null;
  /** Receives rows as they come. */
  readonly add: (row: BenchRow) => void;
}

async function benchImages(options: AdaptivityOptions): Promise<ImageDataset> {
  const { images, dataFolder } = options;
  if (dataFolder !== null) {
    const { test } = await loadCifar10(dataFolder);
    return subset(test, Uint32Array.from({ length: images }, (_, index) => index));
  }
  return createInMemoryDataset({
    name: "random pixels",
    images: randomPixels(images),
    labels: Uint16Array.from({ length: images }, (_, index) => index % CLASSES),
    classNames: Array.from({ length: CLASSES }, (_, index) => `class ${index}`),
    height: 32,
    width: 32,
  });
}

/** Everything that an adaptive evaluation does with a dataset. */
async function adaptiveEvaluation(
  channels: number,
  dataset: ImageDataset,
): Promise<{ run: (exact: boolean) => Promise<number>; dispose: () => void }> {
  // Depth is the same for all images, so that both sides run the same layers; kernels differ by level.
  const config = modelConfig({
    name: "puppet-cnn",
    maxChannels: channels,
    depthAdaptation: false,
    parameterAdaptation: true,
    fixedDepth: DEPTH,
    levelsPerDepth: 1,
  });
  const classifier = createClassifier(config, { classes: CLASSES, seed: 1 });
  const statistics = await anyStatistics(classifier);
  const network = await classifier.prepare(statistics, { image: IMAGE, exact: false });
  const literal = await classifier.prepare(statistics, { image: IMAGE, exact: true });
  const trained = {
    classifier,
    statistics,
    standardization: { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] } as const,
    measure: complexityMeasure("entropy"),
  };
  const run = async (exact: boolean) => {
    const started = performance.now();
    let count = 0;
    const used: InferenceNetwork = exact ? literal : network;
    for await (
      const _ of classifyDataset(trained, dataset, { batchSize: 256, exact, network: used })
    ) count++;
    return (performance.now() - started) / 1000 / count;
  };
  return {
    run,
    dispose: () => {
      network.dispose();
      literal.dispose();
      classifier.dispose();
    },
  };
}

/** Forward passes of a level's banked kernels against those of the plain CNN of the same layers. */
async function compareForward(fixed: InferenceNetwork, options: AdaptivityOptions): Promise<void> {
  const config = modelConfig({ name: "puppet-cnn", maxChannels: options.channels });
  const puppet = createClassifier(config, { classes: CLASSES, seed: 1 });
  const banked = await bankOf(puppet);
  const level = puppet.levels.list.find(({ depth }) => depth === DEPTH)!.index;
  for (const [batch, times] of [[1, 30], [64, 4]] as const) {
    const input = randomImages(batch);
    options.add(
      await pairedTimes(
        () => secondsOf(() => inferOnce(banked, input, level), times),
        () => secondsOf(() => inferOnce(fixed, input), times),
        {
          target: "a",
          name: `banked forward, batch ${batch} / plain CNN of the same layers`,
          limit: 1.02,
          rounds: 3 * options.rounds,
        },
      ),
    );
    input.dispose();
  }
  banked.dispose();
  puppet.dispose();
}

/**
 * What adaptivity costs: the same layers with generated kernels from the bank and with stored ones, forward alone and
 * as whole evaluations, and beside it the paper's way, a generation for every image.
 */
export async function compareAdaptivity(options: AdaptivityOptions): Promise<void> {
  const { channels, rounds, images, add } = options;
  const config = modelConfig({ name: "fixed-cnn", maxChannels: channels, fixedDepth: DEPTH });
  const fixedCnn = createClassifier(config, { classes: CLASSES, seed: 1 });
  const fixed = await bankOf(fixedCnn);
  await compareForward(fixed, options);

  const dataset = await benchImages(options);
  const pixels = await dataset.read(Uint32Array.from({ length: images }, (_, index) => index));
  const plain = evaluationOfBytes(fixed, images, pixels);
  const perImage = async () => await secondsOf(plain) / images;
  const adaptive = await adaptiveEvaluation(channels, dataset);
  const what = `evaluation of ${images} images`;
  add(
    await pairedTimes(() => adaptive.run(false), perImage, {
      target: "a",
      name: `adaptive ${what}, all included / plain CNN`,
      limit: 1.1,
      rounds,
    }),
  );
  adaptive.dispose();
  const few = subset(dataset, Uint32Array.from({ length: 8 }, (_, index) => index));
  const literal = await adaptiveEvaluation(channels, few);
  add(
    await pairedTimes(() => literal.run(true), perImage, {
      target: "a",
      name: "paper-literal generation per image, all included / plain CNN",
      limit: null,
      rounds: 3,
    }),
  );
  literal.dispose();
  fixed.dispose();
  fixedCnn.dispose();
}
