/**
 * Child process of the benchmark: some training steps, then the largest resident size so far in bytes after the first
 * half and after all of them, as JSON.
 *
 *     deno run ... tasks/bench/child_memory.ts BACKEND CHANNELS BATCH STEPS
 */
import { selectBackend } from "../../lib/backends/select_backend.ts";
import { fixedDepthPuppet, trainingWork } from "./bench_models.ts";
import { peakBytes } from "./peak_bytes.ts";
import type { BackendName } from "../../lib/backends/backend.ts";

const [backend, channels, batch, steps] = Deno.args;
await selectBackend(backend as BackendName);
const { memory } = await import("@tensorflow/tfjs-core");
const classifier = fixedDepthPuppet(Number(channels));
const training = trainingWork(classifier, Number(batch));
const peaks: number[] = [];
const tensors: number[] = [];
for (let step = 1; step <= Number(steps); step++) {
  await training.step();
  peaks.push(peakBytes());
  tensors.push(memory().numTensors);
}
console.log(JSON.stringify({ peaks, tensors }));
