/**
 * Child process of the benchmark: seconds of processor time of a training step, of generating the kernels and of a
 * whole forward pass, one line of JSON per line "go" on standard input; of a training step alone per line "step". Processor
 * time, since the process is kept on one core that others use too.
 *
 *     deno run ... tasks/bench/child_step.ts BACKEND CHANNELS BATCH [MATH]
 */
import process from "node:process";
import { selectBackend } from "../../lib/backends/select_backend.ts";
import { batchNormOfBatch } from "../../lib/layers/batch_norm.ts";
import { fixedDepthPuppet, randomImages, trainingWork } from "./bench_models.ts";
import { TextLineStream } from "./text_lines.ts";
import type { BackendName, MathType } from "../../lib/backends/backend.ts";
import type { LevelClassifier } from "../../lib/puppet/level_classifier.ts";

const [backend, channels, batch, math = "float32"] = Deno.args;
await selectBackend(backend as BackendName, { math: math as MathType });
const tf = await import("@tensorflow/tfjs-core");
const classifier = fixedDepthPuppet(Number(channels)) as LevelClassifier;
const level = classifier.levels.list[0]!;
const training = trainingWork(classifier, Number(batch));
const images = randomImages(Number(batch));

/** Generation alone, waited for. */
async function generate(): Promise<void> {
  const kernels = tf.tidy(() => [...classifier.kernelsOf(level).values()]);
  await kernels.at(-1)!.data();
  tf.dispose(kernels);
}

/** Generation and network. */
async function forward(): Promise<void> {
  const logits = tf.tidy(() =>
    classifier.forward(images, level, {
      normalize: (site, input) => batchNormOfBatch(input, site.scale, site.offset),
    }).logits
  );
  await logits.data();
  logits.dispose();
}

/** Seconds of processor time of a piece of work, all threads together. */
async function processorSeconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

for await (const wanted of Deno.stdin.readable.pipeThrough(TextLineStream())) {
  const others = wanted === "step" ? {} : {
    generation: await processorSeconds(generate),
    forward: await processorSeconds(forward),
  };
  const times = { ...others, step: await processorSeconds(training.step) };
  console.log(JSON.stringify(times));
}
