import { completeConfig, type ExperimentConfig } from "../configuration/experiment_config.ts";
import { nearestWord } from "../configuration/nearest_word.ts";
import { UsageError } from "../errors.ts";
import { type Preset, PRESET_NAMES, presets } from "./presets.ts";

/**
 * Finds a preset.
 *
 * @param name Name of a preset.
 * @returns The preset.
 * @throws {UsageError} if there is none of that name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(findPreset("vgg-full").rules.data?.images, null);
 * assert.throws(() => findPreset("vgg-ful"), /did you mean "vgg-full"/);
 * ```
 */
export function findPreset(name: string): Preset {
  const preset = presets.find((known) => known.name === name);
  if (preset !== undefined) return preset;
  const meant = nearestWord(name, PRESET_NAMES);
  const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
  throw new UsageError([
    `Cannot find preset "${name}"${hint}`,
    `The presets are ${PRESET_NAMES.join(", ")}`,
  ]);
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
 *
 * const { model, training } = protocolConfig(findPreset("puppet-cnn"), 2);
 * assert.deepEqual([model.maxChannels, training.epochs, training.seed], [512, 100, 2]);
 * ```
 */
export function protocolConfig(preset: Preset, seed: number): ExperimentConfig {
  const { data = {}, model, training = {} } = preset.rules;
  return completeConfig({ data, model, training: { ...training, seed } });
}
