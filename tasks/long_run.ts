/**
 * Trains many steps and watches tensors and memory. Prints a line per fifty steps, after garbage was collected, and at the end the slopes over the
 * second half. Exits with 1 if the number of live tensors is not constant, if heap and buffers grow by more than
 * 1 MB per thousand steps, or the resident memory, which moves by itself, by more than 5 MB.
 */
import * as tf from "@tensorflow/tfjs-core";
import { linearRegression } from "simple-statistics";
import { selectBackend } from "../lib/backends/select_backend.ts";
import { completeConfig } from "../lib/configuration/experiment_config.ts";
import { loadExperimentImages, prepareTrainingData } from "../lib/runs/prepare_data.ts";
import { createClassifier } from "../lib/models/create_classifier.ts";
import { Trainer } from "../lib/training/trainer.ts";
import {
  readBackendName,
  readTaskArguments,
  readWhole,
  refusePositionals,
  runTask,
} from "./task_options.ts";
import type { BackendName } from "../lib/backends/backend.ts";

const HELP = `Trains many steps and watches tensors and memory.

Usage: deno task long-run [options]

  --steps COUNT      200 at least (default: 2000)
  --backend NAME     numerical backend (default: wasm)
  --channels COUNT   C, a multiple of 8 (default: 32)
  --debug            show stack traces of errors
  -h, --help         show this help

Exits with 1 if tensors or memory grow.`;

/** What gives the second half three looks at the memory, one every 50 steps. */
const LEAST_STEPS = 200;

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

interface LongRunOptions {
  readonly steps: number;
  readonly channels: number;
  readonly backend: BackendName;
}

function readOptions(): LongRunOptions {
  const { values, positionals } = readTaskArguments(HELP, {
    steps: { type: "string", default: "2000" },
    backend: { type: "string", default: "wasm" },
    channels: { type: "string", default: "32" },
  });
  refusePositionals(positionals);
  return {
    steps: readWhole("steps", values.steps, LEAST_STEPS),
    channels: readWhole("channels", values.channels, 8),
    backend: readBackendName(values.backend),
  };
}

/** What is looked at after the steps. */
class Watch {
  /** Live tensors after a step. */
  readonly tensors: Set<number> = new Set();
  readonly #used: [step: number, bytes: number][] = [];
  readonly #resident: [step: number, bytes: number][] = [];
  readonly #from: number;

  constructor(from: number) {
    this.#from = from;
  }

  look(step: number): void {
    this.tensors.add(tf.memory().numTensors);
    if (step % 50 !== 0) return;
    collectGarbage();
    const { rss, heapUsed, external } = Deno.memoryUsage();
    if (step >= this.#from) {
      this.#used.push([step, heapUsed + external]);
      this.#resident.push([step, rss]);
    }
    console.log(
      `step ${String(step).padStart(5)}: ${tf.memory().numTensors} tensors, heap and buffers ` +
        `${((heapUsed + external) / 1e6).toFixed(2)} MB, resident ${(rss / 1e6).toFixed(1)} MB`,
    );
  }

  /** Bytes per step over what was kept. */
  slopes(): { readonly used: number; readonly resident: number } {
    return { used: linearRegression(this.#used).m, resident: linearRegression(this.#resident).m };
  }
}

async function trainLong(): Promise<number> {
  const { steps, channels, backend: name } = readOptions();
  const config = completeConfig({
    data: { dataset: "synthetic", directory: "data", images: 800, testImages: 100 },
    model: { maxChannels: channels },
    training: { epochs: steps, batchSize: 16, validateEvery: 5, statisticsImages: 32 },
  });
  const backend = await selectBackend(name);
  console.log(`${backend.description}, C = ${channels}, ${steps} steps of 16 images`);
  const images = await loadExperimentImages(config);
  const data = await prepareTrainingData(images, config.model.complexity);
  const classes = data.train.classNames.length;
  const classifier = createClassifier(config.model, { classes, seed: 1 });
  const trainer = new Trainer({ classifier, data, config: config.training, exact: false });
  const watch = new Watch(steps / 2);
  const stop = new AbortController();
  await trainer.run({
    save: () => Promise.resolve(),
    log: () => Promise.resolve(),
    signal: stop.signal,
    report: (event) => {
      if (event.kind !== "step") return;
      watch.look(event.step);
      if (event.step >= steps) stop.abort();
    },
  });
  trainer.dispose();
  classifier.dispose();
  const slope = watch.slopes();
  console.log(
    `tensors after a step: ${
      [...watch.tensors].join(", ")
    }; over the second half, bytes per step: ` +
      `heap and buffers ${slope.used.toFixed(1)}, resident ${slope.resident.toFixed(1)}`,
  );
  const grows = slope.used > MAX_SLOPE.used || slope.resident > MAX_SLOPE.resident;
  if (watch.tensors.size === 1 && !grows) return 0;
  console.error("error: tensors or memory grow");
  return 1;
}

await runTask(trainLong);
