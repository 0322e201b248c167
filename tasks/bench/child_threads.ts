/**
 * Child process of the benchmark: seconds of a training step, of an evaluation and of generating the kernels on WASM with a
 * number of threads, one line of JSON per line on standard input.
 *
 *     deno run ... tasks/bench/child_threads.ts THREADS CHANNELS BATCH
 */
import { selectBackend } from "../../lib/backends/select_backend.ts";
import { wasmThreads } from "../../lib/backends/wasm.ts";
import { bankOf, fixedDepthPuppet, inferOnce, randomImages, trainingWork } from "./bench_models.ts";
import { secondsOf } from "./paired_times.ts";
import { TextLineStream } from "./text_lines.ts";
import type { LevelClassifier } from "../../lib/puppet/level_classifier.ts";

const [threads, channels, batch] = Deno.args.map(Number) as [number, number, number];
await selectBackend("wasm", { threads });
// What is timed is the work, not that the threads start beside it.
wasmThreads()!.ready();
const tf = await import("@tensorflow/tfjs-core");
const classifier = fixedDepthPuppet(channels) as LevelClassifier;
const training = trainingWork(classifier, batch);
const images = randomImages(batch);

/** Generation alone, waited for. */
async function generate(): Promise<void> {
  const level = classifier.levels.list[0]!;
  const kernels = tf.tidy(() => [...classifier.kernelsOf(level).values()]);
  await kernels.at(-1)!.data();
  tf.dispose(kernels);
}

/** One batch with kernels generated beforehand, waited for. */
const bank = await bankOf(classifier);

for await (const _ of Deno.stdin.readable.pipeThrough(TextLineStream())) {
  const times = {
    generation: await secondsOf(generate),
    evaluation: await secondsOf(() => inferOnce(bank, images)),
    step: await secondsOf(async () => void await training.step()),
  };
  console.log(JSON.stringify(times));
}
