import { load } from "js-yaml";
import { describeKey } from "./config_values.ts";
import { valueOf } from "./config_words.ts";
import { CONFIG_KEYS, type ExperimentConfig } from "./experiment_config.ts";

/** A value as it stands in YAML on one line: plain where it can be, otherwise as JSON. */
function formatValue(value: unknown): string {
  const isPlain = typeof value === "string" && /^[\w./-]+$/.test(value) && load(value) === value;
  return isPlain ? value : JSON.stringify(value);
}

/**
 * Writes a configuration as YAML, each key with its meaning. `parseConfig` reads it back unchanged.
 *
 * @param config The configuration.
 * @returns YAML text that ends with a line end.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { load } from "js-yaml";
 * import { defaultConfig } from "./experiment_config.ts";
 * assert.deepEqual(load(formatConfig(defaultConfig())), defaultConfig());
 * ```
 */
export function formatConfig(config: ExperimentConfig): string {
  const lines: string[] = [];
  let openSection: string | undefined;
  for (const key of CONFIG_KEYS) {
    const [section, name] = key.path.split(".");
    if (name !== undefined && section !== openSection) lines.push(`${section}:`);
    openSection = section;
    const value = formatValue(valueOf(config, key.path));
    const entry = name === undefined ? `${section}: ${value}` : `  ${name}: ${value}`;
    lines.push(`${entry.padEnd(34)} # ${describeKey(key)} (${key.allowed})`);
  }
  return `${lines.join("\n")}\n`;
}
