/**
 * The configuration of an experiment: every key with its default, range and meaning, and YAML for it.
 *
 * @module
 */

export * from "./change_for_resume.ts";
export * from "./config_rules.ts";
export * from "./config_reference.ts";
export type { KeyMeta, KeyText } from "./config_values.ts";
export * from "./describe_default.ts";
export * from "./experiment_config.ts";
export * from "./format_config.ts";
export * from "./idle_settings.ts";
export * from "./parse_config.ts";
export * from "./config_words.ts";
