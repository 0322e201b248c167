import { UsageError } from "../errors.ts";
import { configEntries } from "./config_words.ts";
import { parseConfig } from "./parse_config.ts";
import type { ConfigOverride } from "./config_words.ts";
import { CONFIG_KEYS, type ExperimentConfig } from "./experiment_config.ts";

/** Keys that may change when a run goes on: the rest of the run is as if they had always been so. */
const CHANGEABLE_ON_RESUME: ReadonlySet<string> = new Set(
  CONFIG_KEYS.filter((key) => key.mayChange).map(({ path }) => path),
);

/**
 * Changes the configuration of a run that goes on.
 *
 * @param saved The run's own configuration.
 * @param overrides What is to change.
 * @returns The configuration with the changes.
 * @throws {UsageError} if a run does not survive one of them, or a value is wrong.
 */
export function changeForResume(
  saved: ExperimentConfig,
  overrides: readonly ConfigOverride[],
): ExperimentConfig {
  const changed = parseConfig("", { source: "the options", base: saved, overrides });
  const after = new Map(configEntries(changed));
  const differences = configEntries(saved).flatMap(([path, value]) =>
    value === after.get(path) || CHANGEABLE_ON_RESUME.has(path)
      ? []
      : [`  ${path}: ${value} in the run, ${after.get(path)} asked for`]
  );
  if (differences.length === 0) return changed;
  throw new UsageError([
    "Cannot resume with another configuration:",
    ...differences,
    `Only ${[...CHANGEABLE_ON_RESUME].join(", ")} may change; start a new run for the rest`,
  ]);
}
