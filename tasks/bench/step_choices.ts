import process from "node:process";
import { computesInBfloat16 } from "../../lib/backends/bfloat16.ts";
import { selectBackend } from "../../lib/backends/select_backend.ts";
import { createClassifier } from "../../lib/models/create_classifier.ts";
import { CLASSES, fixedDepthPuppet, modelConfig, trainingWork } from "./bench_models.ts";
import { LineProcess } from "./line_process.ts";
import { quartilesOf } from "./quartiles.ts";
import type { BackendName } from "../../lib/backends/backend.ts";
import type { Classifier } from "../../lib/classifiers/classifier.ts";
import type { BenchRow } from "./bench_row.ts";

/** Makes a step once and tells its seconds of processor time. */
type MeasuredStep = () => Promise<number>;

/** Conditions of the rows, and who receives them. */
interface StepOptions {
  readonly backend: BackendName;
  readonly channels: number;
  readonly batchSize: number;
  readonly rounds: number;
  readonly add: (row: BenchRow) => void;
}

/** Seconds of processor time of a piece of work. */
async function processorSeconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** A training step with a choice against one without, in turns, in processor time; information. */
async function compareStep(
  label: Pick<BenchRow, "target" | "name">,
  steps: { readonly chosen: MeasuredStep; readonly usual: MeasuredStep },
  rounds: number,
): Promise<BenchRow> {
  const pairs: [number, number][] = [];
  for (let round = -1; round < rounds; round++) {
    const pair: [number, number] = [await steps.chosen(), await steps.usual()];
    if (round >= 0) pairs.push(pair);
  }
  const [low, ratio, high] = quartilesOf(pairs.map(([chosen, usual]) => chosen / usual));
  const middle = (side: 0 | 1) => quartilesOf(pairs.map((pair) => pair[side]))[1];
  return {
    ...{ ...label, ratio, quartiles: [low, high], limit: null, rounds: pairs.length },
    ...{ ours: middle(0), other: middle(1), unit: "s of processor" },
  };
}

/** Models whose steps are compared, one at a time. */
function* models(channels: number): Generator<{ name: string; classifier: Classifier }> {
  yield { name: `puppet-cnn, C = ${channels}`, classifier: fixedDepthPuppet(channels) };
  for (const name of ["fixed-cnn", "alexnet"] as const) {
    const model = modelConfig({ name, maxChannels: channels });
    yield { name, classifier: createClassifier(model, { classes: CLASSES, seed: 1 }) };
  }
}

/**
 * Rows j: what `--math bfloat16` is worth in training, on backend tensorflow.
 *
 * @param options C, images of a batch, turns, and who receives the rows.
 */
export async function compareRoundedSteps(options: StepOptions): Promise<void> {
  const { channels, batchSize, rounds, add } = options;
  await selectBackend("tensorflow");
  for (const { name, classifier } of models(channels)) {
    const { step, dispose } = trainingWork(classifier, batchSize);
    const measured = (math: "bfloat16" | "float32"): MeasuredStep => async () => {
      await selectBackend("tensorflow", { math });
      return await processorSeconds(step);
    };
    const label = `training step, batch ${batchSize}, bfloat16 / float32: ${name}`;
    const steps = { chosen: measured("bfloat16"), usual: measured("float32") };
    add(await compareStep({ target: "j", name: label }, steps, rounds));
    dispose();
    classifier.dispose();
  }
}

/**
 * Rows k: what `--optimizer muon` costs in training.
 *
 * @param options Backend, C, images of a batch, turns, and who receives the rows.
 */
export async function compareOptimizers(options: StepOptions): Promise<void> {
  const { backend, channels, batchSize, rounds, add } = options;
  await selectBackend(backend);
  for (const { name, classifier } of models(channels)) {
    const [muon, adam] = (["muon", "adam"] as const).map((optimizer) =>
      trainingWork(classifier, batchSize, optimizer)
    );
    const label = `training step, batch ${batchSize}, Muon / Adam: ${name}`;
    const steps = {
      chosen: () => processorSeconds(muon!.step),
      usual: () => processorSeconds(adam!.step),
    };
    add(await compareStep({ target: "k", name: label }, steps, rounds));
    muon!.dispose();
    adam!.dispose();
    classifier.dispose();
  }
}

/**
 * Rows l: a step on backend tensorflow whose tensors lie in huge pages, as under the deno tasks, against one without; each
 * in a process of its own, since that is settled when a process starts. Linux with glibc.
 *
 * @param options C, images of a batch, turns, and who receives the rows.
 */
export async function compareHugePages(options: StepOptions): Promise<void> {
  const { channels, batchSize, rounds, add } = options;
  const program = new URL("child_step.ts", import.meta.url).pathname;
  for (const math of computesInBfloat16() ? ["float32", "bfloat16"] : ["float32"]) {
    const command = ["run", "--no-check", "--allow-all", program, "tensorflow"];
    const [huge, usual] = ([1, 0] as const).map((pages) =>
      new LineProcess(Deno.execPath(), [...command, `${channels}`, `${batchSize}`, math], {
        GLIBC_TUNABLES: `glibc.malloc.hugetlb=${pages}`,
      })
    );
    const stepOf = (child: LineProcess): MeasuredStep => async () =>
      (await child.ask<{ step: number }>("step")).step;
    const label = `training step, batch ${batchSize}, ${math}, huge pages / without`;
    const steps = { chosen: stepOf(huge!), usual: stepOf(usual!) };
    add(await compareStep({ target: "l", name: label }, steps, rounds));
    await huge!.stop();
    await usual!.stop();
  }
}
