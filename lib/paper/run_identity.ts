import { createHash } from "node:crypto";
import { CONFIG_KEYS } from "../configuration/experiment_config.ts";
import { configEntries } from "../configuration/config_words.ts";
import { idleSettings } from "../configuration/idle_settings.ts";
import { withRetiredKeys } from "../configuration/retired_keys.ts";
import { asksForFit } from "../runs/fit_depths.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import type { ProtocolChange } from "./comparison.ts";

/** Keys that say where and how something is computed, not what. */
const NOT_IDENTITY: ReadonlySet<string> = new Set(
  CONFIG_KEYS.filter((key) => key.isPlace).map(({ path }) => path),
);

/** Keys that are part of an identity only where they are not their default: runs from before are still found. */
const LATER_DEFAULTS: ReadonlyMap<string, unknown> = new Map(
  CONFIG_KEYS.filter((key) => key.isLater).map((key) => [key.path, key.default]),
);

/** Hexadecimal digits of an identity in the name of a folder. */
const DIGITS = 10;

/**
 * Names what a run computes: equal for two configurations whose results may stand for each other, whatever the backend
 * and the place of the data.
 *
 * @param config A complete configuration.
 * @returns 64 hexadecimal digits.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { completeConfig } from "../configuration/experiment_config.ts";
 *
 * const identity = (input: unknown) => runIdentity(completeConfig(input));
 * assert.equal(identity({ backend: "wasm" }), identity({ data: { directory: "elsewhere" } }));
 * assert.notEqual(identity({}), identity({ training: { seed: 2 } }));
 * ```
 */
export function runIdentity(config: ExperimentConfig): string {
  const entries = withRetiredKeys(configEntries(config)).filter(([path, value]) =>
    !NOT_IDENTITY.has(path) && !(LATER_DEFAULTS.has(path) && LATER_DEFAULTS.get(path) === value)
  );
  return createHash("sha256").update(JSON.stringify(entries)).digest("hex");
}

/**
 * Gives the configuration with which a run goes on. A run keeps the constants of its rule for depth as they were fitted to
 * its images, where that is asked for.
 *
 * @param asked What was asked for.
 * @param found Configuration in the run folder; `null` where there is no run yet.
 * @returns What was asked for, with the run's constants.
 */
export function asFitted(
  asked: ExperimentConfig,
  found: ExperimentConfig | null,
): ExperimentConfig {
  if (found === null || !asksForFit(asked)) return asked;
  const { stepsPerBit, complexityOffset, referenceComplexity } = found.model;
  return {
    ...asked,
    model: { ...asked.model, stepsPerBit, complexityOffset, referenceComplexity },
  };
}

/**
 * Whether a run folder holds the run that a configuration asks for.
 *
 * @param found Configuration of the run folder.
 * @param asked A complete configuration.
 * @returns The answer.
 */
export function isRunOf(found: ExperimentConfig, asked: ExperimentConfig): boolean {
  return runIdentity(found) === runIdentity(asFitted(asked, found));
}

/**
 * Names what runs that differ in nothing but their seed compute. Constants of the rule for depth that were fitted to a run's
 * images are no difference.
 *
 * @param config A complete configuration.
 * @returns 64 hexadecimal digits.
 */
export function settingIdentity(config: ExperimentConfig): string {
  const { model, training } = config;
  const open = { stepsPerBit: 0, complexityOffset: 0, referenceComplexity: 0 };
  return runIdentity({
    ...config,
    model: asksForFit(config) ? { ...model, ...open } : model,
    training: { ...training, seed: 0 },
  });
}

/**
 * Names the folder of a run.
 *
 * @param name Name of the preset.
 * @param config The run's configuration.
 * @returns `alexnet-seed1-0123456789`.
 */
export function runFolderName(name: string, config: ExperimentConfig): string {
  return `${name}-seed${config.training.seed}-${runIdentity(config).slice(0, DIGITS)}`;
}

/**
 * Lists where a configuration leaves a protocol. The seed is no difference, nor are backend and place of the data, nor
 * keys that make none to what is run: C of a network whose layers are given.
 *
 * @param protocol The protocol.
 * @param config What was or will be run.
 * @returns One entry per key, in the order of the configuration.
 */
export function protocolChanges(
  protocol: ExperimentConfig,
  config: ExperimentConfig,
): ProtocolChange[] {
  const run = new Map(configEntries(config));
  const idle = new Set(idleSettings(config).map(({ path }) => path));
  return configEntries(protocol)
    .filter(([path]) => !NOT_IDENTITY.has(path) && path !== "training.seed" && !idle.has(path))
    .map(([path, value]) => ({ path, protocol: value, run: run.get(path) }))
    .filter((change) => change.protocol !== change.run);
}
