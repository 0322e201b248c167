import { completeConfig, type ExperimentConfig } from "../../configuration/experiment_config.ts";
import type { DataConfig } from "../../datasets/data_config.ts";
import type { ModelConfig } from "../../models/model_config.ts";
import type { TrainingConfig } from "../../training/training_config.ts";

/** A cell or row of the paper that a preset's run stands in. */
export interface TablePlace {
  /** Number of the table, 1..6. */
  readonly table: number;
  /** The paper's name of the row. */
  readonly row: string;
  /** The paper's name of the group of columns; absent where the table has none. */
  readonly variant?: string;
}

/** A training that is known by name: what differs from the library's defaults, which are the paper's protocol. */
export interface Preset {
  /** What `--preset` and `--only` take. */
  readonly name: string;
  /** Every place of the paper that this one training stands in; empty for a training of ours. */
  readonly places: readonly TablePlace[];
  /** Rules over the defaults; what is not said follows from them. */
  readonly rules: {
    readonly data?: Partial<DataConfig>;
    readonly model: Partial<ModelConfig> & Pick<ModelConfig, "name">;
    readonly training?: Partial<TrainingConfig>;
  };
  /**
   * Rough wall time of one seed on two CPU cores with native TensorFlow, in hours: extrapolated from the images per
   * second of short trainings on an AMD EPYC (Zen 5) with nothing else running; that of puppet-cnn is of the whole one.
   */
  readonly hours: number;
}

/**
 * The full protocol of a preset.
 *
 * @param preset The preset.
 * @param seed Root of the run's random streams.
 * @returns The complete configuration.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { puppetCnn } from "./puppet_cnn.ts";
 *
 * const { model, training } = protocolConfig(puppetCnn, 2);
 * assert.deepEqual([model.maxChannels, training.epochs, training.seed], [512, 100, 2]);
 * ```
 */
export function protocolConfig(preset: Preset, seed: number): ExperimentConfig {
  const { data = {}, model, training = {} } = preset.rules;
  return completeConfig({ data, model, training: { ...training, seed } });
}
