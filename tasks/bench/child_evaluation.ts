/**
 * Child process of the benchmark: evaluates images that are drawn as they are read, then prints the largest resident size
 * so far in bytes.
 *
 *     deno run --v8-flags=--expose-gc ... tasks/bench/child_evaluation.ts BACKEND CHANNELS IMAGES
 */
import { selectBackend } from "../../lib/backends/select_backend.ts";
import { complexityMeasure } from "../../lib/complexity/measure_registry.ts";
import { drawSyntheticOnDemand } from "../../lib/datasets/synthetic_on_demand.ts";
import { evaluate } from "../../lib/evaluation/evaluate.ts";
import { createClassifier } from "../../lib/models/create_classifier.ts";
import { anyStatistics, CLASSES, modelConfig } from "./bench_models.ts";
import { peakBytes } from "./peak_bytes.ts";
import type { BackendName } from "../../lib/backends/backend.ts";

/** Collects garbage; there with --expose-gc. What V8 has not collected yet would hide what is kept. */
const { gc } = globalThis as { gc?: () => void };
const [backend, channels, images] = Deno.args;
await selectBackend(backend as BackendName);
const config = modelConfig({ name: "puppet-cnn", maxChannels: Number(channels) });
const classifier = createClassifier(config, { classes: CLASSES, seed: 1 });
const { train } = drawSyntheticOnDemand({
  size: 32,
  classes: CLASSES,
  trainImages: Number(images),
});
await evaluate(
  {
    classifier,
    statistics: await anyStatistics(classifier),
    standardization: { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] },
    measure: complexityMeasure("entropy"),
  },
  train,
  { batchSize: 256, exact: false, report: () => gc?.() },
);
console.log(JSON.stringify({ bytes: peakBytes() }));
