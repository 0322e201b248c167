/**
 * Trains many steps and watches tensors and memory: `deno task long-run [--steps 2000] [--backend wasm]
 * [--channels 32]`. Prints a line per fifty steps, after garbage was collected, and at the end the slopes over the
 * second half. Exits with 1 if the number of live tensors is not constant, if heap and buffers grow by more than
 * 1 MB per thousand steps, or the resident memory, which moves by itself, by more than 5 MB.
 */
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { linearRegression } from "simple-statistics";
import { selectBackend } from "../lib/backends/select_backend.ts";
import { completeConfig } from "../lib/experiments/experiment_config.ts";
import { loadExperimentImages, prepareTrainingData } from "../lib/experiments/prepare_data.ts";
import { createClassifier } from "../lib/models/create_classifier.ts";
import { Trainer } from "../lib/training/trainer.ts";
import type { BackendName } from "../lib/backends/backend.ts";

/** Growth that is allowed, in bytes per step. */
const MAX_SLOPE = { used: 1000, resident: 5000 } as const;

/** Collects garbage; the task starts V8 with `--expose-gc`. */
function collectGarbage(): void {
  const { gc } = globalThis as { readonly gc?: () => void };
  if (gc === undefined) {
    throw new Error("Cannot collect garbage: start with --v8-flags=--expose-gc");
  }
  gc();
}

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "2000" },
    backend: { type: "string", default: "wasm" },
    channels: { type: "string", default: "32" },
  },
});
const steps = Number(values.steps);

const config = completeConfig({
  data: { dataset: "synthetic", directory: "data", images: 800, testImages: 100 },
  model: { maxChannels: Number(values.channels) },
  training: { epochs: 1000, batchSize: 16, validateEvery: 5, statisticsImages: 32 },
});
const backend = await selectBackend(values.backend as BackendName);
console.log(`${backend.description}, C = ${values.channels}, ${steps} steps of 16 images`);
const data = await prepareTrainingData(await loadExperimentImages(config), config.model.complexity);
const classifier = createClassifier(config.model, {
  classes: data.train.classNames.length,
  seed: 1,
});
const trainer = new Trainer({ classifier, data, config: config.training, exact: false });

const used: [step: number, bytes: number][] = [];
const resident: [step: number, bytes: number][] = [];
const tensors = new Set<number>();
const stop = new AbortController();
await trainer.run({
  save: () => Promise.resolve(),
  log: () => Promise.resolve(),
  signal: stop.signal,
  report: (event) => {
    if (event.kind !== "step") return;
    tensors.add(tf.memory().numTensors);
    if (event.step % 50 === 0) {
      collectGarbage();
      const { rss, heapUsed, external } = Deno.memoryUsage();
      if (event.step >= steps / 2) {
        used.push([event.step, heapUsed + external]);
        resident.push([event.step, rss]);
      }
      console.log(
        `step ${
          String(event.step).padStart(5)
        }: ${tf.memory().numTensors} tensors, heap and buffers ` +
          `${((heapUsed + external) / 1e6).toFixed(2)} MB, resident ${(rss / 1e6).toFixed(1)} MB`,
      );
    }
    if (event.step >= steps) stop.abort();
  },
});
const slope = { used: linearRegression(used).m, resident: linearRegression(resident).m };
console.log(
  `tensors after a step: ${
    [...tensors].join(", ")
  }; over the second half, bytes per step: heap and buffers ` +
    `${slope.used.toFixed(1)}, resident ${slope.resident.toFixed(1)}`,
);
trainer.dispose();
classifier.dispose();
if (tensors.size !== 1 || slope.used > MAX_SLOPE.used || slope.resident > MAX_SLOPE.resident) {
  console.error("error: tensors or memory grow");
  Deno.exit(1);
}
