import { load } from "js-yaml";
import { describeKey } from "./config_values.ts";
import { valueOf } from "./config_words.ts";
import { CONFIG_KEYS, type ExperimentConfig } from "./experiment_config.ts";

/** A value as it stands in YAML on one line: plain where that means itself there, otherwise as JSON. */
function formatValue(value: unknown): string {
  if (typeof value !== "string" || !/^[\w./][\w./-]*$/.test(value)) return JSON.stringify(value);
  const { key } = load(`key: ${value}`) as { key: unknown };
  return key === value ? value : JSON.stringify(value);
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
