import { CONFIG_KEYS } from "../configuration/experiment_config.ts";
import { retiredModelValues } from "../configuration/retired_keys.ts";
import { CheckpointError } from "../errors.ts";
import type { ModelConfig } from "../models/model_config.ts";

/** A key that the checkpoint lacks came later; its default is what the checkpoint was trained with. */
const LATER_DEFAULTS = Object.fromEntries(
  CONFIG_KEYS.filter(({ path, isLater }) => isLater === true && path.startsWith("model."))
    .map((key) => [key.path.slice("model.".length), key.default]),
);

/**
 * Makes sure that a checkpoint is of the model that its run is configured for. The run's configuration has been
 * checked, the checkpoint's has not: from here on only the run's is used.
 *
 * @param found Model that the checkpoint names.
 * @param config Model of the run.
 * @param folder The checkpoint, for messages.
 * @throws {CheckpointError} if they differ; the message lists the differences.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { defaultConfig } from "../configuration/experiment_config.ts";
 *
 * const { model } = defaultConfig();
 * requireSameModel({ ...model }, model, "step-00000100");
 * assert.throws(
 *   () => requireSameModel({ ...model, maxChannels: 64 }, model, "step-00000100"),
 *   /maxChannels: 64 in the checkpoint, 512 in the run/,
 * );
 * ```
 */
export function requireSameModel(
  found: Readonly<Partial<ModelConfig>>,
  config: ModelConfig,
  folder: string,
): void {
  const values = new Map([...retiredModelValues(), ...Object.entries(config)]);
  const differences = Object.entries({ ...LATER_DEFAULTS, ...found }).flatMap(([key, value]) =>
    values.get(key) === value
      ? []
      : [`${key}: ${value} in the checkpoint, ${values.get(key)} in the run`]
  );
  if (differences.length === 0) return;
  const shown = differences.slice(0, 5).join("; ").slice(0, 400);
  throw new CheckpointError(
    `Cannot load checkpoint: ${folder} is of another model than its run (${shown}); ` +
      `put it back where it belongs`,
  );
}
