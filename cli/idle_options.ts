import type { ExperimentConfig } from "../lib/configuration/experiment_config.ts";
import { idleSettings } from "../lib/configuration/idle_settings.ts";
import type { ConfigOverride } from "../lib/configuration/config_words.ts";

/**
 * Says which of the options that were given make no difference; what stands in a file or a preset is left alone.
 *
 * @param configs The configurations with the options in them: an option that makes a difference to one of them does
 *   something. At least one.
 * @param overrides The options.
 * @returns One line per reason; empty if every option does something.
 */
export function remarksOnIdleOptions(
  configs: readonly [ExperimentConfig, ...ExperimentConfig[]],
  overrides: readonly ConfigOverride[],
): string[] {
  const [first, ...others] = configs.map((config) =>
    new Map(idleSettings(config).map(({ path, reason }) => [path, reason]))
  );
  const reasons = new Map([...first!].filter(([path]) => others.every((idle) => idle.has(path))));
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
