import { defaultConfig } from "../../lib/configuration/experiment_config.ts";
import type { ExperimentConfig } from "../../lib/configuration/experiment_config.ts";
import type { Provenance } from "../../lib/runs/run_types.ts";

/** A provenance for tests. */
export const TEST_PROVENANCE: Provenance = {
  argv: ["train"],
  versions: { "puppet-cnn": "test" },
  machine: "test",
  startedAt: "2026-01-01T00:00:00.000Z",
};

/** A run of seconds on synthetic images that are made in memory. */
export function tinyRunConfig(
  changes: {
    readonly data?: Partial<ExperimentConfig["data"]>;
    readonly model?: Partial<ExperimentConfig["model"]>;
    readonly training?: Partial<ExperimentConfig["training"]>;
  } = {},
): ExperimentConfig {
  const { data, model, training } = defaultConfig();
  return {
    backend: "wasm",
    math: "float32",
    data: {
      ...data,
      dataset: "synthetic",
      directory: "does-not-exist",
      images: 120,
      testImages: 40,
      ...changes.data,
    },
    model: { ...model, maxChannels: 16, ...changes.model },
    training: {
      ...training,
      epochs: 2,
      batchSize: 16,
      learningRate: 1e-2,
      statisticsImages: 16,
      ...changes.training,
    },
  };
}

/** A run of seconds on the pictures of a folder, 8 x 8 pixels. */
export function tinyPictureConfig(
  directory: string,
  training: Partial<ExperimentConfig["training"]>,
): ExperimentConfig {
  const data = {
    dataset: "folder",
    directory,
    images: null,
    testImages: null,
    imageSize: 8,
  } as const;
  return tinyRunConfig({ data, training });
}
