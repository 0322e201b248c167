import process from "node:process";
import { selectBackend } from "../../lib/backends/select_backend.ts";
import { createClassifier } from "../../lib/models/create_classifier.ts";
import { CLASSES, fixedDepthPuppet, modelConfig, trainingWork } from "./bench_models.ts";
import { quartilesOf } from "./quartiles.ts";
import type { MathType } from "../../lib/backends/backend.ts";
import type { Classifier } from "../../lib/classifiers/classifier.ts";
import type { BenchRow } from "./bench_row.ts";

/** Seconds of processor time of a piece of work in numbers of a type. */
async function processorSeconds(math: MathType, work: () => Promise<unknown>): Promise<number> {
  await selectBackend("tensorflow", { math });
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** A training step in bfloat16 against float32, in turns, in processor time; information. */
async function compareStep(
  name: string,
  classifier: Classifier,
  { batchSize, rounds }: { readonly batchSize: number; readonly rounds: number },
): Promise<BenchRow> {
  const { step, dispose } = trainingWork(classifier, batchSize);
  const pairs: [number, number][] = [];
  for (let round = -1; round < rounds; round++) {
    const rounded = await processorSeconds("bfloat16", step);
    const exact = await processorSeconds("float32", step);
    if (round >= 0) pairs.push([rounded, exact]);
  }
  dispose();
  classifier.dispose();
  const [low, ratio, high] = quartilesOf(pairs.map(([rounded, exact]) => rounded / exact));
  const middle = (side: 0 | 1) => quartilesOf(pairs.map((pair) => pair[side]))[1];
  return {
    ...{ target: "j", name: `training step, batch ${batchSize}, bfloat16 / float32: ${name}` },
    ...{ ratio, quartiles: [low, high], limit: null, rounds: pairs.length },
    ...{ ours: middle(0), other: middle(1), unit: "s of processor" },
  };
}

/**
 * Rows j: what `--math bfloat16` is worth in training, on backend tensorflow.
 *
 * @param options C, images of a batch, turns, and who receives the rows.
 */
export async function compareRoundedSteps(
  options: {
    readonly channels: number;
    readonly batchSize: number;
    readonly rounds: number;
    readonly add: (row: BenchRow) => void;
  },
): Promise<void> {
  const { channels, add } = options;
  await selectBackend("tensorflow");
  const puppet = fixedDepthPuppet(channels);
  add(await compareStep(`puppet-cnn, C = ${channels}`, puppet, options));
  for (const name of ["fixed-cnn", "alexnet"] as const) {
    const model = modelConfig({ name, maxChannels: channels });
    add(await compareStep(name, createClassifier(model, { classes: CLASSES, seed: 1 }), options));
  }
}
