import { complexityMeasure } from "../../lib/complexity/measure_registry.ts";
import { loadCifar10 } from "../../lib/datasets/cifar10.ts";
import { createSyntheticDataset } from "../../lib/datasets/synthetic.ts";
import { subset } from "../../lib/datasets/subset.ts";
import { classifyDataset } from "../../lib/evaluation/evaluate.ts";
import { createClassifier } from "../../lib/models/create_classifier.ts";
import {
  anyStatistics,
  bankOf,
  CLASSES,
  fixedDepthPuppet,
  IMAGE,
  inferOnce,
  modelConfig,
  randomImages,
} from "../bench/bench_models.ts";
import { evaluationOfBytes } from "../bench/evaluation_work.ts";
import { formatMemory, readDeviceMemory } from "./device_memory.ts";
import { timeWork } from "./time_work.ts";
import { prepareTorch, startTorch } from "./torch_on_device.ts";
import type { ImageDataset } from "../../lib/datasets/dataset.ts";
import type { SectionContext, SectionFindings } from "./section.ts";
import type { TimedWork } from "./time_work.ts";

const STANDARDIZATION = { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] } as const;

/** Images of a forward pass, as `eval` takes them. */
const BATCH = 256;

/** Real test images, or synthetic ones, repeated as often as it takes. */
async function loadImages({ options }: SectionContext): Promise<ImageDataset> {
  const { test } = options.data === null
    ? createSyntheticDataset()
    : await loadCifar10(options.data);
  return subset(test, Uint32Array.from({ length: options.images }, (_, at) => at % test.length));
}

/** The whole of an evaluation: complexity, routing, standardisation, the network of every level. */
async function timeAdaptive(context: SectionContext, dataset: ImageDataset): Promise<TimedWork> {
  const config = modelConfig({ name: "puppet-cnn", maxChannels: context.options.channels });
  const classifier = createClassifier(config, { classes: CLASSES, seed: 1 });
  const statistics = await anyStatistics(classifier);
  const network = await classifier.prepare(statistics, { image: IMAGE, exact: false });
  const measure = complexityMeasure("entropy");
  const trained = { classifier, statistics, standardization: STANDARDIZATION, measure };
  const found = await timeWork(context, {
    name: `evaluation of ${dataset.length} images, depth by complexity, all included`,
    work: async () => {
      const options = { batchSize: BATCH, exact: false, network };
      await Array.fromAsync(classifyDataset(trained, dataset, options), ({ level }) => level);
    },
    torch: null,
  });
  network.dispose();
  classifier.dispose();
  return found;
}

/** Times evaluations and single forward passes. */
export async function timeEvaluation(context: SectionContext): Promise<SectionFindings> {
  const { channels, images, data } = context.options;
  const torch = await startTorch(context);
  if (torch !== null) await prepareTorch(torch, { channels, batch: 1 });
  const dataset = await loadImages(context);
  const pixels = await dataset.read(Uint32Array.from({ length: images }, (_, index) => index));
  const classifier = fixedDepthPuppet(channels);
  const network = await bankOf(classifier);
  const rows: TimedWork[] = [await timeAdaptive(context, dataset)];
  rows.push(
    await timeWork(context, {
      name: `evaluation of ${images} images from bytes, one level`,
      work: evaluationOfBytes(network, images, pixels),
      torch: torch &&
        { reference: torch.reference, request: { do: "evaluation", images, batch: BATCH } },
    }),
  );
  for (const batch of context.options.smoke ? [1, 64] : [1, 64, BATCH]) {
    const input = randomImages(batch);
    rows.push(
      await timeWork(context, {
        name: `forward pass of kept kernels, batch ${batch}`,
        work: () => inferOnce(network, input),
        torch: torch && { reference: torch.reference, request: { do: "forward", batch } },
        times: 4,
      }),
    );
    input.dispose();
  }
  const memory = await readDeviceMemory();
  context.say(formatMemory(memory));
  await torch?.reference.stop();
  network.dispose();
  classifier.dispose();
  const source = data === null ? "synthetic images" : "CIFAR-10 test images";
  return {
    passed: null,
    figures: { channels, images, source, batch: BATCH, torch: torch?.found ?? null, rows, memory },
  };
}
