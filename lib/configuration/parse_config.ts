import { isObject } from "../files/is_object.ts";
import { loadAll, YAMLException } from "js-yaml";
import { UsageError } from "../errors.ts";
import {
  CONFIG_SECTIONS,
  type ConfigOverride,
  describeUnknownKey,
  findKey,
  showKey,
  showValue,
} from "./config_words.ts";
import { DERIVED_FROM, DERIVED_KEYS, KEYS_OF_MEASURE } from "./derived_defaults.ts";
import { completeConfig, type ConfigKey, type ExperimentConfig } from "./experiment_config.ts";
import { configEntries } from "./config_words.ts";
import { findContradictions } from "./config_rules.ts";
import { nearestWord } from "./nearest_word.ts";
import { describeRetired, isRetired } from "./retired_keys.ts";

/** Options of {@linkcode parseConfig}. */
export interface ParseConfigOptions {
  /**
   * A complete configuration that the text wins over. Where dataset or measure change, what it has only because it follows
   * from them changes with them.
   *
   * @default the defaults, with what follows for the keys that are given
   */
  readonly base?: ExperimentConfig;
  /**
   * Single keys that the text wins over, in their sections. Where the measure of complexity changes, the constants of its
   * rule for depth are not taken.
   *
   * @default {}
   */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /**
   * Where the text comes from, for messages.
   *
   * @default "the configuration"
   */
  readonly source?: string;
  /**
   * Values that win over the text; later ones win over earlier ones.
   *
   * @default []
   */
  readonly overrides?: readonly ConfigOverride[];
}

/** Longest configuration that is read, in bytes; a complete one has some 10,000. */
export const MAX_CONFIG_BYTES = 1_000_000;

/** What is wrong with a text, and where. */
function describeYamlError(error: unknown): string {
  if (!(error instanceof YAMLException)) return error instanceof Error ? error.message : `${error}`;
  const { reason, mark } = error;
  return mark === undefined
    ? reason
    : `${reason} at line ${mark.line + 1}, column ${mark.column + 1}`;
}

/** Text of a file to its top-level map. */
function readMap(text: string, source: string): Record<string, unknown> {
  let documents: unknown[];
  try {
    // The limit stops a small file from unfolding into a huge one.
    documents = loadAll(text, { maxAliases: 100 });
  } catch (error) {
    throw new UsageError(
      `Cannot read ${source}: ${describeYamlError(error)}; it must be YAML or JSON`,
      { cause: error },
    );
  }
  if (documents.length > 1) {
    throw new UsageError(`Cannot read ${source}: it must hold one YAML document, not several`);
  }
  const [value] = documents;
  if (value === null || value === undefined) return {};
  if (isObject(value)) return value;
  throw new UsageError(
    `Cannot use ${source}: it must hold the sections ${[...CONFIG_SECTIONS].join(", ")}, ` +
      `current value is ${showValue(value)}`,
  );
}

/** Adds a value to `values`; what does not fit goes to `problems`. */
function addValue(
  values: Map<string, unknown>,
  [path, value]: readonly [path: string, value: unknown],
  problems: string[],
): void {
  const retired = describeRetired(path, value);
  if (retired !== null) problems.push(`${retired}, current value is ${showValue(value)}`);
  else if (findKey(path) !== undefined) values.set(path, value);
  else if (!isRetired(path)) problems.push(describeUnknownKey(path));
}

/** Flattens the map of a file to path -> value; what does not fit goes to `problems`. */
function flatten(map: Record<string, unknown>, problems: string[]): Map<string, unknown> {
  const values = new Map<string, unknown>();
  const add = (path: string, value: unknown) => addValue(values, [path, value], problems);
  for (const [name, value] of Object.entries(map)) {
    if (!CONFIG_SECTIONS.has(name)) {
      // A dotted name is not a path in a file: `model.maxChannels: 64` at top level would hide its section.
      if (name.includes(".")) {
        problems.push(`unknown key ${showKey(name)}; write it in its section`);
      } else add(name, value);
    } else if (isObject(value)) {
      for (const [key, inner] of Object.entries(value)) add(`${name}.${key}`, inner);
    } else if (value !== null) {
      problems.push(`${name} must hold keys, current value is ${showValue(value)}`);
    }
  }
  return values;
}

/** Puts checked values in their sections. Only known paths get here, so no input names a property. */
function nest(values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const section of CONFIG_SECTIONS) config[section] = {};
  for (const [path, value] of values) {
    const [section, name] = path.split(".");
    if (name === undefined) config[path] = value;
    else (config[section!] as Record<string, unknown>)[name] = value;
  }
  return config;
}

/** What a base says; its kappa is not that of another measure, and its number of images not that of another dataset. */
function valuesOfBase(
  base: ExperimentConfig,
  given: ReadonlyMap<string, unknown>,
): Map<string, unknown> {
  const values = new Map(configEntries(base));
  const isOther = (path: string) => given.has(path) && given.get(path) !== values.get(path);
  if (!DERIVED_FROM.some(isOther)) return values;
  const bare = [...values].filter(([path]) => !DERIVED_KEYS.includes(path));
  const derived = new Map(configEntries(completeConfig(nest(new Map(bare)))));
  for (const path of DERIVED_KEYS) if (derived.get(path) === values.get(path)) values.delete(path);
  return values;
}

