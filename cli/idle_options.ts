import type { ExperimentConfig } from "../lib/configuration/experiment_config.ts";
import { idleSettings } from "../lib/configuration/idle_settings.ts";
import type { ConfigOverride } from "../lib/configuration/config_words.ts";

/**
 * Says which of the options that were given make no difference; what stands in a file or a preset is left alone.
 *
 * @param config The configuration with the options in it.
 * @param overrides The options.
 * @returns One line per reason; empty if every option does something.
 */
export function remarksOnIdleOptions(
  config: ExperimentConfig,
  overrides: readonly ConfigOverride[],
): string[] {
  const reasons = new Map(idleSettings(config).map(({ path, reason }) => [path, reason]));
  // `--depth` sets two keys: it does something if one of them does.
  const spelled = Map.groupBy(
    overrides,
    ({ from, path }) => from === "--set" ? path : from ?? path,
  );
  const idle = [...spelled].filter(([, keys]) => keys.every(({ path }) => reasons.has(path)));
  const byReason = Map.groupBy(idle, ([, keys]) => reasons.get(keys[0]!.path)!);
  return [...byReason].map(([reason, options]) => {
    const names = options.map(([name]) => name).join(", ");
    return `remark: ${names} ${
      options.length === 1 ? "makes" : "make"
    } no difference here: ${reason}`;
  });
}
