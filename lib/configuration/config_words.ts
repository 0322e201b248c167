import { UsageError } from "../errors.ts";
import { CONFIG_KEYS, type ConfigKey, type ExperimentConfig } from "./experiment_config.ts";
import { nearestWord } from "./nearest_word.ts";
import { describeRetired, isRetired } from "./retired_keys.ts";

/** A value that wins over the file: `{ path: "model.maxChannels", value: 128 }`. */
export interface ConfigOverride {
  /** Path of a key of the configuration. */
  readonly path: string;
  /** Its value, of the key's type. */
  readonly value: unknown;
  /**
   * How the person spelled the key, for messages: `--batch-size`.
   *
   * @default the path
   */
  readonly from?: string;
}

const KEY_BY_PATH: ReadonlyMap<string, ConfigKey> = new Map(
  CONFIG_KEYS.map((key) => [key.path, key]),
);

/** Names of the sections. */
export const CONFIG_SECTIONS: ReadonlySet<string> = new Set(
  CONFIG_KEYS.flatMap((key) => key.path.includes(".") ? [key.path.split(".")[0]!] : []),
);

/**
 * Finds a key.
 *
 * @param path Its path.
 * @returns The key; `undefined` if there is none.
 */
export function findKey(path: string): ConfigKey | undefined {
  return KEY_BY_PATH.get(path);
}

/** Longest piece of a value that a message repeats. */
const SHOWN_CHARACTERS = 60;

/**
 * Writes a value into a message.
 *
 * @param value Anything that YAML can hold.
 * @returns Its JSON, cut where it is long.
 */
export function showValue(value: unknown): string {
  const text = textOf(value);
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}...`;
}

function textOf(value: unknown): string {
  if (typeof value === "number") return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // YAML can write a list that holds itself; JSON cannot show it.
    return "a value that holds itself";
  }
}

/**
 * Says that a key is unknown, with the key that was probably meant.
 *
 * @param path What was given.
 * @returns Half a sentence.
 */
export function describeUnknownKey(path: string): string {
  const [section = "", name] = path.split(".");
  const known = [...KEY_BY_PATH.keys(), ...CONFIG_SECTIONS];
  const lastName = (other: string) => other.split(".").at(-1)!;
  const meant = nearestWord(path, known) ??
    // The right name in the wrong section, or without any.
    known.find((other) => lastName(other) === (name ?? section)) ??
    known.find((other) => nearestWord(name ?? section, [lastName(other)]) !== undefined);
  const siblings = CONFIG_KEYS.filter((key) => key.path.startsWith(`${section}.`));
  const help = meant !== undefined
    ? `did you mean ${meant}?`
    : siblings.length > 0
    ? `known keys: ${siblings.map((key) => lastName(key.path)).join(", ")}`
    : `known keys: ${[...CONFIG_SECTIONS].join(", ")}, backend, math`;
  return `unknown key ${showKey(path)}; ${help}`;
}

/**
 * Writes a key into a message: control characters never reach a terminal.
 *
 * @param path What was given.
 * @returns The path, or its JSON.
 */
export function showKey(path: string): string {
  return /^[\w.-]{1,80}$/.test(path) ? path : showValue(path);
}

/**
 * Reads the value of a key from a word of the command line: the first of text, number, truth value and `null`
 * (also spelled as the key's table says) that the key accepts.
 *
 * @param path Path of a key.
 * @param word The word.
 * @returns The value; where the key accepts no reading of the word, the most likely one, so that
 *   `parseConfig` can say what is wrong with it.
 * @throws {UsageError} if the key is unknown.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(readConfigWord("training.epochs", "12"), 12);
 * assert.equal(readConfigWord("data.images", "all"), null);
 * assert.equal(readConfigWord("training.levelSharing", "all"), "all");
 * ```
 */
export function readConfigWord(path: string, word: string): unknown {
  const key = KEY_BY_PATH.get(path);
  if (key === undefined && !isRetired(path)) {
    throw new UsageError(`Cannot set ${describeUnknownKey(path)}`);
  }
  const accepts = key?.accepts ?? ((reading) => describeRetired(path, reading) === null);
  const isNumber = word.trim() !== "" && Number.isFinite(Number(word));
  const readings: unknown[] = [word];
  if (isNumber) readings.push(Number(word));
  if (word === "true" || word === "false") readings.push(word === "true");
  if (word === "null" || word === key?.orNull?.[0]) readings.push(null);
  const accepted = readings.find((reading) => accepts(reading));
  return accepted !== undefined ? accepted : isNumber ? Number(word) : word;
}

/**
 * Value of a key.
 *
 * @param config The configuration.
 * @param path Path of a key; comes from the list of keys, never from input.
 * @returns Its value.
 */
export function valueOf(config: ExperimentConfig, path: string): unknown {
  const [section, name] = path.split(".");
  const value = config[section as keyof ExperimentConfig];
  return name === undefined ? value : (value as unknown as Record<string, unknown>)[name];
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
