import { parse } from "yaml";
import { describeKey } from "./config_values.ts";
import { CONFIG_KEYS, type ExperimentConfig } from "./experiment_config.ts";

/** Value of a key; the path comes from the list of keys, never from input. */
function valueOf(config: ExperimentConfig, path: string): unknown {
  const [section, name] = path.split(".");
  const value = config[section as keyof ExperimentConfig];
  return name === undefined ? value : (value as unknown as Record<string, unknown>)[name];
}

/** A value as it stands in YAML on one line: plain where it can be, otherwise as JSON. */
function formatValue(value: unknown): string {
  const isPlain = typeof value === "string" && /^[\w./-]+$/.test(value) && parse(value) === value;
  return isPlain ? value : JSON.stringify(value);
}

/**
 * Lists a configuration as path -> value, in the order in which it is written.
 *
 * @param config The configuration.
 * @returns One entry per key: `["model.maxChannels", 512]`.
 */
export function configEntries(config: ExperimentConfig): [path: string, value: unknown][] {
  return CONFIG_KEYS.map((key) => [key.path, valueOf(config, key.path)]);
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
 * import { parse } from "yaml";
 * import { defaultConfig } from "./experiment_config.ts";
 * assert.deepEqual(parse(formatConfig(defaultConfig())), defaultConfig());
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