function valuesOfDefaults(
  defaults: Readonly<Record<string, unknown>>,
  given: ReadonlyMap<string, unknown>,
): Map<string, unknown> {
  const values = flatten(defaults, []);
  const measure = given.get("model.complexity");
  if (measure === undefined || measure === values.get("model.complexity")) return values;
  for (const key of KEYS_OF_MEASURE) values.delete(`model.${key}`);
  return values;
}

const FIT_KEY = "training.fitDepths";

/** The first constant of the rule for levels that an override sets to something else: nothing may be fitted over it. */
function findSetConstant(
  values: ReadonlyMap<string, unknown>,
  overrides: readonly ConfigOverride[],
): string | null {
  return overrides.find(({ path, value }) =>
    KEYS_OF_MEASURE.some((key) => path === `model.${key}`) && value !== values.get(path)
  )?.path ?? null;
}

/** The word of a list that was probably meant. */
function describeMeantWord(value: unknown, { allowed }: ConfigKey): string {
  if (typeof value !== "string" || !allowed.startsWith("one of ")) return "";
  const nearest = nearestWord(value, allowed.slice("one of ".length).split(", "));
  return nearest === undefined ? "" : `; did you mean "${nearest}"?`;
}

function failWith(problems: readonly string[], source: string): void {
  if (problems.length === 0) return;
  if (problems.length === 1) throw new UsageError(`Cannot use ${source}: ${problems[0]}`);
  throw new UsageError([`Cannot use ${source}:`, ...problems.map((text) => `  ${text}`)]);
}

/**
 * Reads a configuration: text, then overrides, then defaults for the rest. Every problem found is named, each
 * with the path, the current value and what is allowed.
 *
 * @param text YAML or JSON with the sections `data`, `model`, `training` and the keys `backend` and `math`; all of them
 *   may be missing, so that "" gives the defaults.
 * @param options Where the text comes from, and what wins over it.
 * @returns The complete configuration.
 * @throws {UsageError} if the text is not YAML, a key is unknown, a value has the wrong type or range, or two
 *   values contradict each other.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const config = parseConfig("model: { maxChannels: 128 }", {
 *   overrides: [{ path: "training.seed", value: 7 }],
 * });
 * assert.equal(config.model.maxChannels, 128);
 * assert.equal(config.training.seed, 7);
 * assert.throws(() => parseConfig("model: { maxChanels: 128 }"), /did you mean model.maxChannels/);
 * ```
 */
export function parseConfig(text: string, options: ParseConfigOptions = {}): ExperimentConfig {
  const { source = "the configuration", overrides = [], base, defaults = {} } = options;
  const problems: string[] = [];
  const said = flatten(readMap(text, source), problems);
  const given = new Map(said);
  const spelling = new Map<string, string>();
  for (const { path, value, from } of overrides) {
    addValue(given, [path, value], problems);
    if (from !== undefined) spelling.set(path, ` (${from})`);
  }
  const values = new Map([
    ...base === undefined ? [] : valuesOfBase(base, given),
    ...valuesOfDefaults(defaults, given),
    ...said,
  ]);
  const constant = findSetConstant(values, overrides);
  for (const [path, value] of given) values.set(path, value);
  if (constant !== null) {
    if (overrides.some(({ path, value }) => path === FIT_KEY && value === true)) {
      const names = [constant, FIT_KEY].map((path) => `${path}${spelling.get(path) ?? ""}`);
      problems.push(`${names[0]} must not be set where ${names[1]} has it fitted; leave one out`);
    } else values.set(FIT_KEY, false);
  }
  for (const [path, value] of values) {
    const key = findKey(path)!;
    if (key.accepts(value)) continue;
    const name = `${path}${spelling.get(path) ?? ""}`;
    const given = `current value is ${showValue(value)}${describeMeantWord(value, key)}`;
    // An option has a word for null.
    const allowed = key.orNull === undefined || !spelling.has(path)
      ? key.allowed
      : key.allowed.replace("or null", `or ${key.orNull[0]}`);
    problems.push(`${name} must be ${allowed}, ${given}`);
  }
  failWith(problems, source);
  const config = completeConfig(nest(values));
  failWith(findContradictions(config), source);
  return config;
}

/**
 * Names the keys that a configuration gives, so that others can be chosen by what is found.
 *
 * @param text YAML or JSON that `parseConfig` accepts.
 * @returns Paths of its keys.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...givenKeys("data: { imageSize: 64 }")], ["data.imageSize"]);
 * ```
 */
export function givenKeys(text: string): ReadonlySet<string> {
  return new Set(flatten(readMap(text, "the configuration"), []).keys());
}
