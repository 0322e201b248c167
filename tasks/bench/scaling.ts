import { complexityMeasure } from "../../lib/complexity/measure_registry.ts";
import { createSyntheticDataset } from "../../lib/datasets/synthetic.ts";
import { subset } from "../../lib/datasets/subset.ts";
import { evaluate } from "../../lib/evaluation/evaluate.ts";
import { createClassifier } from "../../lib/models/create_classifier.ts";
import { anyStatistics, modelConfig } from "./bench_models.ts";
import { pairedTimes } from "./paired_times.ts";
import type { BenchRow } from "./bench_row.ts";

/** Target i: four times the images must take four times as long, within noise. */
export async function compareScaling(
  options: { readonly channels: number; readonly images: number; readonly rounds: number },
  add: (row: BenchRow) => void,
): Promise<void> {
  const { channels, images, rounds } = options;
  const config = modelConfig({ name: "puppet-cnn", maxChannels: channels });
  const classifier = createClassifier(config, { classes: 10, seed: 1 });
  const statistics = await anyStatistics(classifier);
  const trained = {
    classifier,
    statistics,
    standardization: { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] } as const,
    measure: complexityMeasure("entropy"),
  };
  const { train } = createSyntheticDataset({ trainImages: images, testImages: 1 });
  const secondsFor = (count: number) => async () => {
    const part = subset(train, Uint32Array.from({ length: count }, (_, index) => index));
    const report = await evaluate(trained, part, { batchSize: 256, exact: false });
    return report.secondsPerImage;
  };
  add(
    await pairedTimes(secondsFor(images), secondsFor(images / 4), {
      target: "i",
      name: `seconds per image, ${images} images / ${images / 4} images`,
      limit: 1.1,
      rounds,
    }),
  );
  classifier.dispose();
}
