import { createClassifier } from "../../lib/models/create_classifier.ts";
import { modelNames } from "../../lib/models/model_names.ts";
import { bankOf, CLASSES, DEPTH, inferOnce, modelConfig, randomImages } from "./bench_models.ts";
import { pairedTimes, secondsOf } from "./paired_times.ts";
import type * as tf from "@tensorflow/tfjs-core";
import type { InferenceNetwork } from "../../lib/classifiers/classifier.ts";
import type { BenchRow } from "./bench_row.ts";

/** Batch sizes, and how often each is repeated in a turn. */
const BATCHES = [[1, 10], [64, 1]] as const;

/** Sizes of the comparison. */
export interface ForwardOptions {
  /** C. */
  readonly channels: number;
  /** Turns per row. */
  readonly rounds: number;
  /** Receives rows as they come. */
  readonly add: (row: BenchRow) => void;
}

/** A network at one level. */
interface Contender {
  readonly network: InferenceNetwork;
  readonly level: number;
}

async function multiplyAddsOf({ network, level }: Contender, images: tf.Tensor4D): Promise<number> {
  const complexities = new Array<number>(images.shape[0]).fill(12.5);
  const { logits, multiplyAdds } = await network.infer({ images, level, complexities });
  logits.dispose();
  return multiplyAdds;
}

/** A row per batch size, with the ratio of the multiply-adds that both really do. */
async function compareForward(
  names: readonly [ours: string, other: string],
  [ours, other]: readonly [Contender, Contender],
  { rounds, add }: ForwardOptions,
): Promise<void> {
  for (const [batch, times] of BATCHES) {
    const images = randomImages(batch);
    const work = await multiplyAddsOf(ours, images) / await multiplyAddsOf(other, images);
    const timed = ({ network, level }: Contender) => () =>
      secondsOf(() => inferOnce(network, images, level), times);
    add(
      await pairedTimes(timed(ours), timed(other), {
        ...{ target: "", limit: null, rounds },
        name: `forward, batch ${batch}: ${names[0]} / ${names[1]} (work ${work.toFixed(2)})`,
      }),
    );
    images.dispose();
  }
}

/** Every level of the adaptive puppet against the one of ten layers. */
async function compareLevels(options: ForwardOptions): Promise<void> {
  const config = modelConfig({ name: "puppet-cnn", maxChannels: options.channels });
  const puppet = createClassifier(config, { classes: CLASSES, seed: 1 });
  const network = await bankOf(puppet);
  const { list } = puppet.levels;
  const usual = { network, level: list.find(({ depth }) => depth === DEPTH)!.index };
  for (const { index, depth } of list) {
    if (depth === DEPTH) continue;
    const names = [`depth ${depth}`, `depth ${DEPTH}`] as const;
    await compareForward(names, [{ network, level: index }, usual], options);
  }
  network.dispose();
  puppet.dispose();
}

/**
 * Forward passes by level and by model, without a target. Weights are untrained: networks that decide (exits, gates) go
 * whatever way these send them, which the ratio of the work shows.
 */
export async function compareForwards(options: ForwardOptions): Promise<void> {
  await compareLevels(options);
  const create = (name: typeof modelNames[number]) => {
    const config = modelConfig({
      ...{ name, maxChannels: options.channels, fixedDepth: DEPTH },
      ...{ depthAdaptation: false, parameterAdaptation: false },
    });
    return createClassifier(config, { classes: CLASSES, seed: 1 });
  };
  const fixedCnn = create("fixed-cnn");
  const fixed = { network: await bankOf(fixedCnn), level: 0 };
  for (const name of modelNames) {
    if (name === "fixed-cnn") continue;
    const model = create(name);
    const network = await bankOf(model);
    await compareForward([name, "fixed-cnn"], [{ network, level: 0 }, fixed], options);
    network.dispose();
    model.dispose();
  }
  fixed.network.dispose();
  fixedCnn.dispose();
}
