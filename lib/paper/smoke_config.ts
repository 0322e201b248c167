import { imageSideOf } from "../datasets/data_config.ts";
import { completeConfig, type ExperimentConfig } from "../configuration/experiment_config.ts";
import { protocolConfig } from "./preset.ts";
import type { Preset } from "./presets.ts";
import type { DataConfig } from "../datasets/data_config.ts";

/** Classes of the datasets that presets name. */
const CLASSES: Readonly<Partial<Record<DataConfig["dataset"], number>>> = {
  cifar10: 10,
  cifar100: 100,
  "mini-imagenet": 100,
};

/**
 * Number of classes of a preset's dataset, without opening it.
 *
 * @param data Data of a preset's protocol.
 * @returns The number; for other datasets the number of classes of the configuration.
 */
export function classesOf(data: DataConfig): number {
  return CLASSES[data.dataset] ?? data.classes;
}

/**
 * The smoke variant of a preset: the same model on a handful of images for one epoch of two steps, in seconds. Puppeteers
 * are narrowed to C = 16; stored networks have no width to change. Its figures are not a result.
 *
 * @param preset The preset.
 * @param options Seed, and whether the dataset is available: if not, synthetic images of its size and number of classes
 *   stand in.
 * @returns The complete configuration.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findPreset } from "./preset.ts";
 *
 * const { data } = smokeConfig(findPreset("vgg-mini-imagenet"), { seed: 1, hasData: false });
 * assert.deepEqual([data.dataset, data.imageSize, data.classes], ["synthetic", 84, 100]);
 * ```
 */
export function smokeConfig(
  preset: Preset,
  options: { readonly seed: number; readonly hasData: boolean },
): ExperimentConfig {
  const { data, model, training } = protocolConfig(preset, options.seed);
  const standIn = {
    dataset: "synthetic",
    imageSize: imageSideOf(data),
    classes: classesOf(data),
    resizeTo: null,
  } as const;
  return completeConfig({
    data: {
      ...data,
      ...(options.hasData ? {} : standIn),
      images: 20,
      validationFraction: 0.2,
      testImages: 20,
    },
    model: { ...model, maxChannels: 16 },
    training: { ...training, epochs: 1, batchSize: 8, statisticsImages: 8 },
  });
}
